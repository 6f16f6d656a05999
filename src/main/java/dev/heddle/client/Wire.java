package dev.heddle.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * A socket, with TLS on it or without. One thread reads, another one writes, and any may close. Closing ends whoever is at work
 * on it at once, without the farewell of TLS: the protocol has its own.
 */
final class Wire implements AutoCloseable {
    private final Socket socket;
    private final Socket stream;

    private Wire(Socket socket, Socket stream) {
        this.socket = socket;
        this.stream = stream;
    }

    /**
     * Connects, and shakes hands if there is TLS.
     *
     * @throws IOException if nobody is there, or, as an {@link SSLException}, nobody who can be believed
     */
    static Wire connect(ClientOptions options) throws IOException {
        Socket socket = new Socket();
        try {
            socket.setTcpNoDelay(true);
            int timeout = Math.toIntExact(options.retries().connectTimeout().toMillis());
            ClientOptions.Server server = options.server();
            socket.connect(new InetSocketAddress(server.host(), server.port()), timeout);
            socket.setSoTimeout(Math.toIntExact(answer(options).toMillis()));
            SSLContext context = server.tls();
            return new Wire(socket, context == null ? socket : encrypted(context, socket, server));
        } catch (IOException | RuntimeException failure) {
            socket.close();
            throw failure;
        }
    }

    /** How long a handshake or LOGIN may go without an answer: a server lets those wait for some seconds who failed before. */
    static Duration answer(ClientOptions options) {
        return options.retries().connectTimeout().multipliedBy(2);
    }

    private static Socket encrypted(SSLContext context, Socket socket, ClientOptions.Server server) throws IOException {
        SSLSocket tls = (SSLSocket) context.getSocketFactory().createSocket(socket, server.host(), server.port(), true);
        SSLParameters parameters = tls.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        tls.setSSLParameters(parameters);
        tls.startHandshake();
        return tls;
    }

    InputStream in() throws IOException {
        return stream.getInputStream();
    }

    OutputStream out() throws IOException {
        return stream.getOutputStream();
    }

    /** From now on nothing heard for so long is an error. */
    void expectWithin(int millis) throws SocketException {
        socket.setSoTimeout(millis);
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException ignored) {
            // It is of no more use either way.
        }
    }
}
