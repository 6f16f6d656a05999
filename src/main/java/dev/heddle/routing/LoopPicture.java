package dev.heddle.routing;

import dev.heddle.shard.ShardPicture;
import org.HdrHistogram.Histogram;

/**
 * A shard and what runs it, at one moment; made by the shard's owner, never changed.
 *
 * @param ringCommands that wait, about
 * @param ringCapacity commands that can
 * @param ringStalls how often somebody found the ring full
 * @param cycles how many cycles had as many commands as the index says
 * @param forcingNanos for how long the force that is under way has been; 0: none is
 * @param forceNanos from the wish for a force until the shard knew that it was done
 */
@SuppressWarnings("ArrayRecordComponent")
public record LoopPicture(
        ShardPicture shard,
        int ringCommands,
        int ringCapacity,
        long ringStalls,
        long[] cycles,
        long forcingNanos,
        Histogram forceNanos) {}
