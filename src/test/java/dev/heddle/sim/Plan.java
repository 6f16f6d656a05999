package dev.heddle.sim;

import dev.heddle.log.LogOptions;
import dev.heddle.shard.Allowance;
import dev.heddle.shard.ShardOptions;
import java.util.SplittableRandom;

/**
 * What kind of world a seed makes: sizes small enough that every limit is met, and how often what breaks.
 *
 * @param shards 1 to 3
 * @param users clients
 * @param maxBody longest body, bytes
 * @param bursts most messages that a client sends at once
 * @param disasterEvery steps between two disasters, about
 * @param diskBytes what one shard's disk holds; {@link Long#MAX_VALUE}: enough
 * @param storeUsers what one shard's user store holds
 * @param slotsFail in 100: how often the backlog's memory has nothing to give
 * @param moody in 100: how often a client that has room says that it has none
 * @param allowance bytes that may wait for one client
 * @param slowForce how much slower than usual the disks force; 1: not at all
 * @param pace how many clients and connections move in one step
 */
record Plan(
        int shards,
        int users,
        int maxBody,
        int bursts,
        int disasterEvery,
        long diskBytes,
        int storeUsers,
        int slotsFail,
        int moody,
        int allowance,
        int slowForce,
        int pace,
        LogOptions log,
        ShardOptions options) {
    private static final long DAYS = 24L * 3600 * 1000;
    private static final int FRAME_OVERHEAD = 400;

    static Plan of(SplittableRandom random) {
        int maxBody = pick(random, 30, 30, 200, 200, 1000, 1000, 4000, 16_000);
        int frameLimit = Math.max(512, maxBody + FRAME_OVERHEAD);
        int maxPayload = frameLimit + 1024;
        int least = maxPayload + 128;
        int segment = least + random.nextInt(pick(random, 1, 4, 16)) * 1024 + random.nextInt(4096);
        boolean large = random.nextInt(40) == 0;
        if (large) {
            segment = 3 << 19; // larger than a step of the cleaner
        }
        LogOptions log = new LogOptions(segment, least + random.nextInt(16 << 10), maxPayload, 4096, random.nextLong());
        boolean tight = random.nextInt(3) == 0;
        boolean ages = random.nextInt(8) == 0;
        long logBytes = !large && random.nextInt(3) > 0 ? 1 << 20 : 1 << 26;
        ShardOptions options = new ShardOptions(
                tight ? 3 + random.nextInt(30) : 10_000,
                tight ? 2L * maxPayload + random.nextInt(40_000) : 50_000_000,
                ages ? 5_000 + random.nextInt(60_000) : 30 * DAYS,
                logBytes,
                frameLimit,
                16,
                1 + random.nextInt(6),
                4 + random.nextInt(60),
                allowance(random, maxBody),
                random.nextInt(7) > 0);
        int users = random.nextBoolean() ? 2 + random.nextInt(8) : 10 + random.nextInt(70);
        Plan plan = new Plan(
                pick(random, 1, 1, 2, 3),
                users,
                maxBody,
                1 + random.nextInt(pick(random, 3, 30)),
                100 + random.nextInt(1500),
                random.nextInt(6) == 0
                        ? 6L * segment + 4L * log.appendBufferBytes() + (64 << 10) + random.nextInt(1 << 18)
                        : Long.MAX_VALUE,
                random.nextInt(10) == 0 ? 1 + random.nextInt(users) : 10_000,
                random.nextInt(10) == 0 ? 50 : 0,
                random.nextInt(3) * 15,
                pick(random, 300, 2000, 20_000, 500_000),
                pick(random, 1, 1, 1, 20),
                1,
                log,
                options);
        return random.nextInt(25) == 0 ? plan.crowded(150 + random.nextInt(150)) : plan;
    }

    /** The same with so many users that more than a hundred wait for one force, and as many watch the same one. */
    private Plan crowded(int crowd) {
        ShardOptions roomy = new ShardOptions(
                options.inboxMessages(),
                options.inboxBytes(),
                options.messageAgeMillis(),
                options.logBytes(),
                options.frameLimit(),
                options.residentUsers(),
                6,
                6 * crowd,
                Allowance.UNLIMITED,
                options.syncAlways());
        return new Plan(
                shards,
                crowd,
                Math.min(maxBody, 200),
                2,
                disasterEvery,
                Long.MAX_VALUE,
                10_000,
                0,
                0,
                20_000,
                20,
                crowd / 10,
                log,
                roomy);
    }

    /** In every third world; enough for everybody to come to rest in the end. */
    private static Allowance allowance(SplittableRandom random, int maxBody) {
        if (random.nextInt(3) > 0) {
            return Allowance.UNLIMITED;
        }
        long messages = 30L + random.nextInt(300);
        long bytes = (30L + random.nextInt(300)) * (60L + maxBody);
        return new Allowance(
                random.nextInt(4) > 0 ? messages : 0,
                random.nextInt(4) > 0 ? bytes : 0,
                1_000_000L * random.nextLong(pick(random, 20, 1000)));
    }

    private static int pick(SplittableRandom random, int... values) {
        return values[random.nextInt(values.length)];
    }

    /** Whether messages may grow so old that they are dropped. */
    boolean forgets() {
        return options.messageAgeMillis() < 30 * DAYS;
    }

    /** Whether a power cut may come: without a force before ACCEPTED only a killed process is survived. */
    boolean survivesPowerCuts() {
        return options.syncAlways();
    }
}
