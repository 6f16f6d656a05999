package dev.heddle.edge;

import java.util.function.LongConsumer;

/** Lets the simulation join the answers of several shards just as the edge does. */
public final class AcceptedAcross {
    private final Finished finished;

    public AcceptedAcross(int shards, LongConsumer announce) {
        finished = new Finished(shards, announce);
    }

    public void sent(int shard) {
        finished.sent(shard);
    }

    public void answered(int shard, int count, long id) {
        finished.answered(shard, count, id);
    }
}
