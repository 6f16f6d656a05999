package dev.heddle.admin;

import dev.heddle.routing.LoopPicture;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Looks at the server; any thread of the admin port, one at a time, so that however many ask, a shard has one question to
 * answer. Holds nothing.
 */
final class Observer {
    /** A disk that takes so long for one force hangs, or as good as that. */
    private static final int LONG_FORCE_SECONDS = 5;

    private final Observed server;
    private final Inquiry inquiry;
    private final ReentrantLock one = new ReentrantLock();

    Observer(Observed server, Inquiry inquiry) {
        this.server = server;
        this.inquiry = inquiry;
    }

    Observation observe() throws UnansweredException, InterruptedException {
        one.lockInterruptibly();
        try {
            List<LoopPicture> shards = inquiry.pictures();
            List<String> troubles = new ArrayList<>(server.troubles());
            for (int shard = 0; shard < shards.size(); shard++) {
                long forcing = TimeUnit.NANOSECONDS.toSeconds(shards.get(shard).forcingNanos());
                if (forcing >= LONG_FORCE_SECONDS) {
                    troubles.add("the disk has been forcing the log of shard " + shard + " for " + forcing
                            + " s, and until it has nothing is accepted");
                }
                if (shards.get(shard).shard().storage().full()) {
                    troubles.add("the storage of shard " + shard + " is full");
                }
            }
            return new Observation(
                    server.nanos(), server.edge(), server.legacy(), shards, ProcessPicture.take(), troubles);
        } finally {
            one.unlock();
        }
    }

    /** Why no login is accepted, or no message; empty: both are. */
    List<String> troubles() throws InterruptedException {
        List<String> known = server.troubles();
        if (!known.isEmpty()) {
            return known;
        }
        try {
            return observe().troubles();
        } catch (UnansweredException busy) {
            return List.of(String.valueOf(busy.getMessage()));
        }
    }
}
