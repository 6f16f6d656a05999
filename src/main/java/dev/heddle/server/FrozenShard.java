package dev.heddle.server;

import dev.heddle.routing.Command;
import dev.heddle.routing.ShardLoop;
import dev.heddle.shard.Frozen;
import dev.heddle.shard.Outcome;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The hold that a backup has on one shard, from freeze to thaw; any thread. Both are short commands on the shard's ring, so that
 * its log stays its owner's. One object a shard and backup.
 */
final class FrozenShard {
    /** Longer than any force of a disk that works. */
    private static final int PATIENCE_SECONDS = 20;

    private final int number;
    private final ShardLoop loop;
    private final CompletableFuture<Frozen> frozen = new CompletableFuture<>();
    private final AtomicBoolean thawed = new AtomicBoolean();

    /** Asks the shard; {@link #await} has the answer. */
    FrozenShard(int number, ShardLoop loop) throws InterruptedException {
        this.number = number;
        this.loop = loop;
        submit(turn -> {
            if (frozen.isDone()) {
                return Outcome.DONE;
            }
            Frozen now = turn.shard().freeze();
            if (now == null) {
                return Outcome.NEEDS_FORCE;
            }
            if (!frozen.complete(now)) {
                turn.shard().thaw();
            }
            return Outcome.DONE;
        });
    }

    int number() {
        return number;
    }

    /** What the shard held when it was asked. */
    Frozen await() throws IOException, InterruptedException {
        try {
            return frozen.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException late) {
            throw new IOException("shard " + number + " did not answer in " + PATIENCE_SECONDS + " seconds", late);
        } catch (ExecutionException impossible) {
            throw new IOException(impossible);
        }
    }

    /** Lets it delete files again. More than once is no error, and so is before it froze. */
    void thaw() throws InterruptedException {
        frozen.cancel(false);
        if (!frozen.isCancelled() && thawed.compareAndSet(false, true)) {
            submit(turn -> {
                turn.shard().thaw();
                return Outcome.DONE;
            });
        }
    }

    private void submit(Command command) throws InterruptedException {
        while (!loop.hasFailed() && !loop.submit(command)) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }
}
