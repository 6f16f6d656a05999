package dev.heddle.admin;

import dev.heddle.edge.EdgePicture;
import dev.heddle.events.LogBackend;
import dev.heddle.routing.LoopPicture;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.RejectCode;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.HdrHistogram.HistogramIterationValue;

/**
 * An {@link Observation} as Prometheus sees it; one thread, for one scrape. No label has a value that a client can choose, so
 * the number of time series is bounded by shards and codes.
 */
final class Metrics {
    /** Seconds: from what a disk with a cache of its own takes to one that hangs. */
    private static final double[] FORCE_SECONDS = {
        .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, Double.POSITIVE_INFINITY
    };

    private static final double[] CYCLE_COMMANDS = {1, 2, 4, 8, 16, 32, Double.POSITIVE_INFINITY};

    private final Observed.Budget budget;
    private final Observation seen;
    private final Rankings.Ranking ranking;
    private final Figures figures;

    Metrics(Observed.Budget budget, Observation seen, Rankings.Ranking ranking) {
        this.budget = budget;
        this.seen = seen;
        this.ranking = ranking;
        this.figures = new Figures(seen.shards());
    }

    List<MetricSnapshot> all() {
        connections();
        legacy();
        messages();
        storage();
        pace();
        memory();
        threads();
        figures.counter(
                "heddle_log_lines_dropped",
                "Lines of the log that nobody took and that were dropped",
                LogBackend.dropped());
        boolean ready = seen.troubles().isEmpty();
        figures.gauge("heddle_ready", "1 if logins and messages are accepted", ready ? 1 : 0);
        return figures.all();
    }

    private void connections() {
        EdgePicture edge = seen.edge();
        figures.gauge("heddle_connections", "Sockets that are open", edge.connections());
        figures.gauge("heddle_connections_limit", "Sockets that can be open", budget.connections());
        figures.counter("heddle_connections_opened", "Connections that came", edge.opened());
        figures.counter("heddle_connections_turned_away", "Connections above the limit", edge.turnedAway());
        figures.counter(
                "heddle_connections_limited",
                "Connections turned away for the limits of their address",
                edge.limitedConnections());
        figures.counter(
                "heddle_logins_limited", "Logins turned away for the limit of their address", edge.limitedLogins());
        figures.counter("heddle_logins_failed", "Logins whose token was refused", edge.failedLogins());
        figures.counters(
                "heddle_logins",
                "Logins that were let in",
                shard -> shard.people().logins());
        figures.gauges(
                "heddle_sessions",
                "Sessions that are open",
                shard -> shard.people().sessions());
        figures.gauges("heddle_users", "Names known", shard -> shard.people().users());
        figures.gauge("heddle_users_limit", "Names that all shards can know", budget.users());
        figures.gauges(
                "heddle_watches",
                "Watches of all sessions",
                shard -> shard.people().watches());
        figures.byCode(
                "heddle_goodbyes",
                "Sessions that the server ended",
                GoodbyeCode.values(),
                shard -> shard.traffic().goodbyes());
    }

    private void legacy() {
        Observed.Legacy legacy = seen.legacy();
        if (legacy == null) {
            return;
        }
        figures.gauge("heddle_legacy_connections", "Sockets of clients of the old protocol", legacy.connections());
        figures.gauge("heddle_legacy_connections_limit", "Sockets of theirs that can be open", legacy.limit());
        figures.counter(
                "heddle_legacy_connections_turned_away", "Connections of theirs above the limit", legacy.turnedAway());
        figures.counter(
                "heddle_legacy_messages_refused",
                "Messages of theirs that were not taken, which ended their connections",
                legacy.refusedSends());
    }

    private void messages() {
        figures.counters(
                "heddle_messages_accepted",
                "Messages stored for good",
                shard -> shard.traffic().accepted());
        figures.counters(
                "heddle_messages_delivered",
                "Messages sent to clients",
                shard -> shard.traffic().delivered());
        figures.counters(
                "heddle_messages_acknowledged",
                "Messages that recipients have dealt with",
                shard -> shard.traffic().acknowledged());
        figures.counters(
                "heddle_messages_expired",
                "Messages dropped for their age",
                shard -> shard.traffic().expired());
        figures.gauge("heddle_unacknowledged_messages", "Messages sent and not acknowledged", ranking.messagesOut());
        figures.gauge("heddle_unacknowledged_bytes", "Log that they take", ranking.bytesOut());
        figures.byCode(
                "heddle_messages_rejected",
                "SENDs turned away",
                RejectCode.values(),
                shard -> shard.traffic().rejected());
        figures.counters(
                "heddle_accepted_bytes",
                "Bodies of stored messages",
                shard -> shard.traffic().acceptedBytes());
        figures.counters(
                "heddle_delivered_bytes",
                "Bodies of delivered messages",
                shard -> shard.traffic().deliveredBytes());
    }

