package dev.heddle.client;

import dev.heddle.wire.Protocol;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** How a client behaves. */
public record ClientOptions(
        Server server, Account account, Receiving receiving, Retries retries, Unaccepted unaccepted) {

    /**
     * Where to connect.
     *
     * @param port 1 to 65535
     * @param tls whom to believe to be the server, whose certificate has to name the host; null: plain TCP
     */
    public record Server(String host, int port, @Nullable SSLContext tls) {
        public Server {
            if (port < 1 || port > 65_535) {
                throw new IllegalArgumentException("port " + port + ": must be 1 to 65535");
            }
        }
    }

    /**
     * Who logs in.
     *
     * @param token for LOGIN; not its text, so that nothing prints it
     */
    public record Account(String user, TokenSource token) {}

    /**
     * When a message is dealt with.
     *
     * @param explicitAck true: when {@link Delivery#ack} says so; false: when the listener returns
     * @param cursor where that is remembered
     */
    public record Receiving(boolean explicitAck, CursorStore cursor) {}

    /**
     * How a connection is tried again.
     *
     * @param connectTimeout for each attempt
     * @param firstBackoff before the second attempt, half of it at random; doubled up to {@code mostBackoff}; comes on top of
     *     the time that a server advised
     */
    public record Retries(Duration connectTimeout, Duration firstBackoff, Duration mostBackoff) {}

    /**
     * What may wait for its receipt; {@code send} blocks at either limit.
     *
     * @param bytes of bodies
     */
    public record Unaccepted(int messages, long bytes) {}

    /** A user on this machine's server, with everything else as most want it. */
    public static ClientOptions of(String user) {
        return new ClientOptions(
                new Server("127.0.0.1", Protocol.DEFAULT_PORT, null),
                new Account(user, TokenSource.of("")),
                new Receiving(false, CursorStore.inMemory()),
                new Retries(Duration.ofSeconds(5), Duration.ofMillis(50), Duration.ofSeconds(10)),
                new Unaccepted(10_000, 16L << 20));
    }

    private ClientOptions with(Server other) {
        return new ClientOptions(other, account, receiving, retries, unaccepted);
    }

    private ClientOptions with(Receiving other) {
        return new ClientOptions(server, account, other, retries, unaccepted);
    }

    public ClientOptions at(String host, int port) {
        return with(new Server(host, port, server.tls));
    }

    /** Over TLS, with a server that this context believes. */
    public ClientOptions withTls(SSLContext context) {
        return with(new Server(server.host, server.port, context));
    }

    public ClientOptions withToken(String token) {
        return withToken(TokenSource.of(token));
    }

    public ClientOptions withToken(TokenSource token) {
        return new ClientOptions(server, new Account(account.user, token), receiving, retries, unaccepted);
    }

    public ClientOptions withExplicitAck() {
        return with(new Receiving(true, receiving.cursor));
    }

    public ClientOptions withCursor(CursorStore store) {
        return with(new Receiving(receiving.explicitAck, store));
    }

    public ClientOptions withBackoff(Duration first, Duration most) {
        Retries other = new Retries(retries.connectTimeout, first, most);
        return new ClientOptions(server, account, receiving, other, unaccepted);
    }

    public ClientOptions withUnaccepted(int messages, long bytes) {
        return new ClientOptions(server, account, receiving, retries, new Unaccepted(messages, bytes));
    }
}
