package dev.heddle.tls;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.function.Supplier;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * Makes the server's side of TLS connections; any thread, and any thread changes who the server is, for the connections that
 * come after. Sessions are resumed by tickets that the client keeps; what the server has to remember is bounded by
 * {@link #SESSIONS}.
 *
 * <p>A new identity has new ticket keys, so that nobody resumes with a certificate that was replaced.
 */
public final class ServerContext implements Supplier<SSLEngine> {
    private static final int SESSIONS = 1024;
    private static final int SESSION_SECONDS = 3600;

    /** What is tried is the server's own certificate: this process takes no longer messages in a handshake, as a client. */
    private static final int MOST_TRIED_BYTES = 3500;

    private record Made(Identity identity, boolean since12, SSLContext context, SSLParameters parameters) {}

    private volatile Made made;

    /** @param since12 whether TLS 1.2 is spoken, too */
    public ServerContext(Identity identity, boolean since12) {
        made = make(identity, since12);
    }

    /** Changes it for new connections. */
    public void use(Identity identity, boolean since12) {
        Made before = made;
        if (!identity.isSameAs(before.identity) || since12 != before.since12) {
            made = make(identity, since12);
        }
    }

    /** What new connections are shown. */
    public Identity identity() {
        return made.identity;
    }

    /**
     * Has clients of each version shake hands with such a server, in memory.
     *
     * @throws TlsFileException if one of them cannot
     */
    public static void check(Identity identity, boolean since12) throws TlsFileException {
        Identity own = identity.alone(MOST_TRIED_BYTES);
        if (own == null) {
            return;
        }
        Made tried = make(own, since12);
        for (String protocol : tried.parameters.getProtocols()) {
            try {
                Trial.shakeHands(engine(tried), protocol);
            } catch (SSLException failed) {
                throw identity.wrong("no client can shake hands with it in " + protocol + ": " + failed.getMessage());
            }
        }
    }

    private static Made make(Identity identity, boolean since12) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(new KeyManager[] {new OneKey(identity)}, null, null);
            context.getServerSessionContext().setSessionCacheSize(SESSIONS);
            context.getServerSessionContext().setSessionTimeout(SESSION_SECONDS);
            return new Made(identity, since12, context, parameters(context, since12));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JDK cannot do TLS", impossible);
        }
    }

    private static SSLParameters parameters(SSLContext context, boolean since12) {
        SSLParameters parameters = new SSLParameters();
        parameters.setProtocols(since12 ? new String[] {"TLSv1.3", "TLSv1.2"} : new String[] {"TLSv1.3"});
        parameters.setCipherSuites(
                Arrays.stream(context.getDefaultSSLParameters().getCipherSuites())
                        .filter(ServerContext::isModern)
                        .toArray(String[]::new));
        parameters.setUseCipherSuitesOrder(true);
        return parameters;
    }

    /** Of TLS 1.2 what keeps its secrets when the key is lost later, and authenticates what it encrypts. */
    private static boolean isModern(String suite) {
        boolean authenticated = suite.contains("_GCM_") || suite.contains("_CHACHA20_POLY1305_");
        return authenticated && (!suite.contains("_WITH_") || suite.startsWith("TLS_ECDHE_"));
    }

    @Override
    public SSLEngine get() {
        return engine(made);
    }

    private static SSLEngine engine(Made now) {
        SSLEngine engine = now.context.createSSLEngine();
        engine.setUseClientMode(false);
        engine.setSSLParameters(now.parameters);
        return engine;
    }
}
