package dev.heddle.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.log.FaultyDisk;
import dev.heddle.log.ForceRequest;
import dev.heddle.log.Log;
import dev.heddle.log.LogOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SyncerTest {
    private static final LogOptions OPTIONS = new LogOptions(8192, 4096, 500, 4096, 7);

    private final FaultyDisk disk = new FaultyDisk(new Random(1));
    private final GatedDisk gate = new GatedDisk(disk);
    private final BlockingQueue<ForceRequest> done = new ArrayBlockingQueue<>(10);
    private final BlockingQueue<Throwable> failed = new ArrayBlockingQueue<>(10);
    private final Syncer syncer = new Syncer("test-syncer", done::add, failed::add);
    private Log log;

    @BeforeEach
    void open() throws IOException {
        log = Log.open(gate, OPTIONS, (_, _, _, _, _) -> {});
        force();
        syncer.start();
    }

    @AfterEach
    void close() throws InterruptedException {
        gate.open();
        syncer.close();
    }

    private void force() throws IOException {
        append(0);
        ForceRequest request = log.beginForce();
        request.run();
        log.forced(request);
    }

    private void append(int number) throws IOException {
        log.claim(4).putInt(number);
        log.commit(1);
        log.write();
    }

    private ForceRequest awaitDone() throws InterruptedException {
        ForceRequest request = done.poll(10, TimeUnit.SECONDS);
        assertThat(request).isNotNull();
        return request;
    }

    @Test
    void all_that_was_written_before_a_force_began_survives_a_power_cut_after_it() throws Exception {
        for (int i = 1; i <= 20; i++) {
            append(i);
        }
        syncer.force(log.beginForce());
        ForceRequest request = awaitDone();
        assertThat(request.position()).isEqualTo(log.written());
        log.forced(request);
        disk.powerCut();

        List<Integer> found = new ArrayList<>();
        Log.open(disk, OPTIONS, (_, _, buffer, start, _) -> found.add(buffer.getInt(start)))
                .close();
        assertThat(found).hasSizeGreaterThanOrEqualTo(21);
        for (int i = 0; i <= 20; i++) {
            assertThat(found.get(i)).isEqualTo(i);
        }
    }

    @Test
    void it_is_done_only_when_the_disk_is() throws Exception {
        gate.shut();
        append(1);
        syncer.force(log.beginForce());
        await().until(() -> gate.begun() == 1);
        assertThat(syncer.isBusy()).isTrue();
        assertThat(done).isEmpty();

        gate.open();
        awaitDone();
        assertThat(syncer.isBusy()).isFalse();
    }

    @Test
    void what_is_appended_during_a_force_is_the_next_ones() throws Exception {
        gate.shut();
        append(1);
        long before = log.written();
        syncer.force(log.beginForce());
        await().until(() -> gate.begun() == 1);
        append(2);
        gate.open();
        ForceRequest first = awaitDone();
        assertThat(first.position()).isEqualTo(before);
        log.forced(first);

        syncer.force(log.beginForce());
        assertThat(awaitDone().position()).isEqualTo(log.written()).isGreaterThan(before);
    }

    @Test
    void a_second_request_under_way_is_refused() throws Exception {
        gate.shut();
        append(1);
        ForceRequest request = log.beginForce();
        syncer.force(request);
        assertThatThrownBy(() -> syncer.force(request)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void a_force_that_fails_is_told_and_never_counts_as_done() throws Exception {
        append(1);
        disk.failNextForce();
        syncer.force(log.beginForce());
        assertThat(failed.poll(10, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
        assertThat(done).isEmpty();
        assertThat(syncer.isBusy()).as("nothing more is taken").isTrue();
    }

    @Test
    void nobody_waits_until_the_space_of_a_dropped_segment_is_given_back() throws Exception {
        for (int i = 0; log.segments().size() < 2; i++) {
            append(i);
        }
        long dropped = log.segments().getFirst().bytes();
        log.drop(log.segments().getFirst().base(), false);
        gate.holdClosings();
        for (int i = 0; i < 2; i++) {
            append(i);
            syncer.force(log.beginForce());
            log.forced(awaitDone());
            assertThat(log.droppedBytes()).as("after %d forces", i + 1).isEqualTo(dropped);
        }
        gate.open();
        await().until(() -> log.droppedBytes() == 0);
    }

    @Test
    void closing_waits_for_the_force_that_runs() throws Exception {
        gate.shut();
        append(1);
        syncer.force(log.beginForce());
        await().until(() -> gate.begun() == 1);
        Thread closer = Thread.ofPlatform().start(() -> {
            try {
                syncer.close();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> closer.getState() == Thread.State.WAITING);
        assertThat(done).isEmpty();
        gate.open();
        assertThat(closer.join(java.time.Duration.ofSeconds(10))).isTrue();
        assertThat(done).hasSize(1);
    }
}
