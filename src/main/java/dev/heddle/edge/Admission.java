package dev.heddle.edge;

import dev.heddle.auth.Authenticator;
import dev.heddle.auth.Verdict;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Decides who comes in; connections' readers. Bounded by {@link FailedLogins}. */
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    private static final long SAY_NANOS = 60_000_000_000L;

    private final Authenticator authenticator;
    private final LongSupplier nanos;
    private final FailedLogins failures = new FailedLogins();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong saidNanos;

    Admission(Authenticator authenticator, LongSupplier nanos) {
        this.authenticator = authenticator;
        this.nanos = nanos;
        this.saidNanos = new AtomicLong(nanos.getAsLong() - SAY_NANOS);
    }

    Verdict judge(byte[] user, byte[] token) {
        return authenticator.judge(user, token);
    }

    /** A login from there was refused; returns for how many nanoseconds its answer is held back. */
    long refused(InetAddress address, String reason) {
        long now = nanos.getAsLong();
        long many = refused.incrementAndGet();
        long said = saidNanos.get();
        if (now - said >= SAY_NANOS && saidNanos.compareAndSet(said, now)) {
            LOG.warn("login refused, {} since start, this one from {}: {}", many, address.getHostAddress(), reason);
        }
        return failures.failed(address, now);
    }
}
