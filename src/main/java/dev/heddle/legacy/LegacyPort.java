package dev.heddle.legacy;

import dev.heddle.edge.Codec;
import dev.heddle.edge.Codecs;
import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import dev.heddle.wire.RejectCode;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the clients of the old protocol have in common: how many there may be, and what became of them; any thread. */
public final class LegacyPort implements Codecs {
    private static final Logger LOG = LoggerFactory.getLogger(LegacyPort.class);

    /**
     * Heap of one connection besides what each has, in bytes; measured, rounded up: what it has not acknowledged, with as many
     * gaps as there can be, and what it is in the middle of.
     */
    public static final int HEAP_BYTES = Runs.BYTES + Acknowledgements.EARLY * Runs.BYTES_EACH + 2 * 1024;

    /** This protocol has no heartbeat: who vanished without a word is missed by TCP, within two minutes. In seconds. */
    private static final Map<SocketOption<Integer>, Integer> KEEPALIVE = Map.of(
            ExtendedSocketOptions.TCP_KEEPIDLE, 60,
            ExtendedSocketOptions.TCP_KEEPINTERVAL, 15,
            ExtendedSocketOptions.TCP_KEEPCOUNT, 4);

    private final int most;
    private final int idleSeconds;
    private final boolean tokens;
    private final EventLog events;
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private final LongAdder turnedAway = new LongAdder();

    /**
     * A port without clients.
     *
     * @param most connections at once, 0: as many as there may be of all kinds
     * @param idleSeconds so much silence ends a session; 0: none does
     * @param tokens whether a LOGIN is a name, a colon and a token
     */
    public LegacyPort(int most, int idleSeconds, boolean tokens, EventLog events) {
        this.most = most;
        this.idleSeconds = idleSeconds;
        this.tokens = tokens;
        this.events = events;
    }

    @Override
    public @Nullable Codec accept(SocketAddress from) {
        if (open.incrementAndGet() > most && most > 0) {
            open.decrementAndGet();
            turnedAway.increment();
            events.at(LOG, Event.CONNECTIONS_FULL)
                    .addKeyValue("connections", most)
                    .log();
            return null;
        }
        return new LegacyCodec(this, from);
    }

    @Override
    public void prepare(SocketChannel client) throws IOException {
        client.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        for (Map.Entry<SocketOption<Integer>, Integer> option : KEEPALIVE.entrySet()) {
            if (client.supportedOptions().contains(option.getKey())) {
                client.setOption(option.getKey(), option.getValue());
            }
        }
    }

    @Override
    public int most() {
        return most;
    }

    @Override
    public int silenceSeconds() {
        return idleSeconds;
    }

    @Override
    public String clients() {
        return "legacy clients";
    }

    boolean hasTokens() {
        return tokens;
    }

    void closed() {
        open.decrementAndGet();
    }

    /** The server has not taken a message; null: for a reason that nobody knows. */
    void refused(SocketAddress client, @Nullable RejectCode code) {
        refused.increment();
        events.at(LOG, Event.LEGACY_REFUSED)
                .addKeyValue("address", client)
                .addKeyValue("reason", code)
                .log();
    }

    /** A client that does not keep to the protocol. */
    void fault(SocketAddress client, String reason) {
        events.at(LOG, Event.CLIENT_FAULT)
                .addKeyValue("address", client)
                .addKeyValue("reason", reason)
                .log();
    }

    /** Legacy connections that are open now. */
    public int connections() {
        return open.get();
    }

    /** Connections above their limit, since the start. */
    public long turnedAway() {
        return turnedAway.sum();
    }

    /** Messages of legacy clients that the server did not take, since the start. */
    public long refusedSends() {
        return refused.sum();
    }
}
