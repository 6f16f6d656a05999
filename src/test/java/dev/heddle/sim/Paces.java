package dev.heddle.sim;

import dev.heddle.shard.Allowance;

/**
 * How much each user has sent of late: two buckets that leak, apart from what the core makes of it. Judges that nothing more is
 * read from a connection whose user had sent too much, on whatever connection, when this one was charged last. A connection
 * that takes the place of another one, or loses it, need not know at once what the other one is charged.
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
        private long since;

        Bucket(long perSecond, Allowance allowance) {
            this.perSecond = perSecond;
            this.most = perSecond * (allowance.reserveNanos() / NANOS);
        }

        void add(long amount, long now) {
            level = Math.max(0, level - (now - since) / MILLIS * perSecond) + amount;
            since = now;
        }

        /** Whether it would be over if it had leaked since it was so full. */
        boolean isOver(double before, long then, long now) {
            return perSecond > 0 && before - (now - then) / MILLIS * perSecond > most + perSecond * ROUNDING_SECONDS;
        }
    }

    /** What a connection was told last. */
    record Told(double messages, double bytes, long at) {}

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

    /** Returns what the connection is told that has carried this. */
    Told sent(SimClient client, int messages, int bytes, long now) {
        Bucket[] buckets = users[client.index];
        buckets[0].add(messages, now);
        buckets[1].add(bytes, now);
        return new Told(buckets[0].level, buckets[1].level, now);
    }

    /** More of this user's is about to be read from a connection that was told this. */
    void reads(SimClient client, Told told, long now) {
        Bucket[] buckets = users[client.index];
        if (buckets[0].isOver(told.messages, told.at, now) || buckets[1].isOver(told.bytes, told.at, now)) {
            throw new Violation(
                    Violation.Kind.UNBOUNDED, client + " is read from at " + now + ", and had sent too much: " + told);
        }
    }
}
