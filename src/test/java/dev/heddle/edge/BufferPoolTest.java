package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BufferPoolTest {
    private static final int SMALL_A_SLAB = 256;
    private static final int LARGE_A_SLAB = 16;

    private static List<ByteBuffer> takeAll(Supplier<@Nullable ByteBuffer> source) {
        List<ByteBuffer> taken = new ArrayList<>();
        for (ByteBuffer buffer = source.get(); buffer != null; buffer = source.get()) {
            taken.add(buffer);
        }
        return taken;
    }

    private static Set<ByteBuffer> distinct(List<ByteBuffer> buffers) {
        Set<ByteBuffer> set = Collections.newSetFromMap(new IdentityHashMap<>());
        set.addAll(buffers);
        return set;
    }

    @Test
    void there_are_as_many_as_asked_for_and_less_than_a_slab_more() {
        BufferPool pool = new BufferPool(1000, 40);
        List<ByteBuffer> small = takeAll(pool::small);
        List<ByteBuffer> large = takeAll(pool::large);
        assertThat(small.size()).isBetween(1000, 1000 + SMALL_A_SLAB);
        assertThat(large.size()).isBetween(40, 40 + LARGE_A_SLAB);
        assertThat(distinct(small)).hasSameSizeAs(small);
        assertThat(distinct(large)).hasSameSizeAs(large);
        assertThat(pool.small()).isNull();
        assertThat(pool.large()).isNull();
    }

    @Test
    void what_is_given_back_is_to_be_had_again_and_no_more_than_that() {
        BufferPool pool = new BufferPool(100, 32);
        int small = 0;
        int large = 0;
        for (int round = 0; round < 3; round++) {
            List<ByteBuffer> smalls = takeAll(pool::small);
            List<ByteBuffer> larges = takeAll(pool::large);
            if (round > 0) {
                assertThat(smalls).hasSize(small);
                assertThat(larges).hasSize(large);
            }
            small = smalls.size();
            large = larges.size();
            smalls.forEach(pool::release);
            larges.forEach(pool::release);
        }
        assertThat(pool.largeAvailable()).isEqualTo(large);
    }

    @Test
    void a_buffer_comes_empty_and_big_endian_whatever_was_done_to_it() {
        BufferPool pool = new BufferPool(1, 1);
        for (int i = 0; i < 2 * SMALL_A_SLAB; i++) {
            ByteBuffer buffer = Objects.requireNonNull(pool.small());
            assertThat(buffer.position()).isZero();
            assertThat(buffer.remaining()).isEqualTo(BufferPool.SMALL);
            assertThat(buffer.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
            assertThat(buffer.isDirect()).isTrue();
            buffer.position(7).limit(9);
            pool.release(buffer);
        }
    }

    @Test
    void buffers_of_a_slab_do_not_overlap() {
        BufferPool pool = new BufferPool(SMALL_A_SLAB - 1, 1);
        List<ByteBuffer> buffers = takeAll(pool::small);
        for (int i = 0; i < buffers.size(); i++) {
            while (buffers.get(i).hasRemaining()) {
                buffers.get(i).put((byte) i);
            }
        }
        for (int i = 0; i < buffers.size(); i++) {
            ByteBuffer buffer = buffers.get(i).flip();
            while (buffer.hasRemaining()) {
                assertThat(buffer.get()).isEqualTo((byte) i);
            }
        }
    }

    @Test
    void it_is_roomy_while_more_than_half_of_the_large_ones_are_there() {
        BufferPool pool = new BufferPool(1, 47);
        List<ByteBuffer> taken = new ArrayList<>();
        while (pool.isRoomy()) {
            taken.add(Objects.requireNonNull(pool.large()));
        }
        assertThat(taken).hasSize(24);
        assertThat(pool.largeAvailable()).isEqualTo(24);
        pool.release(taken.removeLast());
        assertThat(pool.isRoomy()).isTrue();
    }

    @Test
    void a_buffer_made_for_one_frame_is_not_taken_in() {
        BufferPool pool = new BufferPool(1, 1);
        int before = takeAll(new BufferPool(1, 1)::small).size();
        pool.release(ByteBuffer.allocate(BufferPool.SMALL + 1));
        assertThat(takeAll(pool::small)).hasSize(before).allMatch(ByteBuffer::isDirect);
    }

    @Test
    void no_two_threads_hold_the_same_buffer() throws InterruptedException {
        BufferPool pool = new BufferPool(SMALL_A_SLAB - 1, 1);
        AtomicInteger wrong = new AtomicInteger();
        AtomicInteger rounds = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 1; i <= 4; i++) {
            byte mark = (byte) i;
            threads.add(Thread.ofPlatform().start(() -> {
                for (int round = 0; round < 20_000; round++) {
                    ByteBuffer buffer = pool.small();
                    if (buffer != null) {
                        buffer.put(0, mark).put(BufferPool.SMALL - 1, mark);
                        if (buffer.get(0) != mark || buffer.get(BufferPool.SMALL - 1) != mark) {
                            wrong.incrementAndGet();
                        }
                        rounds.incrementAndGet();
                        pool.release(buffer);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            assertThat(thread.join(Duration.ofSeconds(30))).isTrue();
        }
        assertThat(wrong).hasValue(0);
        assertThat(rounds).hasPositiveValue();
        assertThat(takeAll(pool::small)).hasSize(SMALL_A_SLAB);
    }
}
