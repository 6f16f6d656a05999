package dev.heddle.client;

import dev.heddle.wire.Protocol;
import java.time.Duration;
import java.util.Objects;
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
            Objects.requireNonNull(host);
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
    public record Account(String user, TokenSource token) {
        public Account {
            Objects.requireNonNull(user);
            Objects.requireNonNull(token);
        }
    }

    /**
     * When a message is dealt with, and how large it may be.
     *
     * @param explicitAck true: when {@link Delivery#ack} says so; false: when the listener returns
     * @param cursor where that is remembered
     * @param mostFrameBytes of a frame in either direction, if the server does not allow less: 512 to 64 MiB. So much memory a
     *     server can make the client use for a frame; one that sends a longer frame loses the connection
     */
    public record Receiving(boolean explicitAck, CursorStore cursor, int mostFrameBytes) {
        private static final int USUAL_FRAME_BYTES = 4 << 20;

        public Receiving {
            Objects.requireNonNull(cursor);
            within(512, 64 << 20, "mostFrameBytes", mostFrameBytes);
        }

        /** With frames of up to 4 MiB: more than any server of this version sends. */
        public Receiving(boolean explicitAck, CursorStore cursor) {
            this(explicitAck, cursor, USUAL_FRAME_BYTES);
        }
    }

    /**
     * How a connection is tried again.
     *
     * @param connectTimeout for each attempt, 1 ms to a day: until there is a connection; LOGIN is to be answered
     *     within twice that
     * @param firstBackoff before the second attempt, 1 ms or more, half of it at random; doubled up to {@code mostBackoff};
     *     comes on top of the time that a server advised. It begins anew after a session that lasted longer than
     *     {@code mostBackoff}
     * @param mostBackoff at most a day
     */
    public record Retries(Duration connectTimeout, Duration firstBackoff, Duration mostBackoff) {
        public Retries {
            long day = Duration.ofDays(1).toMillis();
            within(1, day, "connectTimeout in ms", connectTimeout.toMillis());
            within(1, day, "mostBackoff in ms", mostBackoff.toMillis());
            within(1, mostBackoff.toMillis(), "firstBackoff in ms", firstBackoff.toMillis());
        }
    }

    /**
     * What may wait for its receipt; {@code send} blocks at either limit.
     *
     * @param messages 1 or more
     * @param bytes of bodies, 1 or more; a larger message goes alone
     */
    public record Unaccepted(int messages, long bytes) {
        public Unaccepted {
            within(1, Integer.MAX_VALUE, "messages", messages);
            within(1, Long.MAX_VALUE, "bytes", bytes);
        }
    }

    private static void within(long least, long most, String name, long value) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " " + value + ": must be " + least + " to " + most);
        }
    }

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
        return with(new Receiving(true, receiving.cursor, receiving.mostFrameBytes));
    }

    public ClientOptions withCursor(CursorStore store) {
        return with(new Receiving(receiving.explicitAck, store, receiving.mostFrameBytes));
    }

    public ClientOptions withMostFrameBytes(int bytes) {
        return with(new Receiving(receiving.explicitAck, receiving.cursor, bytes));
    }

    public ClientOptions withBackoff(Duration first, Duration most) {
        Retries other = new Retries(retries.connectTimeout, first, most);
        return new ClientOptions(server, account, receiving, other, unaccepted);
    }

    public ClientOptions withUnaccepted(int messages, long bytes) {
        return new ClientOptions(server, account, receiving, retries, new Unaccepted(messages, bytes));
    }
}
