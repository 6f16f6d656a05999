package dev.heddle.admin;

import dev.heddle.routing.LoopPicture;
import dev.heddle.shard.ShardPicture;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** {@code /status}: makes a {@link Status} of an {@link Observation}. Holds nothing. */
final class StatusPage implements Route.Handler {
    private static final int RATE_SECONDS = 60;

    private final Observed server;
    private final Observer observer;
    private final Rankings rankings;
    private final History history;
    private final LatestForces latest;

    StatusPage(Observed server, Observer observer, Rankings rankings, History history, LatestForces latest) {
        this.server = server;
        this.observer = observer;
        this.rankings = rankings;
        this.history = history;
        this.latest = latest;
    }

    @Override
    public Answer answer(Request request) throws Exception {
        return Answer.json(status(observer.observe(), rankings.now()));
    }

    private Status status(Observation seen, Rankings.Ranking ranking) {
        long free = server.diskFreeBytes();
        return new Status(
                server.version(),
                ProcessHandle.current().pid(),
                server.startedMillis(),
                server.wallMillis(),
                seen.troubles(),
                connections(seen),
                seen.legacy(),
                traffic(seen, ranking),
                storage(seen, free),
                shards(seen),
                forces(latest.at(seen)),
                memory(seen),
                machine(seen.process()),
                Capacity.of(seen, history, server.budget(), free),
                ranking.fullest().stream().map(Status.Inbox::of).toList(),
                ranking.slowest().stream().map(Status.Inbox::of).toList());
    }

    private Status.Connections connections(Observation seen) {
        return new Status.Connections(
                seen.edge().connections(),
                server.budget().connections(),
                seen.sum(shard -> shard.people().sessions()),
                seen.edge().opened(),
                seen.edge().turnedAway(),
                seen.edge().limitedConnections(),
                seen.sum(shard -> shard.people().logins()),
                seen.edge().limitedLogins(),
                seen.edge().failedLogins(),
                seen.sum(shard -> shard.people().watches()),
                seen.sum(shard -> shard.people().users()),
                server.budget().users());
    }

    private Status.Traffic traffic(Observation seen, Rankings.Ranking ranking) {
        Sample now = Sample.of(seen);
        Sample before = history.since(now.nanos(), RATE_SECONDS);
        return new Status.Traffic(
                now.accepted(),
                seen.sum(shard -> shard.traffic().acceptedBytes()),
                now.delivered(),
                seen.sum(shard -> shard.traffic().deliveredBytes()),
                seen.sum(shard -> shard.traffic().acknowledged()),
                seen.sum(shard -> shard.traffic().expired()),
                names(seen, shard -> shard.traffic().rejected()),
                names(seen, shard -> shard.traffic().goodbyes()),
                ranking.messagesOut(),
                ranking.bytesOut(),
                before == null ? null : (Double) perSecond(now, before, now.accepted() - before.accepted()),
                before == null ? null : (Double) perSecond(now, before, now.delivered() - before.delivered()));
    }

    private static double perSecond(Sample now, Sample before, long count) {
        return count / ((now.nanos() - before.nanos()) / 1e9);
    }

    private static <E extends Enum<E>> Map<String, Long> names(
            Observation seen, Function<ShardPicture, Map<E, Long>> counts) {
        Map<String, Long> sums = new TreeMap<>();
        for (LoopPicture loop : seen.shards()) {
            counts.apply(loop.shard()).forEach((code, count) -> sums.merge(code.name(), count, Long::sum));
        }
        return sums;
    }

    private static Status.Storage storage(Observation seen, long free) {
        long bytes = seen.sum(shard -> shard.storage().logBytes());
        long needed = seen.sum(shard -> shard.storage().neededBytes());
        return new Status.Storage(
                seen.sum(shard -> shard.storage().waitingMessages()),
                seen.sum(shard -> shard.storage().waitingBytes()),
                bytes,
                seen.sum(shard -> shard.storage().logLimitBytes()),
                bytes == 0 ? 0 : Math.min(1, (double) needed / bytes),
                seen.sum(shard -> shard.storage().segments()),
                known(free));
    }

    private static List<Status.Shard> shards(Observation seen) {
        List<Status.Shard> shards = new ArrayList<>();
        for (LoopPicture loop : seen.shards()) {
            ShardPicture shard = loop.shard();
            shards.add(new Status.Shard(
                    shards.size(),
                    shard.people().sessions(),
                    shard.people().users(),
                    shard.storage().waitingMessages(),
                    shard.storage().logBytes(),
                    loop.ringCommands(),
                    loop.ringCapacity(),
                    loop.ringStalls(),
                    commandsPerCycle(loop.cycles()),
                    forces(loop.forceNanos()),
                    shard.storage().full()));
        }
        return shards;
    }

    private static double commandsPerCycle(long[] cycles) {
        long all = 0;
        long commands = 0;
        for (int size = 0; size < cycles.length; size++) {
            all += cycles[size];
            commands += size * cycles[size];
        }
        return all == 0 ? 0 : (double) commands / all;
    }

    private static Status.Forces forces(Histogram nanos) {
        return new Status.Forces(
                nanos.getTotalCount(),
                nanos.getValueAtPercentile(50) / 1e6,
                nanos.getValueAtPercentile(99) / 1e6,
                nanos.getMaxValue() / 1e6);
    }

    private List<Status.Memory> memory(Observation seen) {
        ProcessPicture process = seen.process();
        Observed.Budget budget = server.budget();
        return List.of(
                new Status.Memory("process", known(process.residentBytes()), budget.processBytes()),
                new Status.Memory("heap", process.heapBytes(), budget.heapBytes()),
                new Status.Memory("heap alive", known(process.heapLiveBytes()), budget.heapBytes()),
                new Status.Memory("direct", process.directBytes(), budget.directBytes()),
                new Status.Memory(
                        "queues", seen.edge().queuedBytes(), seen.edge().queuedLimitBytes()),
                new Status.Memory(
                        "large frames", seen.edge().assemblyBytes(), seen.edge().assemblyLimitBytes()));
    }

    private static Status.Machine machine(ProcessPicture process) {
        return new Status.Machine(
                process.processors(),
                process.cpuNanos() < 0 ? null : (Double) (process.cpuNanos() / 1e9),
                known(ProcessPicture.openFiles()));
    }

    private static @Nullable Long known(long figure) {
        return figure < 0 ? null : (Long) figure;
    }
}
