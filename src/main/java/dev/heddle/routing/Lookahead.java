package dev.heddle.routing;

import dev.heddle.shard.Shard;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.FrameCursor;
import java.nio.ByteBuffer;

/**
 * Tells the shard whom the next frames of a read are about, once it has had to look up somebody in its store; the shard's
 * owner only. Goes over {@link #FRAMES} frames at a time, and over none where all users are on the heap.
 */
public final class Lookahead {
    private static final int FRAMES = 32;

    private final Shard shard;
    private final FrameCursor cursor;
    private final ClientFrame frame = new ClientFrame();
    private int seenTo;

    Lookahead(Shard shard, int frameLimit) {
        this.shard = shard;
        this.cursor = new FrameCursor(frameLimit);
    }

    /** Whether a frame, whose fields are read, is about a user of this shard. */
    public interface Choice {
        boolean isHere(ClientFrame frame);
    }

    /** Another read begins. */
    public void begin() {
        seenTo = 0;
        boolean _ = shard.takeMissed();
    }

    /** All frames before {@code from} are handled. */
    public void handled(ByteBuffer frames, int from, int to, Choice choice) {
        if (shard.takeMissed() && from >= seenTo && from < to) {
            look(frames, from, to, choice);
        }
    }

    private void look(ByteBuffer frames, int from, int to, Choice choice) {
        cursor.wrap(frames, from, to);
        for (int i = 0; i < FRAMES && cursor.next() == FrameCursor.Step.FRAME; i++) {
            if (!frame.parse(frames, cursor.type(), cursor.bodyStart(), cursor.bodyEnd())) {
                break;
            }
            if (choice.isHere(frame)) {
                shard.expect(frames, frame.nameStart(), frame.nameLength());
            }
        }
        seenTo = cursor.consumed();
        shard.fetch();
    }
}
