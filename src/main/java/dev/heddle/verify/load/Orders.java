package dev.heddle.verify.load;

import java.util.List;
import java.util.Map;

/** What parent and child say to each other. */
public final class Orders {
    private Orders() {}

    /**
     * Peers that log in and stay so: prefix0 to prefix(count-1).
     *
     * @param perSecond how many connect in a second at most
     * @param reads false: after WELCOME nothing is read
     * @param acks false: what is read is not acknowledged
     */
    public record Open(
            String group, int port, String prefix, int count, int perSecond, boolean reads, boolean acks, long seed) {}

    /**
     * A group begins to send.
     *
     * @param toPrefix recipients are toPrefix0 to toPrefix(toCount-1); toCount 0: toPrefix itself
     * @param random recipients by lot; otherwise one after the other
     * @param each messages of each peer
     * @param window unaccepted messages of each peer at most
     * @param perSecond of the whole group, on a timetable; 0: as fast as windows allow
     */
    public record Send(
            String group,
            String toPrefix,
            int toCount,
            boolean random,
            long each,
            int window,
            double perSecond,
            int bytes) {}

    /** What a group does from now on. */
    public record Behave(String group, boolean reads, boolean acks) {}

    /** Log out at once (by closing the socket) and stay away, or come back. */
    public record Presence(String group, boolean online, int perSecond) {}

    /** A group, or a file, by its name. */
    public record Name(String name) {}

    /** Nothing more to say. */
    public record Done() {}

    /**
     * A group, now.
     *
     * @param unanswered sent, and neither accepted nor rejected yet
     * @param connects successful logins, the first and all later ones
     * @param rejected counts by code, DUPLICATE among them
     * @param goodbyes counts by code
     */
    public record Status(
            int wanted,
            int online,
            long sent,
            long accepted,
            long unanswered,
            long arrived,
            long connects,
            boolean finished,
            Map<Integer, Long> rejected,
            Map<Integer, Long> goodbyes) {}

    /** All groups of a process, now. */
    public record Totals(int online, long sent, long accepted, long rejected, long unanswered, long arrived) {
        public Totals plus(Totals other) {
            return new Totals(
                    online + other.online,
                    sent + other.sent,
                    accepted + other.accepted,
                    rejected + other.rejected,
                    unanswered + other.unanswered,
                    arrived + other.arrived);
        }

        /** Everything is answered, and everything accepted is there. */
        public boolean settled() {
            return unanswered == 0 && arrived >= accepted;
        }
    }

    /** Messages accepted of each peer of a group, in the order of their numbers. */
    public record Shares(List<Long> accepted) {}

    /** Two histograms in HdrHistogram's compressed form, base64, nanoseconds. */
    public record Latencies(String delivered, String accepted) {}

    /** All groups of a process, now; sent five times a second unasked. */
    public record Beat(long nanos, int online, long sent, long accepted, long arrived) {}
}
