package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.wire.GoodbyeCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Who is here: how sessions begin and end, one at home for each user; the shard's owner only. Holds nothing but what it has
 * counted: a session at home stands in its user, others with their connection.
 */
final class Sessions {
    private final Users users;
    private final IdClock clock;
    private final long firstSeq;
    private final Stage stage;
    private final States states;
    private final Notices notices;
    private final Delivery delivery;
    private final Clearing clearing;
    private final Durability durability;

    private final Counts<GoodbyeCode> goodbyes = new Counts<>(GoodbyeCode.class);
    private int atHome;
    private long logins;

    /** @param firstSeq of this run: above every seq that a run which ended in a crash can have used */
    Sessions(
            Users users,
            IdClock clock,
            long firstSeq,
            Stage stage,
            States states,
            Notices notices,
            Delivery delivery,
            Clearing clearing,
            Durability durability) {
        this.users = users;
        this.clock = clock;
        this.firstSeq = firstSeq;
        this.stage = stage;
        this.states = states;
        this.notices = notices;
        this.delivery = delivery;
        this.clearing = clearing;
        this.durability = durability;
    }

    /** Opens one at home, as {@link Shard#login}. */
    @CheckReturnValue
    Outcome login(Client client, byte[] name, long cursor, boolean mayLoad) {
        if (!clock.canLogin()) {
            return Outcome.NEEDS_FORCE;
        }
        User user = users.resident(name);
        boolean known = user != null && user.statePosition >= 0;
        if (!known) {
            if (!mayLoad) {
                return Outcome.NEEDS_STORE;
            }
            user = users.load(name);
        }
        // The client of a removed user may remember a higher seq than the server does.
        long lastSeq = user != null && user.stored ? user.inbox.lastSeq : users.forgottenSeq();
        if (Long.compareUnsigned(cursor, Seq.later(lastSeq, firstSeq - 1)) > 0) {
            return refuse(client, GoodbyeCode.BAD_ACK, "cursor beyond the inbox");
        }
        user = known ? user : users.create(name);
        if (user == null) {
            return refuse(client, GoodbyeCode.OVERLOADED, "too many users");
        }
        Session earlier = user.session;
        if (earlier != null) {
            end(earlier, GoodbyeCode.REPLACED, 0, "logged in elsewhere");
        }
        if (delivery.acknowledge(user, cursor)) {
            states.due(user);
        }
        if (!clearing.isClear(user, clock.ages())) {
            return Outcome.NEEDS_FORCE;
        }
        Session session = new Session(client, user, clock.firstId(), clock.elapsed());
        open(session, cursor);
        client.welcome(session, session.number(), user.inbox.count, clock.wall());
        stage.add(session);
        delivery.pump(session);
        return Outcome.DONE;
    }

    private void open(Session session, long cursor) {
        User user = session.user;
        users.hold(user);
        atHome++;
        logins++;
        user.session = session;
        user.lastSeen = clock.wall();
        session.acknowledges = Seq.isAbove(cursor, 0);
        session.ackLimit = Seq.later(cursor, user.inbox.cursor);
        states.due(user);
        notices.changed(user);
    }

    private Outcome refuse(Client client, GoodbyeCode code, String reason) {
        goodbyes.add(code);
        client.goodbye(code, 0, reason);
        client.release();
        return Outcome.ENDED;
    }

    /** Opens one away from home, as {@link Shard#attach}. */
    @Nullable
    Session attach(Client client, Session home, boolean mayLoad) {
        byte[] name = home.user.name;
        User user = users.resident(name);
        if (user == null) {
            if (!mayLoad) {
                return null;
            }
            user = users.watched(name);
        }
        users.hold(user);
        return new Session(client, user, home);
    }

    /** Done once it has been told of everything that it sent here. */
    @CheckReturnValue
    Outcome settle(Session session) {
        if (session.isOpen() && session.isOwed()) {
            durability.ask();
            return Outcome.NEEDS_FORCE;
        }
        return Outcome.DONE;
    }

    /**
     * Says goodbye when all is said that the session waits for: what else would it make of what it sent? And what it has
     * acknowledged is remembered, whatever happens then.
     */
    @CheckReturnValue
    Outcome logout(Session session) {
        Outcome settled = settle(session);
        if (settled != Outcome.DONE) {
            return settled;
        }
        if (session.acknowledges && session.isOpen() && !durability.isStateSafe(session.user)) {
            durability.ask();
            return Outcome.NEEDS_FORCE;
        }
        end(session, GoodbyeCode.BYE, 0, "bye");
        return Outcome.ENDED;
    }

    /** Says goodbye. */
    void end(Session session, GoodbyeCode code, int retryAfterMillis, String reason) {
        if (session.isOpen()) {
            goodbyes.add(code);
            session.client.goodbye(code, retryAfterMillis, reason);
            stage.add(session);
            close(session);
        }
    }

    /** Nothing more is said. */
    void close(Session session) {
        if (!session.close()) {
            return;
        }
        User user = session.user;
        notices.forget(session);
        if (session.isHome()) {
            atHome--;
            user.session = null;
            // What was sent and not acknowledged is to be sent again, unless it expires before.
            user.inbox.rewind();
            user.lastSeen = clock.wall();
            states.due(user);
            notices.changed(user);
        }
        users.release(user);
    }

    /** Users who are here, and at home. */
    int count() {
        return atHome;
    }

    /** Since the start. */
    long logins() {
        return logins;
    }

    /** How many were said, by code. */
    Map<GoodbyeCode, Long> goodbyes() {
        return goodbyes.picture();
    }
}
