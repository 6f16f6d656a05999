package dev.heddle.tls;

import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A handshake in memory, with a client that believes everything: whether a server can shake hands at all is known before it is
 * put in force. No state.
 */
final class Trial {
    /** Of all that both sides say; a certificate that takes more is not tried. */
    private static final int BUFFER_BYTES = 64 * 1024;

    private static final int MOST_ROUNDS = 20;

    private Trial() {}

    /**
     * Has a client shake hands with this server.
     *
     * @param protocol as the JDK names it
     * @throws SSLException if that fails
     */
    static void shakeHands(SSLEngine server, String protocol) throws SSLException {
        SSLEngine client = client(protocol);
        ByteBuffer toServer = ByteBuffer.allocate(BUFFER_BYTES);
        ByteBuffer toClient = ByteBuffer.allocate(BUFFER_BYTES);
        client.beginHandshake();
        server.beginHandshake();
        for (int round = 0; round < MOST_ROUNDS; round++) {
            step(client, toClient, toServer);
            step(server, toServer, toClient);
            if (isDone(client) && isDone(server)) {
                return;
            }
        }
        throw new SSLException("the handshake has no end");
    }

    private static boolean isDone(SSLEngine engine) {
        return engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING
                && !engine.getSession().getProtocol().equals("NONE");
    }

    /** Hears what there is and says what there is to say. */
    private static void step(SSLEngine engine, ByteBuffer heard, ByteBuffer said) throws SSLException {
        ByteBuffer text = ByteBuffer.allocate(BUFFER_BYTES);
        heard.flip();
        boolean goesOn = true;
        while (goesOn) {
            switch (engine.getHandshakeStatus()) {
                case NEED_TASK -> engine.getDelegatedTask().run();
                case NEED_WRAP -> {
                    int before = said.position();
                    engine.wrap(ByteBuffer.allocate(0), said);
                    goesOn = said.position() > before;
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN, NOT_HANDSHAKING, FINISHED -> {
                    int before = heard.remaining();
                    if (before > 0) {
                        engine.unwrap(heard, text.clear());
                    }
                    boolean waits = engine.getHandshakeStatus() == HandshakeStatus.NEED_UNWRAP
                            || engine.getHandshakeStatus() == HandshakeStatus.NOT_HANDSHAKING;
                    goesOn = heard.remaining() < before || !waits;
                }
            }
        }
        heard.compact();
    }

    private static SSLEngine client(String protocol) throws SSLException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Everybody()}, null);
            SSLEngine engine = context.createSSLEngine();
            engine.setUseClientMode(true);
            engine.setEnabledProtocols(new String[] {protocol});
            return engine;
        } catch (GeneralSecurityException impossible) {
            throw new SSLException("this JDK cannot do TLS", impossible);
        }
    }

    /** Believes everybody: what is tried is the server's own key, and nothing of value is said. */
    private static final class Everybody extends X509ExtendedTrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
