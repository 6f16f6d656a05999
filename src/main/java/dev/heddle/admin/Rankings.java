package dev.heddle.admin;

import dev.heddle.shard.InboxPicture;
import dev.heddle.shard.Survey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The fullest inboxes and the slowest clients of all shards; any thread of the admin port, under a lock. Looked for anew only
 * when they are some seconds old, in steps between which a shard does its work: with many users that is a little of everybody's
 * time.
 */
final class Rankings {
    private static final int MOST = 10;
    private static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(2);

    /**
     * A ranking.
     *
     * @param messagesOut sent to clients and not acknowledged, by all of them
     * @param bytesOut their records in the log
     */
    record Ranking(
            List<InboxPicture> fullest, List<InboxPicture> slowest, long messagesOut, long bytesOut, long nanos) {}

    private final Inquiry inquiry;
    private final LongSupplier nanos;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Ranking latest;

    Rankings(Inquiry inquiry, LongSupplier nanos) {
        this.inquiry = inquiry;
        this.nanos = nanos;
    }

    Ranking now() throws UnansweredException, InterruptedException {
        lock.lockInterruptibly();
        try {
            Ranking known = latest;
            if (known == null || nanos.getAsLong() - known.nanos() > FRESH_NANOS) {
                known = find();
                latest = known;
            }
            return known;
        } finally {
            lock.unlock();
        }
    }

    private Ranking find() throws UnansweredException, InterruptedException {
        List<InboxPicture> fullest = new ArrayList<>();
        List<InboxPicture> slowest = new ArrayList<>();
        long messages = 0;
        long bytes = 0;
        for (int shard = 0; shard < inquiry.shards(); shard++) {
            Survey survey = survey(shard);
            fullest.addAll(survey.fullest());
            slowest.addAll(survey.slowest());
            messages += survey.messagesOut();
            bytes += survey.bytesOut();
        }
        return new Ranking(first(fullest), first(slowest), messages, bytes, nanos.getAsLong());
    }

    private Survey survey(int shard) throws UnansweredException, InterruptedException {
        Survey survey = new Survey(MOST);
        boolean more = true;
        while (more) {
            more = inquiry.ask(shard, asked -> asked.insight().step(survey));
        }
        return inquiry.askResident(shard, asked -> {
            asked.insight().finish(survey);
            return survey;
        });
    }

    private static List<InboxPicture> first(List<InboxPicture> all) {
        return all.stream()
                .sorted(Comparator.comparingInt(InboxPicture::messages).reversed())
                .limit(MOST)
                .toList();
    }
}
