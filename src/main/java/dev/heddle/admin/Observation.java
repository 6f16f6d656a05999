package dev.heddle.admin;

import dev.heddle.edge.EdgePicture;
import dev.heddle.routing.LoopPicture;
import dev.heddle.shard.ShardPicture;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Everything that is counted, at about one moment.
 *
 * @param nanos when, on a clock that nobody can set
 * @param shards by their number
 * @param troubles why no login is accepted, or no message; empty: both are
 */
record Observation(
        long nanos, EdgePicture edge, List<LoopPicture> shards, ProcessPicture process, List<String> troubles) {
    /** Of all shards. */
    long sum(ToLongFunction<ShardPicture> figure) {
        return shards.stream().map(LoopPicture::shard).mapToLong(figure).sum();
    }
}
