package dev.heddle.edge;

import dev.heddle.auth.Authenticator;
import dev.heddle.auth.Grant;
import dev.heddle.auth.Verdict;
import java.net.InetAddress;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Decides who comes in; the listener, and connections' readers. Bounded by {@link FailedLogins} and {@link Origins}. */
final class Admission {
    static final String TOO_MANY = "too many connections from your address";
    static final String TOO_FAST = "too many logins from your address";

    private final Authenticator authenticator;
    private final LongSupplier nanos;
    private final FailedLogins failures = new FailedLogins();
    private final Origins origins = new Origins();
    private volatile AddressLimits limits;
    private final LongAdder limitedConnections = new LongAdder();
    private final LongAdder limitedLogins = new LongAdder();
    private final LongAdder refused = new LongAdder();

    Admission(Authenticator authenticator, AddressLimits limits, LongSupplier nanos) {
        this.authenticator = authenticator;
        this.limits = limits;
        this.nanos = nanos;
    }

    /** Other limits from now on; what is above them stays, and who was free of them stays free. */
    void change(AddressLimits next) {
        limits = next;
    }

    /** A connection comes; null if it is one too many from there. Any other is to be {@link #left}. */
    @Nullable
    Origin arrived(InetAddress address) {
        Origin origin = origins.arrived(address, limits, nanos.getAsLong());
        if (origin == null) {
            limitedConnections.increment();
        }
        return origin;
    }

    void left(Origin origin) {
        origins.left(origin);
    }

    /** In how many nanoseconds it is this login's turn; {@link Origin#NOT_AT_ALL}: there are too many before it. */
    long turn(Origin origin) {
        long wait = origin.logsIn(limits.logins(), nanos.getAsLong());
        if (wait == Origin.NOT_AT_ALL) {
            limitedLogins.increment();
        }
        return wait;
    }

    Verdict judge(byte[] user, byte[] token) {
        return authenticator.judge(user, token);
    }

    /** Whether a session that was let in with this may go on. */
    boolean stillHolds(@Nullable Grant grant) {
        return grant == null || authenticator.stillHolds(grant);
    }

    /** A login from there was refused; returns for how many nanoseconds its answer is held back. */
    long refused(InetAddress address) {
        refused.increment();
        return failures.failed(address, nanos.getAsLong());
    }

    /** So much came in; returns for how many nanoseconds the connection that brought it is held back. */
    long charge(Origin origin, int messages, int bytes) {
        return origin.charge(limits.traffic(), nanos.getAsLong(), messages, bytes);
    }

    /** Connections that were one too many from their address, since the start. */
    long limitedConnections() {
        return limitedConnections.sum();
    }

    /** Logins that were too fast from their address, since the start. */
    long limitedLogins() {
        return limitedLogins.sum();
    }

    /** Logins that were refused, since the start. */
    long refused() {
        return refused.sum();
    }
}
