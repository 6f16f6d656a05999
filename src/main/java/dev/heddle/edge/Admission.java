package dev.heddle.edge;

import dev.heddle.auth.Authenticator;
import dev.heddle.auth.Verdict;
import java.net.InetAddress;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides who comes in; connections' readers. Bounded: half of the processors judge at a time, so that forged tokens, whose
 * signatures cost as much as good ones, leave the other half to those who are in; and by {@link FailedLogins}.
 */
final class Admission {
    private static final Logger LOG = LoggerFactory.getLogger(Admission.class);
    private static final long SAY_NANOS = 60_000_000_000L;

    private final Authenticator authenticator;
    private final LongSupplier nanos;
    private final Semaphore judges =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);
    private final FailedLogins failures = new FailedLogins();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong saidNanos;

    Admission(Authenticator authenticator, LongSupplier nanos) {
        this.authenticator = authenticator;
        this.nanos = nanos;
        this.saidNanos = new AtomicLong(nanos.getAsLong() - SAY_NANOS);
    }

    Verdict judge(byte[] user, byte[] token) {
        judges.acquireUninterruptibly();
        try {
            return authenticator.judge(user, token);
        } finally {
            judges.release();
        }
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

    /** Logins that were refused since the start. */
    long refused() {
        return refused.get();
    }
}
