package dev.heddle.admin;

import dev.heddle.edge.EdgePicture;
import dev.heddle.routing.LoopPicture;
import dev.heddle.shard.ShardPicture;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Everything that is counted, at about one moment.
 *
 * @param nanos when, on the monotonic clock
 * @param shards by their number
 * @param legacy null: there is no door for clients of the old protocol
 * @param troubles why no login is accepted, or no message; empty: both are
 */
record Observation(
        long nanos,
        EdgePicture edge,
        Observed.@Nullable Legacy legacy,
        List<LoopPicture> shards,
        ProcessPicture process,
        List<String> troubles) {
    /** Of all shards. */
    long sum(ToLongFunction<ShardPicture> figure) {
        return shards.stream().map(LoopPicture::shard).mapToLong(figure).sum();
    }
}
