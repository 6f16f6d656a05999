package dev.heddle.verify.load;

import dev.heddle.verify.oracle.Stamp;
import dev.heddle.verify.oracle.Tally;
import dev.heddle.wire.ServerFrame;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * What has come for one peer, over all its connections; the swarm's thread. Bounded by the peer's senders.
 *
 * <p>The cursor is what LOGIN says and ACK follows. A seq at or below it should not come any more at all; the client library
 * would pass over it in silence, here it is counted.
 */
final class Arrivals {
    private final Peer peer;
    private final Map<String, Tally> senders = new HashMap<>();
    private long cursor;

    Arrivals(Peer peer) {
        this.peer = peer;
    }

    long cursor() {
        return cursor;
    }

    /** DELIVER. */
    void deliver(ServerFrame frame, Stamp stamp, long now) {
        byte[] sender = frame.name();
        Tally tally = senders.computeIfAbsent(
                new String(sender, StandardCharsets.UTF_8),
                name -> peer.ledger().tally(name, peer.name()));
        if (Long.compareUnsigned(frame.seq(), cursor) <= 0) {
            tally.repeated();
            return;
        }
        cursor = frame.seq();
        if (!stamp.read(sender, peer.encoded(), frame.body()) || stamp.id() != frame.id()) {
            tally.corrupted();
            return;
        }
        tally.arrived(stamp.number(), frame.id());
        peer.group().arrived(now - stamp.nanos());
    }
}
