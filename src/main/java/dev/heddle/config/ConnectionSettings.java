package dev.heddle.config;

/**
 * What a connection may take.
 *
 * @param most at once; 0: as many as file descriptors and memory allow
 * @param frameBytes largest frame, type and body
 * @param loginSeconds from connect to LOGIN
 * @param heartbeatSeconds twice this much silence ends a session
 * @param sendBufferBytes SO_SNDBUF of each socket
 * @param receiveBufferBytes SO_RCVBUF of each socket
 * @param sharedBufferBytes buffers that all connections share
 */
public record ConnectionSettings(
        int most,
        int frameBytes,
        int loginSeconds,
        int heartbeatSeconds,
        int sendBufferBytes,
        int receiveBufferBytes,
        long sharedBufferBytes) {
    private static final Setting<Long> MOST = Setting.of("max.connections", Kind.number(0, 1_000_000), "0")
            .in("connections")
            .means("at once; 0: as many as open files and memory allow");
    private static final Setting<Long> FRAME_BYTES = Setting.of("frame.bytes", Kind.bytes(512, 1 << 20), "1m")
            .in("bytes")
            .means("largest frame");
    private static final Setting<Long> LOGIN_SECONDS = Setting.of("login.seconds", Kind.number(1, 3600), "10")
            .in("s")
            .means("from connect to LOGIN")
            .reloadable();
    private static final Setting<Long> HEARTBEAT_SECONDS = Setting.of("heartbeat.seconds", Kind.number(1, 32_767), "60")
            .in("s")
            .means("twice this much silence ends a session")
            .reloadable();
    private static final Setting<Long> SEND_BUFFER_BYTES = Setting.of(
                    "send.buffer.bytes", Kind.bytes(4 << 10, 1 << 22), "64k")
            .in("bytes")
            .means("the kernel's, for each socket; with less than a segment of the loopback (64k) large messages wait"
                    + " 40 ms for an acknowledgement");
    private static final Setting<Long> RECEIVE_BUFFER_BYTES = Setting.of(
                    "receive.buffer.bytes", Kind.bytes(4 << 10, 1 << 22), "64k")
            .in("bytes")
            .means("the kernel's, for each socket");
    private static final Setting<Long> SHARED_BUFFER_BYTES = Setting.of(
                    "shared.buffer.bytes", Kind.bytes(4L << 20, 1L << 34), "64m")
            .in("bytes")
            .means("what all connections share to go fast");

    static final Area AREA = Area.of(
            "What connections may take",
            MOST,
            FRAME_BYTES,
            LOGIN_SECONDS,
            HEARTBEAT_SECONDS,
            SEND_BUFFER_BYTES,
            RECEIVE_BUFFER_BYTES,
            SHARED_BUFFER_BYTES);

    static ConnectionSettings of(Values values) {
        return new ConnectionSettings(
                values.integer(MOST),
                values.integer(FRAME_BYTES),
                values.integer(LOGIN_SECONDS),
                values.integer(HEARTBEAT_SECONDS),
                values.integer(SEND_BUFFER_BYTES),
                values.integer(RECEIVE_BUFFER_BYTES),
                values.get(SHARED_BUFFER_BYTES));
    }
}
