package dev.heddle.client;

import dev.heddle.wire.Protocol;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * How a client behaves.
 *
 * @param token for LOGIN; not its text, so that nothing prints it
 * @param tls whom to believe to be the server, whose certificate has to name the host; null: plain TCP
 * @param explicitAck true: {@link Delivery#ack} says when a message is dealt with; false: the listener's return does
 * @param cursor where the cursor is kept
 * @param connectTimeout for each attempt
 * @param firstBackoff before the second attempt, half of it at random; doubled up to {@code mostBackoff}; comes on top of the
 *     time that a server advised
 * @param unacceptedMessages messages that may wait for their receipt; {@code send} blocks at this limit
 * @param unacceptedBytes the same in bytes of bodies
 */
public record ClientOptions(
        String host,
        int port,
        String user,
        TokenSource token,
        @Nullable SSLContext tls,
        boolean explicitAck,
        CursorStore cursor,
        Duration connectTimeout,
        Duration firstBackoff,
        Duration mostBackoff,
        int unacceptedMessages,
        long unacceptedBytes) {

    /** A user on this machine's server, with everything else as most want it. */
    public static ClientOptions of(String user) {
        return new ClientOptions(
                "127.0.0.1",
                Protocol.DEFAULT_PORT,
                user,
                TokenSource.of(""),
                null,
                false,
                CursorStore.inMemory(),
                Duration.ofSeconds(5),
                Duration.ofMillis(50),
                Duration.ofSeconds(10),
                10_000,
                16L << 20);
    }

    public ClientOptions at(String newHost, int newPort) {
        if (newPort < 1 || newPort > 65_535) {
            throw new IllegalArgumentException("port " + newPort + ": must be 1 to 65535");
        }
        return new ClientOptions(
                newHost,
                newPort,
                user,
                token,
                tls,
                explicitAck,
                cursor,
                connectTimeout,
                firstBackoff,
                mostBackoff,
                unacceptedMessages,
                unacceptedBytes);
    }

    public ClientOptions withToken(String newToken) {
        return withToken(TokenSource.of(newToken));
    }

    public ClientOptions withToken(TokenSource newToken) {
        return new ClientOptions(
                host,
                port,
                user,
                newToken,
                tls,
                explicitAck,
                cursor,
                connectTimeout,
                firstBackoff,
                mostBackoff,
                unacceptedMessages,
                unacceptedBytes);
    }

    /** Over TLS, with a server that this context believes. */
    public ClientOptions withTls(SSLContext context) {
        return new ClientOptions(
                host,
                port,
                user,
                token,
                context,
                explicitAck,
                cursor,
                connectTimeout,
                firstBackoff,
                mostBackoff,
                unacceptedMessages,
                unacceptedBytes);
    }

    public ClientOptions withExplicitAck() {
        return new ClientOptions(
                host,
                port,
                user,
                token,
                tls,
                true,
                cursor,
                connectTimeout,
                firstBackoff,
                mostBackoff,
                unacceptedMessages,
                unacceptedBytes);
    }

    public ClientOptions withCursor(CursorStore store) {
        return new ClientOptions(
                host,
                port,
                user,
                token,
                tls,
                explicitAck,
                store,
                connectTimeout,
                firstBackoff,
                mostBackoff,
                unacceptedMessages,
                unacceptedBytes);
    }

    public ClientOptions withBackoff(Duration first, Duration most) {
        return new ClientOptions(
                host,
                port,
                user,
                token,
                tls,
                explicitAck,
                cursor,
                connectTimeout,
                first,
                most,
                unacceptedMessages,
                unacceptedBytes);
    }

    public ClientOptions withUnaccepted(int messages, long bytes) {
        return new ClientOptions(
                host,
                port,
                user,
                token,
                tls,
                explicitAck,
                cursor,
                connectTimeout,
                firstBackoff,
                mostBackoff,
                messages,
                bytes);
    }
}
