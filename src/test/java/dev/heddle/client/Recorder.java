package dev.heddle.client;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.wire.GoodbyeCode;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Writes down what a client hears; any thread. */
final class Recorder implements Listener {
    final List<Delivery> messages = new CopyOnWriteArrayList<>();
    final List<Presence> presences = new CopyOnWriteArrayList<>();
    final List<String> signals = new CopyOnWriteArrayList<>();
    final List<String> ends = new CopyOnWriteArrayList<>();
    final List<String> losses = new CopyOnWriteArrayList<>();
    final AtomicInteger connected = new AtomicInteger();
    final AtomicInteger disconnected = new AtomicInteger();
    final AtomicLong backlog = new AtomicLong(-1);

    List<String> texts() {
        return messages.stream()
                .map(message -> new String(message.body(), UTF_8))
                .toList();
    }

    @Override
    public void onMessage(Delivery delivery) {
        messages.add(delivery);
    }

    @Override
    public void onPresence(Presence presence) {
        presences.add(presence);
    }

    @Override
    public void onSignal(String sender, byte[] body) {
        signals.add(sender + ": " + new String(body, UTF_8));
    }

    @Override
    public void onConnected(long waiting) {
        backlog.set(waiting);
        connected.incrementAndGet();
    }

    @Override
    public void onDisconnected(String why) {
        losses.add(why);
        disconnected.incrementAndGet();
    }

    @Override
    public void onEnded(@Nullable GoodbyeCode code, String why) {
        ends.add(code + " " + why);
    }
}
