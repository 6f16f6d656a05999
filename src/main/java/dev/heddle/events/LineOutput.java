package dev.heddle.events;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Lines on their way to a file or a pipe; any thread adds, a daemon thread of its own writes. Bounded by {@link #MOST_BYTES} of
 * lines: what does not fit is dropped and counted.
 *
 * <p>A reader that stands still blocks only that thread. So whoever has something to say never waits, and nothing that has to
 * end waits longer than it wants to ({@link #flush}).
 */
public final class LineOutput {
    /** Lines that wait, and the one that is being written, in bytes. */
    static final int MOST_BYTES = 1 << 20;

    private final String name;
    private final LongFunction<String> tellsDropped;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Condition written = lock.newCondition();
    private final Deque<byte[]> lines = new ArrayDeque<>();
    private long bytes;
    private long dropped;
    private long untold;
    private OutputStream target;
    private @Nullable OutputStream replaced;
    private boolean started;

    /**
     * Writes to this target until it is to write {@link #to} another; the thread starts with the first line.
     *
     * @param name of the thread
     * @param target flushed after each line; closed when another one takes its place
     * @param tellsDropped the line that says how many were dropped, written when there is room again; empty: none is
     */
    public LineOutput(String name, OutputStream target, LongFunction<String> tellsDropped) {
        this.name = name;
        this.target = target;
        this.tellsDropped = tellsDropped;
    }

    /**
     * Adds a line, with its end; never waits.
     *
     * @return false if it was dropped
     */
    @CanIgnoreReturnValue
    public boolean add(String line) {
        byte[] text = line.getBytes(StandardCharsets.UTF_8);
        lock.lock();
        try {
            if (bytes + text.length > MOST_BYTES) {
                dropped++;
                untold++;
                return false;
            }
            lines.add(text);
            bytes += text.length;
            if (!started) {
                started = true;
                Thread.ofPlatform().name(name).daemon(true).start(this::write);
            }
            arrived.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Lines that were not written, since the start. */
    public long dropped() {
        lock.lock();
        try {
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    /** What is written from now on goes there. */
    public void to(OutputStream next) {
        lock.lock();
        try {
            // One that nothing was written to since it was named is not the writer's, which closes those that were.
            if (replaced == null) {
                replaced = target;
            } else {
                close(target);
            }
            target = next;
            arrived.signal();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until all lines are written that were added before, and for so long at most.
     *
     * @return whether they are
     */
    @CanIgnoreReturnValue
    public boolean flush(long millis) {
        long left = TimeUnit.MILLISECONDS.toNanos(millis);
        boolean interrupted = false;
        lock.lock();
        try {
            while (bytes > 0 && left > 0) {
                try {
                    left = written.awaitNanos(left);
                } catch (InterruptedException wish) {
                    interrupted = true;
                }
            }
            return bytes == 0;
        } finally {
            lock.unlock();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void write() {
        while (true) {
            byte[] line;
            OutputStream out;
            OutputStream old;
            lock.lock();
            try {
                while (lines.isEmpty() && replaced == null) {
                    arrived.awaitUninterruptibly();
                }
                line = lines.peek();
                out = target;
                old = replaced;
                replaced = null;
            } finally {
                lock.unlock();
            }
            if (old != null) {
                close(old);
            }
            if (line != null) {
                long many = done(line, write(out, line));
                if (many > 0 && !write(out, tellsDropped.apply(many).getBytes(StandardCharsets.UTF_8))) {
                    tellLater(many);
                }
            }
        }
    }

    /** Returns how many were dropped that nobody has been told of, if it is time to. */
    private long done(byte[] line, boolean success) {
        lock.lock();
        try {
            lines.remove();
            bytes -= line.length;
            if (!success) {
                dropped++;
                untold++;
            }
            long many = success && bytes <= MOST_BYTES / 2 ? untold : 0;
            untold -= many;
            if (bytes == 0) {
                written.signalAll();
            }
            return many;
        } finally {
            lock.unlock();
        }
    }

    private void tellLater(long many) {
        lock.lock();
        try {
            untold += many;
        } finally {
            lock.unlock();
        }
    }

    private static boolean write(OutputStream out, byte[] line) {
        try {
            out.write(line);
            out.flush();
            return true;
        } catch (IOException gone) {
            // The reader of the pipe, or the room on the disk. It is counted.
            return false;
        }
    }

    private static void close(OutputStream out) {
        try {
            out.close();
        } catch (IOException unfinished) {
            // Each line was flushed.
        }
    }
}
