package dev.heddle.sim;

import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Who is online, as it follows from what the shards were told and said; judges what they say of it. */
final class Presences {
    /** Last seen of who was cut off by a crash is not earlier than so long before the last tick. */
    private static final long NOTE_MILLIS = 60_000;

    private static final class Known {
        @Nullable
        Link session;
        /** When the session began or ended that did so last, by the wall; 0: not in what this process remembers for certain. */
        long event;
        /** The same on the monotonic clock. */
        long eventElapsed;

        int eventSteps;
        /** Last seen is not before this, unless the clock was set; after a crash. */
        long notBefore;

        int notBeforeSteps;
        /** The highest seq that was sent, and that this process knows of for certain. */
        long sentSeq;
        /** The highest seq that was ever sent. */
        long everSent;
        /** The largest window that it had in this process; and how many messages may be marked as sent that were not, because of a crash. */
        int window;

        int mayBeMarked;
    }

    /** More than can wait. */
    private static final int MANY = 1 << 30;

    private final Simulation world;
    private final Known[] users;

    Presences(Simulation world, int count) {
        this.world = world;
        this.users = new Known[count];
        Arrays.setAll(users, i -> new Known());
    }

    void online(SimClient client, Link session) {
        Known user = users[client.index];
        if (user.session != null) {
            throw new Violation(Violation.Kind.UNTRUE, "two sessions of " + client);
        }
        user.session = session;
        event(client, user);
    }

    void offline(SimClient client, Link session) {
        Known user = users[client.index];
        if (user.session != null && user.session.equals(session)) {
            user.session = null;
            user.window = Math.max(user.window, session.windowMessages());
            event(client, user);
        }
    }

    private void event(SimClient client, Known user) {
        user.event = world.placeOf(client.name).shown;
        user.eventElapsed = world.elapsed();
        user.eventSteps = world.clockSteps();
    }

    boolean isOnline(int index) {
        return users[index].session != null;
    }

    /** Nobody remembers when it was here, nor, unless a crash undoes the removal, what it was sent. */
    void removed(int index) {
        users[index].event = 0;
        users[index].notBefore = 0;
        users[index].sentSeq = 0;
    }

    void told(byte[] name, PresenceState state, long lastSeen) {
        int index = world.indexOf(name);
        String who = new String(name, StandardCharsets.UTF_8);
        long now = world.placeOf(name).shown;
        if (lastSeen > now) {
            throw new Violation(Violation.Kind.UNTRUE, who + " was last seen in the future, " + lastSeen);
        }
        if ((state == PresenceState.NEVER_SEEN) != (lastSeen == 0)) {
            throw new Violation(Violation.Kind.UNTRUE, who + " is " + state + ", last seen " + lastSeen);
        }
        if (index < 0) {
            if (state != PresenceState.NEVER_SEEN) {
                throw new Violation(Violation.Kind.UNTRUE, who + ", who is nobody, is " + state);
            }
            return;
        }
        Known user = users[index];
        if ((state == PresenceState.ONLINE) != (user.session != null)) {
            throw new Violation(
                    Violation.Kind.UNTRUE, who + " is " + state + " but has a session: " + (user.session != null));
        }
        boolean isRight = user.event > 0
                ? lastSeen == Math.min(user.event, now)
                : lastSeen >= user.notBefore || user.notBeforeSteps != world.clockSteps();
        if (!isRight) {
            throw new Violation(
                    Violation.Kind.UNTRUE,
                    who + " was last seen " + lastSeen + ", but was here " + Math.max(user.event, user.notBefore));
        }
    }

    void sent(SimClient client, long seq, int flags) {
        Known user = users[client.index];
        boolean marked = (flags & Protocol.FLAG_SENT_BEFORE) != 0;
        if (seq <= user.sentSeq && !marked) {
            throw new Violation(
                    Violation.Kind.UNTRUE, "seq " + seq + " for " + client + " is not marked as sent before");
        }
        if (seq > user.everSent && marked && --user.mayBeMarked < 0) {
            throw new Violation(
                    Violation.Kind.UNTRUE, "seq " + seq + " for " + client + " is marked as sent before, and was not");
        }
        user.everSent = Math.max(user.everSent, seq);
    }

    /** Up to here it has left the shard: what was only staged when the process died was never sent. */
    void went(SimClient client, long seq) {
        Known user = users[client.index];
        user.sentSeq = Math.max(user.sentSeq, seq);
    }

    /** The process ended cleanly: everything is remembered. */
    void drained() {
        for (Known user : users) {
            user.session = null;
        }
    }

    /** The process ended in another way: what was written is remembered, and with a power cut what was forced. */
    void crashed(boolean power) {
        for (int i = 0; i < users.length; i++) {
            Known user = users[i];
            Place place = world.placeOf(world.nameOf(i));
            boolean wrote = !power && world.hadRoom();
            boolean knows = wrote && user.eventElapsed < place.ticked && user.eventSteps == world.clockSteps();
            if (user.session != null) {
                user.window = Math.max(user.window, user.session.windowMessages());
                user.notBefore = knows ? Math.max(user.event, place.tickedWall - NOTE_MILLIS) : 0;
                user.notBeforeSteps = user.eventSteps;
            } else if (user.event > 0) {
                user.notBefore = knows ? user.event : 0;
                user.notBeforeSteps = user.eventSteps;
            }
            if (!wrote) {
                user.notBefore = 0;
                user.sentSeq = 0;
            }
            user.event = 0;
            user.session = null;
            // A second crash since it was here: what waits may have been copied behind what tells of its session.
            user.mayBeMarked = user.window == 0 ? MANY : user.mayBeMarked + user.window;
            user.window = 0;
        }
    }
}