    private void storage() {
        figures.gauges(
                "heddle_backlog_messages",
                "Messages that wait",
                shard -> shard.storage().waitingMessages());
        figures.gauges(
                "heddle_backlog_bytes",
                "Log that they take",
                shard -> shard.storage().waitingBytes());
        figures.gauges(
                "heddle_log_bytes", "Log on disk", shard -> shard.storage().logBytes());
        figures.gauges(
                "heddle_log_limit_bytes",
                "Log that there can be",
                shard -> shard.storage().logLimitBytes());
        figures.gauges(
                "heddle_log_live_bytes",
                "Log that is still needed",
                shard -> shard.storage().neededBytes());
        figures.gauges(
                "heddle_log_segments",
                "Files of the log",
                shard -> shard.storage().segments());
        figures.gauges(
                "heddle_storage_full",
                "1 if SENDs are turned away",
                shard -> shard.storage().full() ? 1 : 0);
    }

    private void pace() {
        figures.loopGauges("heddle_ring_commands", "Commands that wait for the shard", LoopPicture::ringCommands);
        figures.loopGauges("heddle_ring_limit", "Commands that can wait", LoopPicture::ringCapacity);
        figures.loopCounters("heddle_ring_stalls", "How often the ring was full", LoopPicture::ringStalls);
        figures.histograms(
                "heddle_force_seconds", "How long senders waited for the disk", FORCE_SECONDS, Metrics::forces);
        figures.histograms(
                "heddle_cycle_commands",
                "Commands that were written to the log together",
                CYCLE_COMMANDS,
                Metrics::cycles);
    }

    private static Figures.Distribution forces(LoopPicture loop) {
        long[] counts = new long[FORCE_SECONDS.length];
        double sum = 0;
        for (HistogramIterationValue recorded : loop.forceNanos().recordedValues()) {
            double seconds = recorded.getValueIteratedTo() / 1e9;
            counts[bucket(FORCE_SECONDS, seconds)] += recorded.getCountAtValueIteratedTo();
            sum += seconds * recorded.getCountAtValueIteratedTo();
        }
        return new Figures.Distribution(counts, sum);
    }

    private static Figures.Distribution cycles(LoopPicture loop) {
        long[] counts = new long[CYCLE_COMMANDS.length];
        double sum = 0;
        for (int size = 0; size < loop.cycles().length; size++) {
            counts[bucket(CYCLE_COMMANDS, size)] += loop.cycles()[size];
            sum += (double) size * loop.cycles()[size];
        }
        return new Figures.Distribution(counts, sum);
    }

    private static int bucket(double[] bounds, double value) {
        int bucket = 0;
        while (value > bounds[bucket]) {
            bucket++;
        }
        return bucket;
    }

    private void memory() {
        EdgePicture edge = seen.edge();
        figures.gauge("heddle_queue_bytes", "Buffers of connections that are in use", edge.queuedBytes());
        figures.gauge("heddle_queue_limit_bytes", "Buffers that there can be", edge.queuedLimitBytes());
        figures.gauge("heddle_assembly_bytes", "Heap for large frames that arrive", edge.assemblyBytes());
        figures.gauge("heddle_assembly_limit_bytes", "Heap that they may take", edge.assemblyLimitBytes());
        figures.gauge(
                "heddle_memory_ceiling_bytes",
                "What each part of memory can come to, worked out at the start",
                "part",
                Map.of(
                        "heap", budget.heapBytes(),
                        "direct", budget.directBytes(),
                        "users", budget.userBytes(),
                        "jvm", budget.baseBytes(),
                        "kernel", budget.kernelBytes()));
    }

    private void threads() {
        VirtualThreadSchedulerMXBean scheduler =
                ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);
        figures.gauge(
                "heddle_virtual_threads_mounted", "Virtual threads that run", scheduler.getMountedVirtualThreadCount());
        figures.gauge(
                "heddle_virtual_threads_queued",
                "Virtual threads that wait for a carrier",
                scheduler.getQueuedVirtualThreadCount());
        figures.gauge("heddle_virtual_threads_carriers", "Platform threads that carry them", scheduler.getPoolSize());
    }
}
