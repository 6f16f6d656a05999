package dev.heddle.edge;

import dev.heddle.routing.Command;
import dev.heddle.routing.ShardLoop;
import dev.heddle.routing.Turn;
import dev.heddle.shard.Outcome;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/**
 * What a connection has a shard do, and waits for; one at a time. The reader's, and the shard's owner's from submitting a command
 * to {@link #finished}.
 */
final class Errand {
    /** How long to stand off from a ring that is full. */
    private static final long FULL_RING_NANOS = 100_000;

    private final Connection connection;
    private volatile boolean underWay;
    private volatile Outcome outcome = Outcome.DONE;

    Errand(Connection connection) {
        this.connection = connection;
    }

    // ---- the reader ----

    /** The work as a command whose end is {@link #finished}. */
    Command command(Function<Turn, Outcome> work) {
        return new Command() {
            @Override
            public Outcome run(Turn turn) {
                return work.apply(turn);
            }

            @Override
            public void finished(Outcome ended) {
                Errand.this.finished(ended);
            }
        };
    }

    /** Has the command run, and waits until it is finished. */
    void run(ShardLoop loop, Command command) {
        underWay = true;
        while (!loop.submit(command)) {
            LockSupport.parkNanos(this, FULL_RING_NANOS);
        }
        await();
    }

    /** Has it run without waiting; true if all of it is done, and nobody has to {@link #await} anything or look what came of it. */
    boolean begin(ShardLoop loop, Command command) {
        underWay = true;
        if (!loop.submitBriefly(command)) {
            // As good as congested: to be submitted again.
            outcome = Outcome.CONGESTED;
            underWay = false;
        }
        return !underWay && outcome == Outcome.DONE;
    }

    /** Waits for what was begun. */
    void await() {
        while (underWay) {
            LockSupport.park(this);
        }
    }

    /** What came of the last one. */
    Outcome outcome() {
        return outcome;
    }

    // ---- the shard's owner ----

    /** What the reader waits for is done. */
    void finished(Outcome ended) {
        outcome = ended;
        underWay = false;
        connection.done();
    }
}
