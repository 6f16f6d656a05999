package dev.heddle.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.log.FileDisk;
import dev.heddle.log.LogOptions;
import dev.heddle.shard.Allowance;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.ShardFolder;
import dev.heddle.shard.ShardOptions;
import dev.heddle.sim.MapUserStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardLoopTest {
    private static final int FRAME_LIMIT = 3000;
    private static final int RING = 64;
    private static final LogOptions LOG = new LogOptions(64 << 10, 16 << 10, 4096, 4096, 7);
    private static final ShardOptions OPTIONS =
            new ShardOptions(1000, 1 << 20, 1_000_000, 1 << 24, FRAME_LIMIT, 16, 5, 100, Allowance.UNLIMITED, true);

    @TempDir
    private Path path;

    private final AtomicLong nanos = new AtomicLong();
    private final AtomicInteger cycles = new AtomicInteger();
    private final List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    private GatedDisk gate;
    private ShardFolder folder;
    private ShardLoop loop;

    /** State as a shard's: plain fields that only ownership guards. */
    private int applied;

    private final AtomicBoolean inside = new AtomicBoolean();

    @BeforeEach
    void open() throws IOException {
        open(LOG);
    }

    /** In the place of the one that is open: a log that does not have to write before there is much. */
    private void openLarge() throws Exception {
        loop.close();
        folder.close();
        open(new LogOptions(1 << 20, 512 << 10, 4096, 4096, 7));
    }

    private void open(LogOptions log) throws IOException {
        gate = new GatedDisk(new FileDisk(path));
        folder = folder(log);
        loop = loop(cycles::incrementAndGet, nanos::get);
    }

    private ShardFolder folder(LogOptions log) throws IOException {
        ShardFolder opened = ShardFolder.open(
                gate, log, OPTIONS, new MapUserStore(1000), () -> ByteBuffer.allocate(1 << 20), 1, 1_700_000_000_000L);
        opened.begin();
        return opened;
    }

    /** {@code looked} runs whenever it looks at the wall clock. */
    private ShardLoop loop(Runnable looked, LongSupplier ticks) {
        return new ShardLoop(
                "test-shard",
                folder.shard(),
                FRAME_LIMIT,
                RING,
                () -> {
                    looked.run();
                    return 1_700_000_000_000L;
                },
                ticks,
                failures::add);
    }

    @AfterEach
    void close() throws Exception {
        gate.open();
        loop.close();
        folder.close();
    }

    private static void submit(ShardLoop loop, Command command) {
        assertThat(loop.submit(command)).isTrue();
    }

    private static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** One of a producer's numbered commands. */
    private final class Numbered implements Command {
        private final int[] last;
        private final int number;
        private final boolean wantsStore;

        Numbered(int[] last, int number, boolean wantsStore) {
            this.last = last;
            this.number = number;
            this.wantsStore = wantsStore;
        }

        @Override
        public Outcome run(Turn turn) {
            if (!inside.compareAndSet(false, true)) {
                throw new IllegalStateException("two owners at once");
            }
            try {
                if (wantsStore && !turn.mayLoad()) {
                    return Outcome.NEEDS_STORE;
                }
                if (last[0] != number - 1) {
                    throw new IllegalStateException(number + " after " + last[0]);
                }
                last[0] = number;
                applied++;
                return Outcome.DONE;
            } finally {
                inside.set(false);
            }
        }
    }

    @Test
    void commands_of_many_threads_are_each_applied_once_and_in_order() throws Exception {
        int producers = 6;
        int each = 20_000;
        loop.start();
        List<Thread> threads = new ArrayList<>();
        for (int producer = 0; producer < producers; producer++) {
            int step = 50 + producer;
            int[] last = {-1};
            threads.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < each; i++) {
                    Command command = new Numbered(last, i, i % step == 0);
                    while (!loop.submit(command)) {
                        LockSupport.parkNanos(10_000);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofSeconds(60))).isTrue();
        }
        loop.drain();
        assertThat(failures).isEmpty();
        assertThat(applied).isEqualTo(producers * each);
    }

    @Test
    void who_finds_the_shard_free_works_its_command_itself() {
        List<Thread> ran = new ArrayList<>();
        submit(loop, turn -> {
            assertThat(turn.mayLoad()).isFalse();
            ran.add(Thread.currentThread());
            return Outcome.DONE;
        });
        assertThat(ran).containsExactly(Thread.currentThread());
    }

    @Test
    void a_full_ring_says_so_and_loses_nothing() {
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Thread owner = Thread.ofPlatform()
                .start(() -> submit(loop, turn -> {
                    entered.countDown();
                    pass(leave);
                    return Outcome.DONE;
                }));
        pass(entered);
        AtomicInteger ran = new AtomicInteger();
        Command counted = turn -> {
            ran.incrementAndGet();
            return Outcome.DONE;
        };
        for (int i = 0; i < RING; i++) {
            submit(loop, counted);
        }
        assertThat(loop.submit(counted)).isFalse();
        assertThat(ran).hasValue(0);
        assertThat(loop.depth()).isEqualTo(RING);

        leave.countDown();
        await().until(() -> !owner.isAlive());
        assertThat(ran).hasValue(RING);
        submit(loop, counted);
        assertThat(ran).hasValue(RING + 1);
    }

    @Test
    void a_cycle_takes_no_more_than_32_commands() {
        List<Integer> cycleOf = new ArrayList<>();
        submit(loop, turn -> {
            int first = cycles.get();
            for (int i = 0; i < RING - 1; i++) {
                submit(loop, inner -> {
                    cycleOf.add(cycles.get() - first);
                    return Outcome.DONE;
                });
            }
            return Outcome.DONE;
        });
        assertThat(cycleOf).hasSize(RING - 1);
        assertThat(cycleOf.stream().filter(cycle -> cycle == 0)).hasSize(31);
        assertThat(cycleOf.stream().filter(cycle -> cycle == 1)).hasSize(32);
    }

    @Test
    void a_cycle_that_has_much_to_write_ends_before_more_is_appended() throws Exception {
        openLarge();
        Told alice = new Told();
        loop.start();
        submit(loop, alice.login("alice"));
        await().until(() -> alice.session() != null);
        submit(loop, alice.send("bob", 1));
        await().until(() -> alice.accepted() == alice.firstId() + 1);
        await().until(() -> !forcing());
        gate.shut();
        List<Integer> cycleOf = Collections.synchronizedList(new ArrayList<>());
        submit(loop, turn -> {
            for (int i = 0; i < 6; i++) {
                int first = 2 + i * 20;
                submit(loop, inner -> {
                    cycleOf.add(cycles.get());
                    for (int number = first; number < first + 20; number++) {
                        assertThat(alice.send("bob", number, 2900).run(inner)).isEqualTo(Outcome.DONE);
                    }
                    return Outcome.DONE;
                });
            }
            return Outcome.DONE;
        });
        await().until(() -> cycleOf.size() == 6);
        gate.open();
        await().until(() -> alice.accepted() == alice.firstId() + 121);
        assertThat(cycleOf.subList(0, 3)).containsOnly(cycleOf.get(0));
        assertThat(cycleOf.subList(3, 6)).containsOnly(cycleOf.get(3)).doesNotContain(cycleOf.get(0));
    }

    @Test
    void much_that_nobody_waits_for_holds_no_command_up() throws Exception {
        openLarge();
        loop.start();
        Told alice = new Told();
        submit(loop, alice.login("alice"));
        await().until(() -> alice.session() != null);
        AtomicInteger rounds = new AtomicInteger();
        for (int round = 1; round <= 8; round++) {
            int last = round;
            submit(loop, turn -> {
                if (!turn.mayLoad()) {
                    return Outcome.NEEDS_STORE;
                }
                for (int i = 0; i < 400; i++) {
                    Told somebody = new Told();
                    assertThat(somebody.login("somebody-" + i).run(turn)).isEqualTo(Outcome.DONE);
                    turn.shard().close(Objects.requireNonNull(somebody.session()));
                }
                rounds.set(last);
                return Outcome.DONE;
            });
            await().until(() -> rounds.get() == last || !failures.isEmpty());
            assertThat(failures).isEmpty();
        }
        await().until(() -> !forcing());
        List<Integer> cycleOf = Collections.synchronizedList(new ArrayList<>());
        submit(loop, turn -> {
            for (int i = 0; i < 5; i++) {
                submit(loop, inner -> {
                    cycleOf.add(cycles.get());
                    return Outcome.DONE;
                });
            }
            return Outcome.DONE;
        });
        await().until(() -> cycleOf.size() == 5);
        assertThat(cycleOf).containsOnly(cycleOf.getFirst());
        submit(loop, alice.send("bob", 1));
        await().until(() -> alice.accepted() == alice.firstId() + 1);
        loop.drain();
        assertThat(folder.shard().logBytes()).isGreaterThan(128 << 10);
    }

    @Test
    void who_is_in_a_hurry_works_one_cycle_and_leaves_the_rest_to_the_resident_owner() {
        AtomicInteger ran = new AtomicInteger();
        boolean taken = loop.submitBriefly(turn -> {
            for (int i = 0; i < RING - 1; i++) {
                submit(loop, inner -> {
                    ran.incrementAndGet();
                    return Outcome.DONE;
                });
            }
            return Outcome.DONE;
        });
        assertThat(taken).isTrue();
        assertThat(ran).hasValue(31);
        loop.start();
        await().until(() -> ran.get() == RING - 1);
    }

    @Test
    void what_needs_the_store_goes_to_the_resident_owner_and_what_is_behind_it_waits() {
        List<String> ran = Collections.synchronizedList(new ArrayList<>());
        submit(loop, turn -> {
            ran.add(turn.mayLoad() + " store");
            return turn.mayLoad() ? Outcome.DONE : Outcome.NEEDS_STORE;
        });
        submit(loop, turn -> {
            ran.add(turn.mayLoad() + " behind");
            return Outcome.DONE;
        });
        assertThat(ran).containsExactly("false store");
        loop.start();
        await().until(() -> ran.size() == 3);
        assertThat(ran).containsExactly("false store", "true store", "true behind");
    }

    @Test
    void a_command_is_finished_once_with_what_it_ended_in() {
        List<Outcome> ended = new ArrayList<>();
        for (Outcome outcome : new Outcome[] {Outcome.DONE, Outcome.ENDED, Outcome.CONGESTED}) {
            submit(loop, new Command() {
                @Override
                public Outcome run(Turn turn) {
                    return outcome;
                }

                @Override
                public void finished(Outcome with) {
                    ended.add(with);
                }
            });
        }
        assertThat(ended).containsExactly(Outcome.DONE, Outcome.ENDED, Outcome.CONGESTED);
    }

    @Test
    void what_needs_a_force_is_run_again_until_it_is_answered() {
        AtomicInteger runs = new AtomicInteger();
        List<Outcome> ended = Collections.synchronizedList(new ArrayList<>());
        submit(loop, new Command() {
            @Override
            public Outcome run(Turn turn) {
                return runs.incrementAndGet() < 3 ? Outcome.NEEDS_FORCE : Outcome.DONE;
            }

            @Override
            public void finished(Outcome with) {
                ended.add(with);
            }
        });
        assertThat(runs).hasValue(1);
        loop.start();
        await().until(() -> {
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(100));
            return !ended.isEmpty();
        });
        assertThat(runs).hasValue(3);
        assertThat(ended).containsExactly(Outcome.DONE);
    }

    @Test
    void accepted_is_said_after_the_force_and_not_before() {
        Told alice = new Told();
        loop.start();
        submit(loop, alice.login("alice"));
        await().until(() -> alice.session() != null);
        await().until(() -> !forcing());
        gate.shut();
        submit(loop, alice.send("bob", 1));
        await().until(() -> gate.begun() == 1);
        submit(loop, alice.send("bob", 2));
        assertThat(alice.accepted()).isZero();
        gate.letOne();
        await().until(() -> alice.accepted() == alice.firstId() + 1);
        assertThat(alice.accepted()).isNotEqualTo(alice.firstId() + 2);
        gate.open();
        await().until(() -> alice.accepted() == alice.firstId() + 2);
    }

    @Test
    void a_force_that_ends_is_followed_by_the_next_before_the_commands_that_wait_by_then() {
        Told alice = new Told();
        loop.start();
        submit(loop, alice.login("alice"));
        await().until(() -> alice.session() != null);
        await().until(() -> !forcing());
        long before = loop.forcesEnded();
        gate.shut();
        submit(loop, alice.send("bob", 1));
        await().until(() -> gate.begun() == 1);
        submit(loop, alice.send("bob", 2));
        List<Boolean> forcing = Collections.synchronizedList(new ArrayList<>());
        submit(loop, turn -> {
            for (int i = 0; i < 20; i++) {
                submit(loop, inner -> {
                    forcing.add(loop.isForcing());
                    return Outcome.DONE;
                });
            }
            gate.letOne();
            await().until(() -> loop.forcesEnded() == before + 1);
            return Outcome.DONE;
        });
        await().until(() -> forcing.size() == 20);
        assertThat(forcing).doesNotContain(false);
        assertThat(alice.accepted()).isEqualTo(alice.firstId() + 1);
    }

    @Test
    void one_that_has_nothing_to_do_looks_about_once_a_second_and_sooner_once_it_has() throws Exception {
        loop.close();
        folder.close();
        List<Long> looks = Collections.synchronizedList(new ArrayList<>());
        folder = folder(LOG);
        loop = loop(() -> looks.add(System.nanoTime()), System::nanoTime);
        loop.start();
        awaitRest(looks);

        // The first one's state is forced at once, the others' when nothing has been for a while.
        List<Told> clients = new ArrayList<>();
        long shortest = Long.MAX_VALUE;
        for (int i = 0; i < 5 && shortest > TimeUnit.SECONDS.toNanos(3); i++) {
            Told client = new Told();
            clients.add(client);
            CountDownLatch in = new CountDownLatch(1);
            submit(loop, login(client, ("user-" + i).getBytes(StandardCharsets.UTF_8), in));
            pass(in);
            int before = looks.size();
            int wanted = i == 0 ? 2 : 6;
            await().until(() -> looks.size() > before + wanted);
            if (i > 0) {
                shortest = Math.min(shortest, looks.get(before + wanted) - looks.get(before));
            }
        }
        assertThat(shortest)
                .as("for six looks, while a state waits to be forced, ns")
                .isLessThan(TimeUnit.SECONDS.toNanos(3));

        // A guest who gives it something to do right after it has looked does not leave that to the next look.
        shortest = Long.MAX_VALUE;
        for (Told client : clients.subList(0, 2)) {
            awaitRest(looks);
            int then = looks.size();
            await().pollInterval(Duration.ofMillis(1)).until(() -> looks.size() > then);
            long from = System.nanoTime();
            submit(loop, turn -> {
                turn.shard().close(Objects.requireNonNull(client.session()));
                return Outcome.DONE;
            });
            await().pollInterval(Duration.ofMillis(1)).until(() -> looks.size() >= then + 3);
            shortest = Math.min(shortest, System.nanoTime() - from);
        }
        assertThat(shortest).as("from the command to the tick, ns").isLessThan(TimeUnit.MILLISECONDS.toNanos(700));
    }

    private static void awaitRest(List<Long> looks) {
        await().until(() -> looks.size() > 3
                && looks.getLast() - looks.get(looks.size() - 3) > TimeUnit.MILLISECONDS.toNanos(1500));
    }

    private static Command login(Told client, byte[] name, CountDownLatch in) {
        return new Command() {
            @Override
            public Outcome run(Turn turn) {
                return turn.shard().login(client, name, 0, turn.mayLoad());
            }

            @Override
            public void finished(Outcome outcome) {
                in.countDown();
            }
        };
    }

    @Test
    void who_waits_for_a_force_is_told_when_it_ends_and_not_at_some_tick() {
        Told alice = new Told();
        loop.start();
        submit(loop, alice.login("alice"));
        await().until(() -> alice.session() != null);
        int prompt = 0;
        for (int i = 1; i <= 100; i++) {
            long expected = alice.firstId() + i;
            long began = System.nanoTime();
            submit(loop, alice.send("bob", i));
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> alice.accepted() == expected);
            prompt += System.nanoTime() - began < TimeUnit.MILLISECONDS.toNanos(80) ? 1 : 0;
        }
        assertThat(prompt).as("of 100, where a tick comes after 100 ms").isGreaterThan(50);
    }

    private boolean forcing() {
        AtomicBoolean forcing = new AtomicBoolean();
        CountDownLatch told = new CountDownLatch(1);
        submit(loop, turn -> {
            forcing.set(turn.shard().isForcing());
            told.countDown();
            return Outcome.DONE;
        });
        pass(told);
        return forcing.get();
    }

    @Test
    void a_drain_finishes_what_is_in_the_ring_and_on_its_way_to_the_disk() throws Exception {
        Told alice = new Told();
        loop.start();
        submit(loop, alice.login("alice"));
        await().until(() -> alice.session() != null);
        for (int i = 1; i <= 50; i++) {
            submit(loop, alice.send("bob", i));
        }
        loop.drain();
        assertThat(alice.accepted()).isEqualTo(alice.firstId() + 50);
        assertThat(loop.depth()).isZero();
    }

    @Test
    void a_failure_is_told_and_nothing_runs_after_it() {
        IllegalStateException broken = new IllegalStateException("test");
        submit(loop, turn -> {
            throw broken;
        });
        AtomicInteger ran = new AtomicInteger();
        submit(loop, turn -> {
            ran.incrementAndGet();
            return Outcome.DONE;
        });
        assertThat(failures).containsExactly(broken);
        assertThat(loop.hasFailed()).isTrue();
        assertThat(ran).hasValue(0);
    }

    @Test
    void who_works_the_ring_off_leaves_when_storage_fails_although_commands_wait() throws Exception {
        Thread guest = Thread.ofPlatform()
                .daemon(true)
                .start(() -> submit(loop, turn -> {
                    submit(loop, inner -> Outcome.DONE);
                    throw new IllegalStateException("test");
                }));
        assertThat(guest.join(Duration.ofSeconds(10))).isTrue();
        assertThat(failures).hasSize(1);
    }

    @Test
    void a_force_that_fails_is_a_failure_and_nobody_is_told_accepted() {
        Told alice = new Told();
        loop.start();
        submit(loop, alice.login("alice"));
        await().until(() -> alice.session() != null);
        await().until(() -> !forcing());
        gate.failNext();
        submit(loop, alice.send("bob", 1));
        await().until(loop::hasFailed);
        assertThat(failures).hasSize(1);
        assertThat(failures.getFirst()).isInstanceOf(IOException.class);
        assertThat(alice.accepted()).isZero();
    }

    @Test
    void an_idle_loop_sleeps() throws Exception {
        AtomicInteger looks = new AtomicInteger();
        ShardLoop idle = new ShardLoop(
                "test-idle",
                folder.shard(),
                FRAME_LIMIT,
                RING,
                () -> 0,
                () -> {
                    looks.incrementAndGet();
                    return 0;
                },
                failures::add);
        long begin = System.nanoTime();
        idle.start();
        try {
            await().until(() -> looks.get() >= 6);
            assertThat(System.nanoTime() - begin)
                    .as("it looks at the time when it begins, and then about ten times a second")
                    .isGreaterThan(TimeUnit.MILLISECONDS.toNanos(250));
        } finally {
            idle.close();
        }
    }

    @Test
    void each_shard_has_its_share_of_the_users() {
        Router router = new Router(List.of(loop, loop, loop));
        int[] users = new int[3];
        for (int i = 0; i < 3000; i++) {
            byte[] name = ("user-" + i).getBytes(StandardCharsets.UTF_8);
            int shard = router.shardOf(ByteBuffer.wrap(name), 0, name.length);
            assertThat(router.shardOf(ByteBuffer.allocate(99).put(7, name), 7, name.length))
                    .isEqualTo(shard);
            users[shard]++;
        }
        for (int count : users) {
            assertThat(count).isBetween(700, 1300);
        }
    }

    @Test
    void a_guest_who_always_has_the_shard_does_not_keep_the_resident_owner_from_its_ticks() throws Exception {
        loop.close();
        loop = loop(() -> {}, System::nanoTime);
        loop.start();
        AtomicBoolean stop = new AtomicBoolean();
        // Between two of its commands the shard is free for less than a microsecond.
        Thread guest = Thread.ofPlatform().start(() -> {
            while (!stop.get()) {
                CountDownLatch ran = new CountDownLatch(1);
                submit(loop, turn -> {
                    LockSupport.parkNanos(20_000_000);
                    ran.countDown();
                    return Outcome.DONE;
                });
                pass(ran);
            }
        });
        try {
            for (int i = 0; i < 3; i++) {
                CountDownLatch told = new CountDownLatch(1);
                AtomicInteger runs = new AtomicInteger();
                // Nobody forces anything: it is run again at a tick.
                Command waits = new Command() {
                    @Override
                    public Outcome run(Turn turn) {
                        return runs.incrementAndGet() == 1 ? Outcome.NEEDS_FORCE : Outcome.DONE;
                    }

                    @Override
                    public void finished(Outcome outcome) {
                        told.countDown();
                    }
                };
                while (!loop.submit(waits)) {
                    LockSupport.parkNanos(1_000_000);
                }
                assertThat(told.await(4, TimeUnit.SECONDS)).isTrue();
            }
        } finally {
            stop.set(true);
            guest.join();
        }
    }
}
