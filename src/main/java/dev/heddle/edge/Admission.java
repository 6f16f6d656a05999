package dev.heddle.edge;

import dev.heddle.auth.Authenticator;
import dev.heddle.auth.Verdict;
import java.net.InetAddress;
import java.util.function.LongSupplier;

/** Decides who comes in; connections' readers. Bounded by {@link FailedLogins}. */
final class Admission {
    private final Authenticator authenticator;
    private final LongSupplier nanos;
    private final FailedLogins failures = new FailedLogins();

    Admission(Authenticator authenticator, LongSupplier nanos) {
        this.authenticator = authenticator;
        this.nanos = nanos;
    }

    Verdict judge(byte[] user, byte[] token) {
        return authenticator.judge(user, token);
    }

    /** A login from there was refused; returns for how many nanoseconds its answer is held back. */
    long refused(InetAddress address) {
        return failures.failed(address, nanos.getAsLong());
    }
}
