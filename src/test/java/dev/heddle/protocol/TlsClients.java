package dev.heddle.protocol;

import dev.heddle.tls.ClientContext;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** Makes clients over TLS, with the JDK's sockets, who believe one certificate. */
final class TlsClients {
    private final int port;
    private final SSLContext context;

    TlsClients(int port, Path certificate) throws Exception {
        this.port = port;
        this.context = ClientContext.trusting(certificate);
    }

    /** One client, and what is under it. */
    record Client(RawClient raw, SSLSocket tls, Socket tcp) implements AutoCloseable {
        X509Certificate certificate() throws IOException {
            return (X509Certificate) tls.getSession().getPeerCertificates()[0];
        }

        /** Goes without a farewell. */
        void cut() throws IOException {
            tcp.close();
        }

        @Override
        public void close() throws IOException {
            cut();
        }
    }

    Client connect(String... protocols) throws IOException {
        return connect(0, protocols);
    }

    /** @param buffers bytes of each of the kernel's buffers, 0: as it likes */
    Client connect(int buffers, String... protocols) throws IOException {
        Socket tcp = RawClient.connected(port, buffers);
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(tcp, "localhost", port, true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        if (protocols.length > 0) {
            parameters.setProtocols(protocols);
        }
        tls.setSSLParameters(parameters);
        try {
            tls.startHandshake();
        } catch (IOException refused) {
            tcp.close();
            throw refused;
        }
        return new Client(new RawClient(tls), tls, tcp);
    }

    /** One that has been welcomed. */
    Client login(String user) throws IOException {
        Client client = connect();
        client.raw().write(RawClient.loginFrame(1, user, 0));
        client.raw().welcome();
        return client;
    }

    /** What a client says first. */
    byte[] clientHello() throws IOException {
        SSLEngine engine = context.createSSLEngine();
        engine.setUseClientMode(true);
        ByteBuffer hello = ByteBuffer.allocate(64 * 1024);
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }
}
