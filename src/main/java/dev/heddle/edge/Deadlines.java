package dev.heddle.edge;

import dev.heddle.wire.GoodbyeCode;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * Until when a connection may do what it does: log in, be silent, keep its session, read its GOODBYE. The poller's, who looks
 * at them and ends what is over; who reads says when. Some times, all in nanoseconds of the {@link EdgeClock} but one.
 */
final class Deadlines {
    /** How long a client gets to read its GOODBYE. */
    private static final long LINGER_NANOS = 2_000_000_000L;

    /** Some decades, which can be added to a time. */
    private static final long FOREVER = Long.MAX_VALUE / 4;

    /** How soon to look what a last read of the socket has brought. */
    private static final long LOOK_NANOS = 100_000_000L;

    /** In {@link #heardNanos}, which is even otherwise: the socket has been read, or is to be, since it is time for silence. */
    private static final long LOOKED = 1;

    private static final AtomicLongFieldUpdater<Deadlines> HEARD =
            AtomicLongFieldUpdater.newUpdater(Deadlines.class, "heardNanos");

    /** So much silence ends a session; 0: none does. */
    private final int silenceSeconds;

    /** Of the login; once it is {@link Phase#OPEN}, of the token, and with it of the session, in the machine's own time. */
    private volatile long endsNanos;

    private volatile long heardNanos;

    /** When it was first seen to be ending; 0: it was not. */
    private long endingNanos;

    /**
     * Of a client that was accepted now.
     *
     * @param silenceSeconds so much silence ends its session; 0: none does
     */
    Deadlines(int loginSeconds, int silenceSeconds, long now) {
        this.silenceSeconds = silenceSeconds;
        this.endsNanos = now + TimeUnit.SECONDS.toNanos(loginSeconds);
        this.heardNanos = now & ~LOOKED;
    }

    /** By who has the turn to read: the client has said something, or it was we who did not listen. */
    void heard(long now) {
        heardNanos = now & ~LOOKED;
    }

    /** Any thread: when something was heard last. */
    long heardNanos() {
        return heardNanos;
    }

    /** Whether silence ends nothing. */
    boolean bearsSilence() {
        return silenceSeconds == 0;
    }

    /** By who decides about its LOGIN: when that is over. */
    long loginNanos() {
        return endsNanos;
    }

    /**
     * By the same, before it is {@link Phase#OPEN}.
     *
     * @param nanos when the session is over, in the machine's own time: a token ends also while this process stands still
     */
    void admitted(long nanos) {
        endsNanos = nanos;
    }

    /** Whether the session ends before silence would be noticed, so that the poller has to look earlier. */
    boolean isShort(long realNow) {
        return endsNanos - realNow < silenceNanos();
    }

    /** Ends what is over at this time; returns after how many nanoseconds to look again, 0: never. */
    long due(Connection connection, long now) {
        return switch (connection.phase()) {
            case NEW -> loginDue(connection, now);
            case LOGGING_IN -> LINGER_NANOS;
            case OPEN -> sessionDue(connection, now);
            case ENDING -> lingerDue(connection, now);
            case CLOSED -> 0;
        };
    }

    private long loginDue(Connection connection, long now) {
        long left = endsNanos - now;
        if (left > 0) {
            // Once it is logged in, silence is looked for no later than this.
            return Math.min(left, silenceNanos());
        }
        connection.sendAway(GoodbyeCode.LOGIN_TIMEOUT, 0, "no LOGIN in time");
        return LINGER_NANOS;
    }

    private long sessionDue(Connection connection, long now) {
        long left = endsNanos - connection.realNanos();
        if (left > 0) {
            return Math.min(left, silenceDue(connection, now));
        }
        connection.end(GoodbyeCode.AUTH_FAILED, 0, "the token has expired");
        return LINGER_NANOS;
    }

    private long silenceDue(Connection connection, long now) {
        long heard = heardNanos;
        long left = heard + silenceNanos() - now;
        if (left > 0) {
            return left;
        }
        if (connection.isDeaf()) {
            return silenceNanos();
        }
        // What waits in its socket is said: this process may have stood still, or be late.
        if ((heard & LOOKED) == 0) {
            if (HEARD.compareAndSet(this, heard, heard | LOOKED)) {
                connection.look();
            }
            return LOOK_NANOS;
        }
        if (connection.isBeingRead()) {
            return LOOK_NANOS;
        }
        connection.end(GoodbyeCode.IDLE, 0, "nothing heard for two heartbeats");
        return LINGER_NANOS;
    }

    private long silenceNanos() {
        return silenceSeconds == 0 ? FOREVER : TimeUnit.SECONDS.toNanos(silenceSeconds);
    }

    private long lingerDue(Connection connection, long now) {
        if (endingNanos == 0) {
            endingNanos = now;
        }
        long left = endingNanos + LINGER_NANOS - now;
        if (left <= 0) {
            connection.abandon();
        }
        return Math.max(0, left);
    }
}
