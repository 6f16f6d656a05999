package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrames;

/**
 * What is asked and told of the present, and forgotten by a restart: QUERY, WATCH, UNWATCH, SIGNAL and PING; the shard's owner
 * only. Holds nothing.
 */
final class Questions {
    /** What may wait for a client, bytes, for a signal to be added to it. */
    private static final int SIGNALS_BYTES = 16 * 1024;

    private final int frameLimit;
    private final Users users;
    private final Sessions sessions;
    private final Notices notices;
    private final IdClock clock;
    private final Stage stage;

    /** @param frameLimit bytes of a frame at most, without its length */
    Questions(int frameLimit, Users users, Sessions sessions, Notices notices, IdClock clock, Stage stage) {
        this.frameLimit = frameLimit;
        this.users = users;
        this.sessions = sessions;
        this.notices = notices;
        this.clock = clock;
        this.stage = stage;
    }

    @CheckReturnValue
    Outcome query(Session session, ClientFrame frame, boolean mayLoad) {
        if (session.client.isCongested()) {
            return Outcome.CONGESTED;
        }
        User user = users.resident(frame.buffer(), frame.nameStart(), frame.nameLength());
        if (user != null) {
            session.client.presence(frame.tag(), Notices.state(user), clock.seen(user.lastSeen), user.name);
        } else if (!mayLoad) {
            return Outcome.NEEDS_STORE;
        } else {
            byte[] name = frame.name();
            long lastSeen = users.lastSeen(name);
            PresenceState state = lastSeen == 0 ? PresenceState.NEVER_SEEN : PresenceState.OFFLINE;
            session.client.presence(frame.tag(), state, clock.seen(lastSeen), name);
        }
        stage.add(session);
        return Outcome.DONE;
    }

    @CheckReturnValue
    Outcome watch(Session session, ClientFrame frame, boolean mayLoad) {
        if (session.client.isCongested()) {
            return Outcome.CONGESTED;
        }
        User user = users.resident(frame.buffer(), frame.nameStart(), frame.nameLength());
        if (user == null) {
            if (!mayLoad) {
                return Outcome.NEEDS_STORE;
            }
            user = users.watched(frame.name());
        }
        if (!notices.watch(session, user)) {
            sessions.end(session, GoodbyeCode.OVERLOADED, 0, "too many watches");
            return Outcome.ENDED;
        }
        return Outcome.DONE;
    }

    @CheckReturnValue
    Outcome unwatch(Session session, ClientFrame frame) {
        User user = users.resident(frame.buffer(), frame.nameStart(), frame.nameLength());
        if (user != null) {
            notices.unwatch(session, user);
        }
        return Outcome.DONE;
    }

    /** To whoever is here and has room for it; nobody is told what became of it. */
    @CheckReturnValue
    Outcome signal(Session session, ClientFrame frame) {
        User user = users.resident(frame.buffer(), frame.nameStart(), frame.nameLength());
        Session receiver = user == null ? null : user.session;
        byte[] sender = session.user.name;
        int size = ServerFrames.signalledSize(sender.length, frame.bodyLength());
        boolean fits = size - Protocol.LENGTH_BYTES <= frameLimit;
        if (receiver != null && fits && keepsUp(receiver.client, size) && receiver.client.hasRoom(size)) {
            receiver.client.signalled(sender, frame.buffer(), frame.bodyStart(), frame.bodyLength());
            stage.add(receiver);
        }
        return Outcome.DONE;
    }

    /** So that signals never stand in front of a message for long. */
    private static boolean keepsUp(Client client, int size) {
        int queued = client.queuedBytes();
        return queued == 0 || queued + size <= SIGNALS_BYTES;
    }

    @CheckReturnValue
    Outcome ping(Session session, long opaque) {
        if (session.client.isCongested()) {
            return Outcome.CONGESTED;
        }
        session.client.pong(opaque);
        stage.add(session);
        return Outcome.DONE;
    }
}
