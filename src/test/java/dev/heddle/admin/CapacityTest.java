package dev.heddle.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.edge.EdgePicture;
import dev.heddle.routing.LoopPicture;
import dev.heddle.shard.ShardPicture;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class CapacityTest {
    private static final long MB = 1_000_000;
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
    private static final Observed.Budget BUDGET =
            new Observed.Budget(5000, 1000, 100 * MB, 100 * MB, 100 * MB, 100 * MB, 100 * MB);

    private final History history = new History();

    private static Observation seen(
            long seconds, double cpuSeconds, long accepted, long logBytes, int connections, long heapBytes) {
        ShardPicture shard = new ShardPicture(
                new ShardPicture.Traffic(accepted, 0, 0, 0, 0, 0, Map.of(), Map.of()),
                new ShardPicture.People(0, 0, 0, 0),
                new ShardPicture.Storage(0, 0, logBytes, 10_000 * MB, 0, 1, false));
        return new Observation(
                seconds * SECOND,
                new EdgePicture(connections, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                null,
                List.of(new LoopPicture(shard, 0, 1, 0, new long[1], 0, new Histogram(2))),
                new ProcessPicture(0, 0, heapBytes, 0, (long) (cpuSeconds * SECOND), 2),
                List.of());
    }

    private Capacity capacity(Observation now, long diskFreeBytes) {
        return Capacity.of(now, history, BUDGET, diskFreeBytes);
    }

    @Test
    void nothing_is_said_before_enough_was_measured() {
        assertThat(capacity(seen(0, 0, 0, 0, 0, -1), 1)).isEqualTo(new Capacity(null, null, null, null, null, null));
        history.add(Sample.of(seen(0, 1, 0, 0, 0, 10 * MB)));
        assertThat(capacity(seen(30, 2, 999, 5, 99, 20 * MB), 1))
                .isEqualTo(new Capacity(null, null, null, null, null, null));
    }

    @Test
    void what_a_message_costs_says_how_many_there_can_be() {
        history.add(Sample.of(seen(0, 100, 0, 0, 0, -1)));
        history.add(Sample.of(seen(60, 110, 5_000_000, 0, 0, -1)));
        Capacity capacity = capacity(seen(120, 140, 6_000_000, 0, 0, -1), 1);
        assertThat(capacity.cpuMicrosPerMessage()).isEqualTo(30.0);
        assertThat(capacity.messagesPerSecond()).isCloseTo(2 / 30e-6, within(0.1));
    }

    @Test
    void what_a_connection_costs_says_how_many_more_fit() {
        history.add(Sample.of(seen(0, 0, 0, 0, 500, 60 * MB)));
        history.add(Sample.of(seen(60, 0, 0, 0, 100, 10 * MB)));
        history.add(Sample.of(seen(120, 0, 0, 0, 800, 13 * MB)));
        Capacity capacity = capacity(seen(180, 0, 0, 0, 1100, 60 * MB), 1);
        assertThat(capacity.heapBytesPerConnection()).isEqualTo(50_000.0);
        assertThat(capacity.connections()).isEqualTo(40 * MB / 50_000);
        Capacity cheap = capacity(seen(180, 0, 0, 0, 1100, 14 * MB), 1);
        assertThat(cheap.connections()).as("no more than the ceiling allows").isEqualTo(3900);
    }

    @Test
    void the_growth_of_the_log_says_how_long_the_disk_will_do() {
        history.add(Sample.of(seen(0, 0, 0, 1000 * MB, 0, -1)));
        Observation now = seen(1800, 0, 0, 2000 * MB, 0, -1);
        assertThat(capacity(now, 100_000 * MB).diskHours())
                .as("log.bytes ends first")
                .isEqualTo(4.0);
        assertThat(capacity(now, 500 * MB).diskHours())
                .as("the file system does")
                .isEqualTo(0.25);
        assertThat(capacity(now, -1).diskHours()).as("nobody knows of it").isEqualTo(4.0);
        assertThat(capacity(seen(1800, 0, 0, 900 * MB, 0, -1), 1).diskHours()).isNull();
    }

    @Test
    void the_history_is_of_an_hour() {
        for (int i = 0; i < 2000; i++) {
            history.add(Sample.of(seen((long) i * History.PERIOD_SECONDS, 0, i, 0, 0, 1)));
        }
        Sample oldest = history.since(1999L * History.PERIOD_SECONDS * SECOND, Long.MAX_VALUE / SECOND);
        assertThat(oldest).isNotNull().extracting(Sample::accepted).isEqualTo(2000L - 720);
    }
}
