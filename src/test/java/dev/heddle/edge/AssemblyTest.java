package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who gets memory for a large frame, and who has to give it back. */
@Timeout(60)
final class AssemblyTest {
    private static final int FRAME = 1 << 20;
    private static final int FRAMES = 4;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Assembly.Client NOBODY = new Holder(9);

    private final AtomicLong nanos = new AtomicLong();
    private final BufferPool pool = new BufferPool(1, 32);
    private final Assembly assembly = new Assembly(pool, FRAMES * FRAME, nanos::get);
    private final Queue<String> served = new ConcurrentLinkedQueue<>();
    private final Queue<ByteBuffer> given = new ConcurrentLinkedQueue<>();
    private final List<Thread> waiters = new ArrayList<>();

    /** One who holds a frame, and gives it back when it is sent away. */
    private static final class Holder implements Assembly.Client {
        private final long address;
        private final AtomicInteger sentAway = new AtomicInteger();

        Holder(long address) {
            this.address = address;
        }

        @Override
        public void isTooSlow() {
            sentAway.incrementAndGet();
        }

        @Override
        public long address() {
            return address;
        }
    }

    @AfterEach
    void end() throws InterruptedException {
        nanos.addAndGet(1000 * SECOND);
        for (Thread each : waiters) {
            each.interrupt();
            each.join();
        }
    }

    private ByteBuffer take() {
        return Objects.requireNonNull(assembly.take(FRAME));
    }

    private void waits(String name, Assembly.Client client, int bytes) {
        int before = assembly.waiting();
        waiters.add(Thread.ofVirtual().start(() -> {
            ByteBuffer buffer = assembly.await(
                    client,
                    bytes,
                    nanos.get() + 100 * SECOND,
                    () -> !Thread.currentThread().isInterrupted());
            if (buffer != null) {
                given.add(buffer);
                served.add(name);
            }
        }));
        await().atMost(Duration.ofSeconds(10)).until(() -> assembly.waiting() == before + 1);
    }

    private void awaitServed(String... names) {
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(served).containsExactly(names));
    }

    @Test
    void those_who_wait_are_served_in_turn_as_soon_as_something_is_given_back() {
        List<ByteBuffer> taken = new ArrayList<>();
        for (int i = 0; i < FRAMES; i++) {
            taken.add(take());
        }
        assertThat(assembly.take(FRAME)).isNull();
        waits("first of many", new Holder(1), FRAME);
        waits("second of many", new Holder(1), FRAME);
        waits("other", new Holder(2), FRAME);

        assembly.release(taken.removeFirst());
        awaitServed("first of many");
        assertThat(assembly.take(FRAME)).as("to who comes later").isNull();
        assembly.release(taken.removeFirst());
        awaitServed("first of many", "other");
        assembly.release(taken.removeFirst());
        awaitServed("first of many", "other", "second of many");
        assertThat(assembly.waiting()).isZero();
    }

    @Test
    void only_the_first_in_line_looks_and_not_all_the_time() throws InterruptedException {
        for (int i = 0; i < FRAMES; i++) {
            take();
        }
        AtomicInteger looks = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            waiters.add(Thread.ofVirtual().start(() -> {
                ByteBuffer _ = assembly.await(NOBODY, FRAME, 100 * SECOND, () -> {
                    looks.incrementAndGet();
                    return !Thread.currentThread().isInterrupted();
                });
            }));
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> assembly.waiting() == 200);
        int before = looks.get();
        // A length of time, and not a wait for something.
        TimeUnit.MILLISECONDS.sleep(500);
        assertThat(looks.get() - before).isLessThan(100);
    }

    @Test
    void who_holds_a_frame_and_does_not_go_on_gives_way_to_who_waits() {
        Holder stands = new Holder(1);
        Holder drips = new Holder(1);
        Holder goesOn = new Holder(1);
        Holder isHandled = new Holder(1);
        List<ByteBuffer> buffers = List.of(take(), take(), take(), take());
        Hold standing = assembly.holds(stands, buffers.get(0));
        Hold dripping = assembly.holds(drips, buffers.get(1));
        Hold going = assembly.holds(goesOn, buffers.get(2));
        Hold handled = assembly.holds(isHandled, buffers.get(3));
        handled.excuse();
        assertThat(standing.bytes()).isEqualTo(FRAME);
        waits("honest", new Holder(2), FRAME);
        waits("honest too", new Holder(2), FRAME);
        for (int i = 0; i < 20; i++) {
            nanos.addAndGet(SECOND / 20);
            dripping.comes(100, nanos.get());
            going.comes(200 * 1024 / 20, nanos.get());
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> stands.sentAway.get() == 1);
        assembly.holdsNot(standing);
        assembly.release(buffers.get(0));
        awaitServed("honest");
        await().atMost(Duration.ofSeconds(10)).until(() -> drips.sentAway.get() == 1);
        assembly.holdsNot(dripping);
        assembly.release(buffers.get(1));
        awaitServed("honest", "honest too");
        assertThat(goesOn.sentAway).hasValue(0);
        assertThat(isHandled.sentAway).hasValue(0);
    }

    @Test
    void of_those_who_are_late_one_of_the_address_that_holds_most_is_sent_away_and_no_more_than_is_needed() {
        Holder first = new Holder(1);
        Hold held = assembly.holds(first, take());
        nanos.addAndGet(1);
        Holder crowd = new Holder(2);
        List<ByteBuffer> buffers = List.of(take(), take(), take());
        List<Hold> holds =
                buffers.stream().map(buffer -> assembly.holds(crowd, buffer)).toList();
        nanos.addAndGet(SECOND);
        waits("honest", new Holder(3), FRAME);
        await().atMost(Duration.ofSeconds(10)).until(() -> crowd.sentAway.get() == 1);
        assembly.holdsNot(holds.getFirst());
        assembly.release(buffers.getFirst());
        awaitServed("honest");
        assertThat(first.sentAway).hasValue(0);
        assertThat(crowd.sentAway).hasValue(1);
        assertThat(held.isSentAway()).isFalse();
    }

    @Test
    void what_a_large_buffer_of_the_pool_is_enough_for_does_not_wait_behind_what_is_larger() {
        for (int i = 0; i < FRAMES; i++) {
            take();
        }
        waits("large", new Holder(1), FRAME);
        assertThat(assembly.take(60_000)).isNotNull();
    }

    @Test
    void a_buffer_that_comes_back_to_the_pool_itself_goes_to_who_waits() {
        List<ByteBuffer> taken = new ArrayList<>();
        while (pool.isRoomy()) {
            taken.add(Objects.requireNonNull(pool.large()));
        }
        for (int i = 0; i < FRAMES; i++) {
            take();
        }
        waits("first", new Holder(1), BufferPool.LARGE);
        waits("second", new Holder(1), BufferPool.LARGE);

        pool.release(taken.removeFirst());
        awaitServed("first");
        pool.release(taken.removeFirst());
        awaitServed("first", "second");
    }
}
