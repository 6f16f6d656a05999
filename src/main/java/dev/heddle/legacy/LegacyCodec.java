package dev.heddle.legacy;

import dev.heddle.edge.Codec;
import java.net.SocketAddress;
import java.nio.ByteBuffer;

/**
 * One client of the old protocol: what it says ({@link Commands}), what it is told ({@link Deliveries}), and between the two
 * what it has acknowledged. Bounded by that; see {@link LegacyPort#HEAP_BYTES}.
 */
final class LegacyCodec implements Codec {
    private final LegacyPort port;
    private final Acknowledgements acknowledgements = new Acknowledgements();
    private final Commands commands;
    private final Deliveries deliveries;

    /** Set by who encodes, taken back by who decodes: there is an ACK to be said, or the end. */
    private volatile boolean wantsIn;

    LegacyCodec(LegacyPort port, SocketAddress from) {
        this.port = port;
        this.commands = new Commands(port, from, acknowledgements);
        this.deliveries = new Deliveries(port, from, acknowledgements);
    }

    @Override
    public void decode(ByteBuffer bytes, ByteBuffer frames, boolean more) {
        boolean asked = wantsIn;
        if (asked) {
            wantsIn = false;
            commands.acknowledge();
        }
        if (deliveries.wasRefused()) {
            commands.end();
        }
        commands.decode(bytes, frames, more);
    }

    @Override
    public int body() {
        return commands.body();
    }

    @Override
    public void passed(int count) {
        commands.passed(count);
    }

    @Override
    public boolean hasEnded() {
        return commands.hasEnded();
    }

    @Override
    public boolean wantsIn() {
        return wantsIn;
    }

    @Override
    public void opened(long firstId) {
        commands.opened(firstId);
    }

    @Override
    public void encode(ByteBuffer frames) {
        if (deliveries.encode(frames)) {
            wantsIn = true;
        }
    }

    @Override
    public int unacknowledged() {
        return Acknowledgements.MOST;
    }

    @Override
    public int acknowledgedAhead() {
        return acknowledgements.ahead();
    }

    @Override
    public void closed() {
        port.closed();
    }
}
