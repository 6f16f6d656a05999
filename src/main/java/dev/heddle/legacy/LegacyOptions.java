package dev.heddle.legacy;

/**
 * Limits of the gateway.
 *
 * @param most connections at once; further ones are closed
 * @param loginSeconds from accept to LOGIN
 * @param idleSeconds after so much silence a connection is closed; 0: never
 * @param sendBufferBytes SO_SNDBUF of each socket
 * @param receiveBufferBytes SO_RCVBUF of each socket
 */
public record LegacyOptions(int most, int loginSeconds, int idleSeconds, int sendBufferBytes, int receiveBufferBytes) {
    /** Heap of one connection: four buffers, its unacknowledged seqs and the stacks of its threads. */
    public static final int HEAP_BYTES = 2 * Incoming.BYTES + 2 * Outgoing.BYTES + 2 * Runs.BYTES + 16 * 1024;

    /** Sockets of one connection, besides the one that the server counts as a connection. */
    public static final int SOCKETS = 2;

    public LegacyOptions {
        if (most < 1 || loginSeconds < 1 || idleSeconds < 0) {
            throw new IllegalArgumentException("an option of the gateway is out of its range");
        }
    }

    LegacyOptions withLogin(int seconds) {
        return new LegacyOptions(most, seconds, idleSeconds, sendBufferBytes, receiveBufferBytes);
    }
}
