package dev.heddle.verify.load;

/**
 * When a group's messages are due, at an even pace; the swarm's thread. What is late keeps its due time, so that waiting shows
 * in the latencies; more than a second's worth that nobody could take is given up.
 */
final class Timetable {
    private final double perSecond;
    private final long begun;
    private long issued;
    private int turn;

    Timetable(double perSecond, long now) {
        this.perSecond = perSecond;
        this.begun = now;
    }

    /** Gives every message that is due by now to a peer that can take it, each in turn. */
    void issue(Group group, long now) {
        long due = (long) ((now - begun) / 1e9 * perSecond);
        int size = group.peers.size();
        int refusedInARow = 0;
        while (issued < due && refusedInARow < size) {
            Peer peer = group.peers.get(turn);
            turn = (turn + 1) % size;
            if (peer.take(begun + (long) (issued * 1e9 / perSecond))) {
                issued++;
                refusedInARow = 0;
            } else {
                refusedInARow++;
            }
        }
        issued = Math.max(issued, due - (long) Math.ceil(perSecond));
    }
}
