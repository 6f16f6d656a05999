package dev.heddle.routing;

import dev.heddle.shard.Shard;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.FrameCursor;

/** What a command finds when its turn comes: the shard, and tools to read frames with. The shard's owner only. */
public final class Turn {
    private final Shard shard;
    private final FrameCursor cursor;
    private final Lookahead lookahead;
    private final ClientFrame frame = new ClientFrame();
    private boolean mayLoad;

    Turn(Shard shard, int frameLimit) {
        this.shard = shard;
        this.cursor = new FrameCursor(frameLimit);
        this.lookahead = new Lookahead(shard, frameLimit);
    }

    void mayLoad(boolean allowed) {
        mayLoad = allowed;
    }

    public Shard shard() {
        return shard;
    }

    /** Whether this thread may touch the user store. */
    public boolean mayLoad() {
        return mayLoad;
    }

    public FrameCursor cursor() {
        return cursor;
    }

    public Lookahead lookahead() {
        return lookahead;
    }

    public ClientFrame frame() {
        return frame;
    }
}
