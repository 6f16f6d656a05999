package dev.heddle.verify.load;

import dev.heddle.verify.oracle.Ledger;
import dev.heddle.verify.oracle.Stamp;
import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Thousands of peers on one selector thread, which owns everything here; other threads hand it orders. Bounded by its peers:
 * each has a window, and all share two buffers.
 */
final class Swarm implements Runnable {
    private static final int ORDERS = 64;
    private static final int BUFFER = 256 * 1024;
    private static final int CONNECTING_AT_ONCE = 1_000;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(15);

    private final ArrayBlockingQueue<Runnable> orders = new ArrayBlockingQueue<>(ORDERS);
    private final Map<String, Group> groups = new LinkedHashMap<>();
    private final Set<Peer> touched = new LinkedHashSet<>();
    private final Consumer<Orders.Beat> beats;
    private final Selector selector;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER);
    private final ByteBuffer out = ByteBuffer.allocateDirect(BUFFER);
    private final FrameCursor frames = new FrameCursor(Protocol.DEFAULT_FRAME_LIMIT);
    private final ServerFrame frame = new ServerFrame();
    private final Stamp stamp = new Stamp();
    private final Ledger ledger = new Ledger();
    private final Random random = new Random(1);
    private long now = System.nanoTime();
    private long tickAt;
    private long beatAt;
    private long pingAt = now + PING_NANOS;

    Swarm(Consumer<Orders.Beat> beats) throws IOException {
        this.beats = beats;
        this.selector = Selector.open();
    }

    // ---- any thread ----

    /** Runs something on the swarm's thread, and waits for its answer. */
    <T> T ask(Supplier<T> order) throws InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        orders.put(() -> {
            try {
                answer.complete(order.get());
            } catch (RuntimeException wrong) {
                answer.completeExceptionally(wrong);
            }
        });
        selector.wakeup();
        return answer.join();
    }

    // ---- the swarm's thread ----

    @Override
    public void run() {
        try {
            while (true) {
                selector.select(1);
                now = System.nanoTime();
                for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
                    order.run();
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    ((Peer) key.attachment()).ready();
                }
                selector.selectedKeys().clear();
                now = System.nanoTime();
                if (now - tickAt >= TICK_NANOS) {
                    tick();
                }
            }
        } catch (IOException broken) {
            throw new IllegalStateException("the selector failed", broken);
        }
    }

    private void tick() {
        double seconds = Math.min(0.1, (now - tickAt) / 1e9);
        tickAt = now;
        for (Group group : groups.values()) {
            if (group.wanted && group.online < group.peers.size()) {
                connect(group, seconds);
            }
            if (group.timetable != null) {
                group.timetable.issue(group, now);
            }
        }
        touched.forEach(Peer::flush);
        touched.clear();
        if (now - pingAt >= 0) {
            pingAt = now + PING_NANOS / 15;
            groups.values().forEach(group -> group.peers.forEach(peer -> peer.heartbeat(PING_NANOS)));
        }
        if (now - beatAt >= 0) {
            beatAt = now + BEAT_NANOS;
            beat();
        }
    }

    private void connect(Group group, double seconds) {
        group.connectsDue = Math.min(CONNECTING_AT_ONCE, group.connectsDue + seconds * group.perSecond);
        if (group.connectsDue < 1) {
            return;
        }
        int connecting = 0;
        for (Peer peer : group.peers) {
            connecting += peer.phase() == Peer.Phase.CONNECTING || peer.phase() == Peer.Phase.GREETING ? 1 : 0;
        }
        for (int i = 0; i < group.peers.size() && connecting < CONNECTING_AT_ONCE && group.connectsDue >= 1; i++) {
            Peer peer = group.peers.get(i);
            if (peer.phase() == Peer.Phase.AWAY && now - peer.retryAt() >= 0) {
                peer.connect();
                connecting++;
                group.connectsDue--;
            }
        }
    }

    private void beat() {
        Orders.Totals totals = totals();
        beats.accept(new Orders.Beat(now, totals.online(), totals.sent(), totals.accepted(), totals.arrived()));
    }

    Orders.Totals totals() {
        Orders.Totals totals = new Orders.Totals(0, 0, 0, 0, 0, 0);
        for (Group group : groups.values()) {
            totals = totals.plus(group.totals());
        }
        return totals;
    }

    // ---- orders ----

    Group open(Orders.Open order) {
        Group group = new Group(order.group(), order.port(), order.perSecond(), order.reads(), order.acks());
        if (groups.putIfAbsent(order.group(), group) != null) {
            throw new IllegalArgumentException("there is a group " + order.group());
        }
        random.setSeed(order.seed());
        for (int i = 0; i < order.count(); i++) {
            group.peers.add(new Peer(this, group, order.count() == 1 ? order.prefix() : order.prefix() + i));
        }
        return group;
    }

    Group send(Orders.Send order) {
        Group group = group(order.group());
        int count = Math.max(1, order.toCount());
        List<String> names = new ArrayList<>();
        List<byte[]> encoded = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            names.add(order.toCount() <= 1 ? order.toPrefix() : order.toPrefix() + i);
            encoded.add(names.getLast().getBytes(StandardCharsets.UTF_8));
        }
        Outgoing.Course course = new Outgoing.Course(names, encoded, order.random(), order.bytes());
        boolean selfPaced = order.perSecond() <= 0;
        group.timetable = selfPaced ? null : new Timetable(order.perSecond(), now);
        for (Peer peer : group.peers) {
            peer.send(new Outgoing(peer, course, order.each(), order.window(), selfPaced, random.nextLong()));
        }
        return group;
    }

    /** No new messages; what is unanswered is still waited for. */
    Group stop(String name) {
        Group group = group(name);
        group.timetable = null;
        for (Peer peer : group.peers) {
            Outgoing outgoing = peer.outgoing();
            if (outgoing != null) {
                outgoing.stop();
            }
        }
        return group;
    }

    Group behave(Orders.Behave order) {
        Group group = group(order.group());
        group.reads = order.reads();
        group.acks = order.acks();
        group.peers.forEach(Peer::flush);
        return group;
    }

    Group presence(Orders.Presence order) {
        Group group = group(order.group());
        group.wanted = order.online();
        group.perSecond = order.perSecond();
        if (!order.online()) {
            group.peers.forEach(Peer::cut);
        }
        return group;
    }

    /** Every socket of the group is closed at once. */
    Group cut(String name) {
        Group group = group(name);
        group.peers.forEach(Peer::cut);
        return group;
    }

    Group group(String name) {
        Group group = groups.get(name);
        if (group == null) {
            throw new IllegalArgumentException("no group " + name);
        }
        return group;
    }

    // ---- what peers share ----

    void touched(Peer peer) {
        touched.add(peer);
    }

    Selector selector() {
        return selector;
    }

    ByteBuffer in() {
        return in;
    }

    ByteBuffer out() {
        return out;
    }

    FrameCursor frames() {
        return frames;
    }

    ServerFrame frame() {
        return frame;
    }

    Stamp stamp() {
        return stamp;
    }

    Ledger ledger() {
        return ledger;
    }

    Random random() {
        return random;
    }

    /** The monotonic clock, as of the last turn. */
    long now() {
        return now;
    }
}
