package dev.heddle.verify.load;

import dev.heddle.wire.RejectCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** Peers that behave alike, and their counts; the swarm's thread. Bounded by its peers. */
final class Group {
    private static final long LONGEST_NANOS = 3_600_000_000_000L;

    final String name;
    final int port;
    final List<Peer> peers = new ArrayList<>();
    final Histogram delivered = new Histogram(LONGEST_NANOS, 3);
    final Histogram accepted = new Histogram(LONGEST_NANOS, 3);
    final Map<Integer, Long> rejected = new TreeMap<>();
    final Map<Integer, Long> goodbyes = new TreeMap<>();
    boolean reads;
    boolean acks;
    boolean wanted = true;
    long sentCount;
    long acceptedCount;
    long arrivedCount;
    long connects;
    int online;
    int perSecond;
    double connectsDue;

    @Nullable
    Timetable timetable;

    Group(String name, int port, int perSecond, boolean reads, boolean acks) {
        this.name = name;
        this.port = port;
        this.perSecond = perSecond;
        this.reads = reads;
        this.acks = acks;
    }

    void arrived(long nanos) {
        arrivedCount++;
        delivered.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
    }

    void accepted(long nanos) {
        acceptedCount++;
        accepted.recordValue(Math.clamp(nanos, 0, LONGEST_NANOS));
    }

    Orders.Totals totals() {
        long unanswered = 0;
        for (Peer peer : peers) {
            Outgoing outgoing = peer.outgoing();
            unanswered += outgoing == null ? 0 : outgoing.unanswered();
        }
        long refused = rejected.entrySet().stream()
                .filter(entry -> entry.getKey() != RejectCode.DUPLICATE.code())
                .mapToLong(Map.Entry::getValue)
                .sum();
        return new Orders.Totals(online, sentCount, acceptedCount, refused, unanswered, arrivedCount);
    }

    Orders.Status status() {
        boolean finished =
                peers.stream().map(Peer::outgoing).allMatch(outgoing -> outgoing == null || outgoing.isFinished());
        Orders.Totals totals = totals();
        return new Orders.Status(
                peers.size(),
                online,
                sentCount,
                acceptedCount,
                totals.unanswered(),
                arrivedCount,
                connects,
                finished,
                rejected,
                goodbyes);
    }

    /** Messages accepted of each peer. */
    Orders.Shares shares() {
        return new Orders.Shares(peers.stream()
                .map(peer -> {
                    Outgoing outgoing = peer.outgoing();
                    return outgoing == null ? 0L : outgoing.acceptedCount();
                })
                .toList());
    }
}
