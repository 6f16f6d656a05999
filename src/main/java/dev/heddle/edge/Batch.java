package dev.heddle.edge;

import dev.heddle.routing.Command;
import dev.heddle.routing.Lookahead;
import dev.heddle.routing.Router;
import dev.heddle.routing.Turn;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.Session;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.Protocol;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The frames of one read, for one shard. Belongs to the connection's reader, who fills it and submits it, and to the shard's
 * owner from then until {@link #finished}. One a connection and shard, used again and again.
 *
 * <p>With several shards each gets the whole read and handles the frames that are its own: those that name a user of its, and
 * at home all that name nobody.
 */
final class Batch implements Command, Lookahead.Choice {
    /**
     * Frames that are handled before others have their turn: more than a read of usual messages holds, and a fraction of a
     * millisecond. The smallest are six thousand a read, and those who wait for the shard would wait for all of them.
     */
    static final int MOST_FRAMES = 1024;

    private final Dispatch dispatch;
    private final Outlet outlet;
    private final Router router;
    private final int shard;

    private @Nullable ByteBuffer buffer;
    private int at;
    private int end;
    /** New recipient names that its SENDs created, not yet charged to the sender. */
    private int names;

    Batch(Dispatch dispatch, Outlet outlet, Router router, int shard) {
        this.dispatch = dispatch;
        this.outlet = outlet;
        this.router = router;
        this.shard = shard;
    }

    /** Whether frames of this type are for the shard of the user that they name. */
    static boolean isForNamed(int type) {
        return type >= Protocol.SEND && type <= Protocol.SIGNAL && type != Protocol.ACK;
    }

    Outlet outlet() {
        return outlet;
    }

    void fill(ByteBuffer read, int from, int to) {
        buffer = read;
        at = from;
        end = to;
    }

    /** Up to where the frames are handled; what is left is part of one. */
    int handled() {
        return at;
    }

    /** By the owner of this shard; or of the home shard, while this one has nothing of it. */
    int takeNames() {
        int taken = names;
        names = 0;
        return taken;
    }

    @Override
    public Outcome run(Turn turn) {
        ByteBuffer frames = buffer;
        if (frames == null) {
            return Outcome.DONE;
        }
        Session session = outlet.session();
        if (session == null) {
            session = turn.shard().attach(outlet, dispatch.session(), turn.mayLoad());
            if (session == null) {
                return Outcome.NEEDS_STORE;
            }
            outlet.attached(session);
        }
        FrameCursor cursor = turn.cursor();
        cursor.wrap(frames, at, end);
        Lookahead lookahead = turn.lookahead();
        lookahead.begin();
        int from = at;
        int messages = 0;
        int handled = 0;
        Outcome outcome = Outcome.DONE;
        while (outcome == Outcome.DONE && buffer != null) {
            outcome = step(turn, session, cursor, frames);
            if (outcome == Outcome.DONE && buffer != null) {
                at = cursor.consumed();
                messages += cursor.type() == Protocol.ACK ? 0 : 1;
                lookahead.handled(frames, at, end, this);
                handled++;
                if (handled == MOST_FRAMES) {
                    outcome = Outcome.PAUSED;
                }
            }
        }
        names += turn.shard().takeNewNames();
        if (shard == dispatch.home()) {
            dispatch.charge(turn.shard(), session, messages, at - from, takeNames() + dispatch.takeNamesElsewhere());
        }
        return outcome;
    }

    private Outcome step(Turn turn, Session session, FrameCursor cursor, ByteBuffer frames) {
        return switch (cursor.next()) {
            case FRAME -> apply(turn, session, cursor, frames);
            case INCOMPLETE -> {
                buffer = null;
                yield Outcome.DONE;
            }
            case ZERO_LENGTH -> end(turn, GoodbyeCode.MALFORMED, "a frame of length 0");
            case TOO_LARGE -> end(turn, GoodbyeCode.FRAME_TOO_LARGE, "a frame above the limit");
        };
    }

    private Outcome apply(Turn turn, Session session, FrameCursor cursor, ByteBuffer frames) {
        ClientFrame frame = turn.frame();
        int type = cursor.type();
        if (!frame.parse(frames, type, cursor.bodyStart(), cursor.bodyEnd())) {
            return end(turn, GoodbyeCode.MALFORMED, "not a frame of this protocol");
        }
        if (type == Protocol.LOGIN) {
            return end(turn, GoodbyeCode.MALFORMED, "already logged in");
        }
        boolean names = isForNamed(type);
        if (names && type != Protocol.SEND && !frame.nameValid()) {
            return type == Protocol.SIGNAL ? Outcome.DONE : end(turn, GoodbyeCode.MALFORMED, "not a user name");
        }
        if (names ? !isHere(frame) : shard != dispatch.home()) {
            return Outcome.DONE;
        }
        return turn.shard().apply(session, frame, turn.mayLoad());
    }

    @Override
    public boolean isHere(ClientFrame frame) {
        return isForNamed(frame.type())
                && (router.shards() == 1
                        || router.shardOf(frame.buffer(), frame.nameStart(), frame.nameLength()) == shard);
    }

    /** The goodbye is for the user's own shard to say, which comes last; elsewhere the frames just end here. */
    private Outcome end(Turn turn, GoodbyeCode code, String reason) {
        buffer = null;
        if (shard != dispatch.home()) {
            return Outcome.DONE;
        }
        Session session = outlet.session();
        if (session != null) {
            turn.shard().end(session, code, 0, reason);
        }
        return Outcome.ENDED;
    }

    @Override
    public void finished(Outcome outcome) {
        dispatch.errand().finished(outcome);
    }
}
