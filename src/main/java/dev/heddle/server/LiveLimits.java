package dev.heddle.server;

import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.config.Sizes;
import dev.heddle.edge.AddressLimits;
import dev.heddle.edge.Edge;
import dev.heddle.log.LogOptions;
import dev.heddle.routing.Command;
import dev.heddle.routing.ShardLoop;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.ShardOptions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The limits of shards and connections that can change while the server runs; the reloading thread. A shard's are changed by
 * a command on its ring, so that they stay its owner's.
 *
 * @param ceiling what was promised at the start, and has to hold on
 */
record LiveLimits(List<ShardLoop> loops, Edge edge, LogOptions log, Ceiling ceiling, Ceiling.Machine machine)
        implements Reloadable {
    /** A shard that does not answer for so long is not waited for: the command is in its ring. */
    private static final long PATIENCE_SECONDS = 5;

    @Override
    public Change prepare(Settings next, Consumer<String> says) {
        int shards = loops.size();
        checkLog(next, shards);
        checkMemory(next, shards);
        ShardOptions limits = ShardLimits.of(next, shards);
        AddressLimits addresses = Rates.perAddress(next.rates());
        return () -> {
            edge.change(addresses);
            edge.change(next.connections().loginSeconds(), next.connections().heartbeatSeconds());
            CountDownLatch told = new CountDownLatch(shards);
            for (ShardLoop loop : loops) {
                tell(loop, turn -> {
                    turn.shard().change(limits);
                    told.countDown();
                    return Outcome.DONE;
                });
            }
            if (!told.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                says.accept("a shard is busy, its limits change when it has time");
            }
        };
    }

    private static void tell(ShardLoop loop, Command command) throws InterruptedException {
        while (!loop.hasFailed() && !loop.submit(command)) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** Segments keep the size that they were given at the start, and a log is several. */
    private void checkLog(Settings next, int shards) {
        long least = (long) log.segmentBytes() * ShardLimits.LEAST_SEGMENTS * shards;
        if (next.storage().logBytes() < least) {
            throw new SettingsException(
                    "log.bytes=" + Sizes.write(next.storage().logBytes())
                            + ": while the server runs, no less than " + Sizes.write(least) + " for its segments of "
                            + Sizes.write(log.segmentBytes()));
        }
    }

    private void checkMemory(Settings next, int shards) {
        int possible = Ceiling.of(next, shards, log, machine).connections();
        if (possible < ceiling.connections()) {
            throw new SettingsException("watches.total=" + next.watches().total() + " leaves memory for " + possible
                    + " connections, and the server was started for " + ceiling.connections());
        }
    }
}
