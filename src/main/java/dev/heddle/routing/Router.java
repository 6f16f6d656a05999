package dev.heddle.routing;

import java.nio.ByteBuffer;
import java.util.List;

/** Which shard a user belongs to. The number of shards is part of a data folder: it never changes. */
public final class Router {
    private final List<ShardLoop> loops;

    public Router(List<ShardLoop> loops) {
        this.loops = List.copyOf(loops);
    }

    public int shards() {
        return loops.size();
    }

    public ShardLoop loop(int shard) {
        return loops.get(shard);
    }

    /** Any thread: whether a force is under way, about, after which senders are told. */
    public boolean isForcing() {
        for (int i = 0; i < loops.size(); i++) {
            if (loops.get(i).isForcing()) {
                return true;
            }
        }
        return false;
    }

    /** Any thread: forces that have ended, about; what their senders wait for is out, or on its way. */
    public long forcesEnded() {
        long ended = 0;
        for (int i = 0; i < loops.size(); i++) {
            ended += loops.get(i).forcesEnded();
        }
        return ended;
    }

    /** The shard of the user whose name stands there. */
    public int shardOf(ByteBuffer source, int start, int length) {
        int shards = loops.size();
        if (shards == 1) {
            return 0;
        }
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = 31 * hash + source.get(start + i);
        }
        return Math.floorMod(hash ^ hash >>> 16, shards);
    }
}
