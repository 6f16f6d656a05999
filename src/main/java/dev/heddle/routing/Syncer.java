package dev.heddle.routing;

import dev.heddle.log.ForceRequest;
import dev.heddle.log.Remains;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Forces the log, on a platform thread of its own, so that its shard goes on meanwhile. Holds one request at most: what is
 * appended during a force is the next one's. Neither the shard nor the next force waits until the space of dropped segments is
 * given back: a short-lived thread does that, one for each force that drops something.
 */
final class Syncer {
    private final Thread thread;
    private final Consumer<ForceRequest> done;
    private final Consumer<Throwable> failed;
    private final AtomicReference<@Nullable ForceRequest> request = new AtomicReference<>();
    private volatile boolean stopping;
    private volatile long ended;

    Syncer(String name, Consumer<ForceRequest> done, Consumer<Throwable> failed) {
        this.done = done;
        this.failed = failed;
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::live);
    }

    void start() {
        thread.start();
    }

    void force(ForceRequest next) {
        if (!request.compareAndSet(null, next)) {
            throw new IllegalStateException("a force is under way");
        }
        LockSupport.unpark(thread);
    }

    boolean isBusy() {
        return request.get() != null;
    }

    /** Forces that have ended; the shard knows, or is told next. */
    long ended() {
        return ended;
    }

    private void live() {
        long count = 0;
        while (!stopping) {
            ForceRequest next = request.get();
            if (next == null) {
                LockSupport.park(this);
                continue;
            }
            try {
                next.run();
            } catch (Throwable broken) {
                failed.accept(broken);
                return;
            }
            Remains remains = next.takeRemains();
            request.set(null);
            done.accept(next);
            ended = ++count;
            if (remains != null) {
                dispose(remains);
            }
        }
    }

    private void dispose(Remains remains) {
        try {
            Thread.ofPlatform().name(thread.getName() + "-remains").daemon(true).start(remains);
        } catch (OutOfMemoryError noThread) {
            remains.run();
        }
    }

    void close() throws InterruptedException {
        stopping = true;
        LockSupport.unpark(thread);
        if (thread.isAlive() && Thread.currentThread() != thread) {
            thread.join();
        }
    }
}
