package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReadTurnTest {
    private static final Duration DEADLINE = Duration.ofSeconds(20);

    /** Each reader counts itself and ends, and leaves the turn to the test. */
    private static final class Counting extends ReadTurn {
        final AtomicInteger readers = new AtomicInteger();
        volatile @Nullable WeakReference<Thread> latest;

        @Override
        public void run() {
            latest = new WeakReference<>(Thread.currentThread());
            readers.incrementAndGet();
        }

        /** Not a moment longer than no reader was started: where one is that should not be, there is nothing to wait for. */
        void spinUntil(BooleanSupplier comes) {
            while (readers.get() == 0 && !comes.getAsBoolean()) {
                Thread.onSpinWait();
            }
        }

        boolean giveUp() {
            free();
            return false;
        }

        void awaitReaders(int count) {
            await().pollInterval(Duration.ofMillis(1)).atMost(DEADLINE).until(() -> readers.get() == count);
        }
    }

    @Test
    void thePollerHasItOnlyWhenItIsThereToBeTaken() {
        Counting turn = new Counting();
        assertThat(turn.take()).isFalse();
        turn.free();
        assertThat(turn.take()).isTrue();
        assertThat(turn.take()).isFalse();
        assertThat(turn.resume()).isFalse();
        turn.free();
        assertThat(turn.resume()).isTrue();
        assertThat(turn.take()).isFalse();
    }

    @Test
    void whoWakesAFreeOneStartsOneReaderHoweverManyDo() throws InterruptedException {
        Counting turn = new Counting();
        int rounds = 200;
        for (int round = 1; round <= rounds; round++) {
            turn.free();
            CountDownLatch both = new CountDownLatch(2);
            Runnable wakes = () -> {
                both.countDown();
                turn.wake();
            };
            Thread one = Thread.ofVirtual().start(wakes);
            Thread two = Thread.ofVirtual().start(wakes);
            one.join();
            two.join();
            turn.awaitReaders(round);
        }
        assertThat(turn.readers).hasValue(rounds);
    }

    @Test
    void aReaderThatWaitsHasItBackAndNoOtherIsStarted() throws InterruptedException {
        AtomicInteger readers = new AtomicInteger();
        CountDownLatch had = new CountDownLatch(1);
        ReadTurn turn = new ReadTurn() {
            @Override
            public void run() {
                readers.incrementAndGet();
                offer();
                while (!isReaders()) {
                    LockSupport.park(this);
                }
                had.countDown();
            }
        };
        turn.start();
        await().atMost(DEADLINE).until(turn::take);
        assertThat(turn.isWaitedFor()).isTrue();
        turn.pass();
        assertThat(had.await(DEADLINE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(readers).hasValue(1);
    }

    @Test
    void howeverQuicklyAReaderFreesItAgainNoOtherIsStarted() throws InterruptedException {
        Counting turn = new Counting();
        turn.free();
        int rounds = 50_000;
        Thread reader = Thread.ofPlatform().start(() -> {
            for (int round = 0; round < rounds; round++) {
                turn.spinUntil(turn::resume);
                turn.offer();
                turn.spinUntil(turn::isReaders);
                turn.free();
            }
        });
        for (int round = 0; round < rounds; round++) {
            turn.spinUntil(() -> turn.take() && (turn.isWaitedFor() || turn.giveUp()));
            turn.pass();
        }
        reader.join();
        assertThat(turn.readers).hasValue(0);
    }

    @Test
    void aFreeOneKeepsNoThread() {
        Counting turn = new Counting();
        turn.start();
        turn.awaitReaders(1);
        turn.free();
        await().atMost(DEADLINE).until(() -> {
            System.gc();
            WeakReference<Thread> ended = turn.latest;
            return ended != null && ended.refersTo(null);
        });
        assertThat(turn.take()).isTrue();
        assertThat(turn.isWaitedFor()).isFalse();
        turn.pass();
        turn.awaitReaders(2);
    }
}
