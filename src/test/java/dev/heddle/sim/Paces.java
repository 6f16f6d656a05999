package dev.heddle.sim;

import dev.heddle.shard.Allowance;

/**
 * How much each user has sent of late: two buckets that leak, apart from what the core makes of it. Judges that nothing more is
 * read of a user who has sent too much, on whatever connection. What a connection had read before another one took its place,
 * and only then was counted, the other one need not know before it is counted itself.
 */
final class Paces {
    /** The core counts in milliseconds. */
    private static final double ROUNDING_SECONDS = 0.002;

    private static final double NANOS = 1e9;
    private static final double MILLIS = 1e3;

    private static final class Bucket {
        private final double perSecond;
        private final double most;
        private double level;
        /** As the connection that is read from was told last. */
        private double told;

        private long since;

        Bucket(long perSecond, Allowance allowance) {
            this.perSecond = perSecond;
            this.most = perSecond * (allowance.reserveNanos() / NANOS);
        }

        void leak(long now) {
            double gone = (now - since) / MILLIS * perSecond;
            level = Math.max(0, level - gone);
            told = Math.max(0, told - gone);
            since = now;
        }

        void add(long amount, boolean isTold, long now) {
            leak(now);
            level += amount;
            told = isTold ? level : told;
        }

        boolean isOver() {
            return perSecond > 0 && told > most + perSecond * ROUNDING_SECONDS;
        }
    }

    private final Simulation world;
    private final Bucket[][] users;

    Paces(Simulation world, int count) {
        this.world = world;
        this.users = new Bucket[count][];
        restarted();
    }

    /** The server has forgotten what anybody owes. */
    void restarted() {
        Allowance allowance = world.plan().options().perUser();
        for (int i = 0; i < users.length; i++) {
            users[i] =
                    new Bucket[] {new Bucket(allowance.messages(), allowance), new Bucket(allowance.bytes(), allowance)
                    };
        }
    }

    /** @param current whether on the connection that the user has now */
    void sent(SimClient client, int messages, int bytes, boolean current, long now) {
        users[client.index][0].add(messages, current, now);
        users[client.index][1].add(bytes, current, now);
    }

    /** More of this user's is about to be read. */
    void reads(SimClient client, long now) {
        for (Bucket bucket : users[client.index]) {
            bucket.leak(now);
            if (bucket.isOver()) {
                throw new Violation(
                        Violation.Kind.UNBOUNDED,
                        client + " is read from, and has sent " + bucket.told + " of " + bucket.most);
            }
        }
    }
}
