package dev.heddle.edge;

import java.io.IOException;

/**
 * Gets what is queued for one client into its socket. Any thread may {@link #flush}: it writes what goes at once, and leaves
 * the rest to the poller, which says when the socket takes more, and to a virtual thread that ends when all is written. Holds
 * nothing but the queue.
 */
final class Outflow {
    /** What a thread that has other things to do writes at most before it leaves the rest to a writer. */
    private static final int INLINE_BYTES = 16 * 1024;

    private static final int WRITER_BYTES = 128 * 1024;

    private final Connection connection;
    private final ClientQueue queue;

    private volatile boolean last;

    Outflow(Connection connection, ClientQueue queue) {
        this.connection = connection;
        this.queue = queue;
    }

    /** Writes out what is queued, if that is quick; otherwise has it written. */
    void flush() {
        if (queue.take()) {
            write(INLINE_BYTES);
        }
    }

    /** The poller: the socket takes more. */
    void writable() {
        if (queue.resume()) {
            startWriter();
        }
    }

    /** What is queued by now is the last: when it is written the connection is to finish. */
    void endAfterFlush() {
        last = true;
        if (queue.isIdle()) {
            connection.finish();
        }
    }

    private void startWriter() {
        Thread.ofVirtual()
                .name("heddle-writer")
                .inheritInheritableThreadLocals(false)
                .start(() -> write(WRITER_BYTES));
    }

    private void write(int share) {
        try {
            ClientQueue.Pass pass = queue.write(share);
            while (pass == ClientQueue.Pass.MORE && share == WRITER_BYTES) {
                connection.roomAgain();
                pass = queue.write(share);
            }
            connection.roomAgain();
            switch (pass) {
                case BLOCKED -> connection.awaitWritable();
                case MORE -> startWriter();
                case DONE -> {
                    if (last && queue.isIdle()) {
                        connection.finish();
                    }
                }
            }
        } catch (IOException gone) {
            queue.fail();
            connection.abandon();
        }
    }
}
