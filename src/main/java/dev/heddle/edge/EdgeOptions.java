package dev.heddle.edge;

/**
 * Limits of the edge.
 *
 * @param maxConnections sockets at once; further ones are told OVERLOADED and closed
 * @param frameLimit largest frame in bytes, type and body
 * @param loginSeconds from accept to LOGIN
 * @param heartbeatSeconds told in WELCOME; twice this much silence ends a session
 * @param sendBufferBytes SO_SNDBUF of each socket
 * @param receiveBufferBytes SO_RCVBUF of each socket
 * @param largeBuffers buffers of 64 KiB that all connections share
 * @param assemblyBytes memory for frames that are larger than such a buffer, of all connections together
 * @param perAddress limits at the start
 */
public record EdgeOptions(
        int maxConnections,
        int frameLimit,
        int loginSeconds,
        int heartbeatSeconds,
        int sendBufferBytes,
        int receiveBufferBytes,
        int largeBuffers,
        int assemblyBytes,
        AddressLimits perAddress) {

    /** Small buffers a connection can hold: one that it reads into, and one each written, queued and filled. */
    static final int SMALL_PER_CONNECTION = 4;

    /** Those that TLS can hold besides: a record received, its text, and one that the socket has not taken. */
    static final int SMALL_PER_TLS = 3;

    /** The one that a {@link Codec} can hold besides: the beginning of a command. */
    static final int SMALL_PER_CODEC = 1;

    /** What a connection's small buffers take that has another protocol, besides, off the heap. */
    public static final int CODEC_BYTES = SMALL_PER_CODEC * BufferPool.SMALL;

    /** What a connection's small buffers take, off the heap. */
    public static int smallBytesPerConnection(boolean tls) {
        return small(tls) * BufferPool.SMALL;
    }

    static int small(boolean tls) {
        return SMALL_PER_CONNECTION + (tls ? SMALL_PER_TLS : 0);
    }

    public EdgeOptions {
        if (maxConnections < 1 || loginSeconds < 1 || heartbeatSeconds < 1 || largeBuffers < 32) {
            throw new IllegalArgumentException("an edge option is out of its range");
        }
    }

    /** These, with other deadlines, in seconds. */
    EdgeOptions with(int newLogin, int newHeartbeat) {
        return new EdgeOptions(
                maxConnections,
                frameLimit,
                newLogin,
                newHeartbeat,
                sendBufferBytes,
                receiveBufferBytes,
                largeBuffers,
                assemblyBytes,
                perAddress);
    }
}
