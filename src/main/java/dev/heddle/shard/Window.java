package dev.heddle.shard;

/**
 * How many messages may be on their way to a client without its ACK; the shard's owner only. Starts small, doubles when a
 * client acknowledges while it is using the whole of it, and so stays small for one that never reads. For a client that is
 * known to leave many messages unacknowledged it is wide from the beginning, and stays as it is.
 */
final class Window {
    static final int FIRST_MESSAGES = 16;
    static final int MOST_MESSAGES = 16_384;
    static final int FIRST_BYTES = 16 * 1024;
    static final int MOST_BYTES = 2 * 1024 * 1024;

    /** Of one that is fixed: a thousand of 64 KiB. What is on its way stands on the disk and in the sockets' buffers only. */
    static final int FIXED_BYTES = 64 * 1024 * 1024;

    private int messages;
    private int bytes;
    private int messagesOut;
    private long bytesOut;

    /** @param fixed messages for good; 0: it grows */
    Window(int fixed) {
        messages = fixed == 0 ? FIRST_MESSAGES : fixed;
        bytes = fixed == 0 ? FIRST_BYTES : FIXED_BYTES;
    }

    boolean isFixed() {
        return bytes == FIXED_BYTES;
    }

    /**
     * As {@link #allows(int)}, where of those that are on their way some do not count.
     *
     * @param ahead so many of them, if it is fixed
     */
    boolean allows(int length, int ahead) {
        return messagesOut < FIRST_MESSAGES
                || (messagesOut - ahead < messages && messagesOut < MOST_MESSAGES && bytesOut + length <= bytes);
    }

    /** A message may go if there is room for it; the first few always may, so that a client can acknowledge several at once. */
    boolean allows(int length) {
        return messagesOut < FIRST_MESSAGES || (messagesOut < messages && bytesOut + length <= bytes);
    }

    void sent(int length) {
        messagesOut++;
        bytesOut += length;
    }

    void acknowledged(int count, long length) {
        if (messagesOut >= messages / 2 && messages < MOST_MESSAGES && !isFixed()) {
            messages *= 2;
        }
        if (bytesOut >= bytes / 2 && bytes < MOST_BYTES) {
            bytes *= 2;
        }
        messagesOut = Math.max(0, messagesOut - count);
        bytesOut = Math.max(0, bytesOut - length);
    }

    /** Where {@link #messages} stands, from 1 on; of one that is fixed, where it can stand at most: not all that is out counts there. */
    int steps() {
        int most = isFixed() ? MOST_MESSAGES : messages;
        return Integer.numberOfTrailingZeros(most / FIRST_MESSAGES) + 1;
    }

    /** How many messages may have been on their way to a client whose window stood there; 0: nobody knows where. */
    static int mostMessages(int steps) {
        return steps == 0 ? Integer.MAX_VALUE : FIRST_MESSAGES << (steps - 1);
    }

    /** On their way. */
    int messagesOut() {
        return messagesOut;
    }

    long bytesOut() {
        return bytesOut;
    }

    int messages() {
        return messages;
    }

    int bytes() {
        return bytes;
    }
}
