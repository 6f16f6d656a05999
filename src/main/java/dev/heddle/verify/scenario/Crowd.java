package dev.heddle.verify.scenario;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.verify.oracle.Ledger;
import dev.heddle.verify.oracle.Pair;
import dev.heddle.verify.oracle.Stamp;
import dev.heddle.verify.process.Credentials;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * Clients of the Java library over TLS and with tokens, each of which writes to the others and to users who are away. The
 * scenario's thread calls it; what the clients' threads report is added up under a lock. Bounded by the messages of the run.
 */
final class Crowd implements AutoCloseable {
    private static final int BYTES = 120;
    private static final int UNACCEPTED = 500;
    private static final long TOLERANCE_MILLIS = 500;
    private static final Duration LOGIN = Duration.ofSeconds(20);

    private final Credentials credentials;
    private final int port;
    private final int away;
    private final List<String> names = new ArrayList<>();
    private final List<HeddleClient> clients = new ArrayList<>();
    private final List<Thread> senders = new ArrayList<>();
    private volatile boolean sending;

    private final ReentrantLock lock = new ReentrantLock();
    private final Ledger ledger = new Ledger();
    private final Map<Pair, Integer> accepted = new HashMap<>();
    private final Set<String> signals = new HashSet<>();
    private long unanswered;
    private long signalsArrived;
    private long signalsSent;
    private long wrongTimes;

    /**
     * Logs them in.
     *
     * @param people who write
     * @param away whom they write to as well, and who are not there
     */
    Crowd(Credentials credentials, int port, int people, int away) throws InterruptedException {
        this.credentials = credentials;
        this.port = port;
        this.away = away;
        for (int i = 0; i < people; i++) {
            String name = "person-" + i;
            names.add(name);
            clients.add(HeddleClient.open(options(credentials, port, name, credentials.token(name)), live(name)));
        }
        for (HeddleClient client : clients) {
            if (!client.awaitConnected(LOGIN)) {
                close();
                throw new IllegalStateException("a client with a good token does not get in over TLS");
            }
        }
    }

    private static ClientOptions options(Credentials credentials, int port, String user, String token) {
        return ClientOptions.of(user)
                .at("127.0.0.1", port)
                .withTls(credentials.tls())
                .withToken(token)
                .withUnaccepted(UNACCEPTED, 1 << 20);
    }

    /** Whether a client gets in with this token. */
    static boolean getsIn(Credentials credentials, int port, String user, String token) throws InterruptedException {
        try (HeddleClient client = HeddleClient.open(options(credentials, port, user, token), new Listener() {})) {
            return client.awaitConnected(LOGIN);
        }
    }

    private Listener live(String me) {
        Stamp stamp = new Stamp();
        return new Listener() {
            @Override
            public void onMessage(Delivery delivery) {
                arrived(me, stamp, delivery, ledger, System.currentTimeMillis() + TOLERANCE_MILLIS);
            }

            @Override
            public void onSignal(String sender, byte[] body) {
                lock.lock();
                try {
                    signalsArrived++;
                    signals.add(sender + ">" + me + " " + new String(body, StandardCharsets.UTF_8));
                } finally {
                    lock.unlock();
                }
            }
        };
    }

    /** @param latest when it can have been accepted at the latest, milliseconds since 1970 */
    private void arrived(String me, Stamp stamp, Delivery delivery, Ledger into, long latest) {
        byte[] sender = delivery.sender().getBytes(StandardCharsets.UTF_8);
        lock.lock();
        try {
            var tally = into.tally(delivery.sender(), me);
            if (!stamp.read(sender, me.getBytes(StandardCharsets.UTF_8), delivery.body())) {
                tally.corrupted();
                return;
            }
            tally.arrived(stamp.number(), delivery.id());
            long acceptedAt = delivery.acceptedAt().toEpochMilli();
            if (acceptedAt < stamp.nanos() - TOLERANCE_MILLIS || acceptedAt > latest) {
                wrongTimes++;
            }
        } finally {
            lock.unlock();
        }
    }

    private static String awayName(int number) {
        return "away-" + number;
    }

    /** Everybody begins to write so many messages a second, to the others and to who is away by turns. */
    void send(int perSecond) {
        sending = true;
        for (int i = 0; i < clients.size(); i++) {
            int me = i;
            senders.add(Thread.ofVirtual().start(() -> write(me, perSecond)));
        }
    }

    private void write(int me, int perSecond) {
        Stamp stamp = new Stamp();
        int everybody = names.size() + away;
        long begun = System.nanoTime();
        try {
            for (long count = 0; sending; count++) {
                int next = (int) ((me + 1 + count) % everybody);
                String recipient = next < names.size() ? names.get(next) : awayName(next - names.size());
                sendOne(clients.get(me), new Pair(names.get(me), recipient), stamp);
                LockSupport.parkNanos(begun + (count + 1) * 1_000_000_000L / perSecond - System.nanoTime());
            }
        } catch (InterruptedException | IllegalStateException ended) {
            // What was sent and is not answered shows as such.
        }
    }

    private void sendOne(HeddleClient client, Pair pair, Stamp stamp) throws InterruptedException {
        int number;
        lock.lock();
        try {
            number = ledger.tally(pair.sender(), pair.recipient()).send();
            unanswered++;
        } finally {
            lock.unlock();
        }
        // The stamp's clock is the wall's here: what arrives says when it was accepted by that.
        byte[] body = stamp.body(
                pair.sender().getBytes(StandardCharsets.UTF_8),
                pair.recipient().getBytes(StandardCharsets.UTF_8),
                number,
                0,
                System.currentTimeMillis(),
                BYTES);
        CompletableFuture<Receipt> receipt = client.send(pair.recipient(), body);
        CompletableFuture<Void> _ = receipt.thenAccept(answer -> answered(pair, number, answer));
    }

    private void answered(Pair pair, int number, Receipt answer) {
        lock.lock();
        try {
            unanswered--;
            if (answer instanceof Receipt.Accepted) {
                ledger.tally(pair.sender(), pair.recipient()).accepted(number);
                accepted.merge(pair, 1, Integer::sum);
            } else {
                ledger.tally(pair.sender(), pair.recipient()).refused(number);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Ends the writing, and waits for the answers. */
    void stop(Duration patience) throws InterruptedException {
        sending = false;
        for (Thread sender : senders) {
            sender.join(patience);
        }
        boolean _ = await(patience, () -> unanswered == 0);
    }

    /** Waits until those who are there have all that was accepted for them; what is then missing is missing. */
    void awaitArrivals(Duration patience) {
        boolean _ = await(patience, () -> ledger.missing() == 0);
    }

    /** What was accepted from one sender for somebody who is away: the first so many, as nothing is refused here. */
    record Sent(Pair pair, int accepted) {
        void enter(Ledger into) {
            var tally = into.tally(pair.sender(), pair.recipient());
            for (int i = 0; i < accepted; i++) {
                tally.accepted(tally.send());
            }
        }
    }

    /** What has been accepted until now for those who are away. */
    List<Sent> acceptedForAway() {
        lock.lock();
        try {
            return accepted.entrySet().stream()
                    .filter(entry -> !names.contains(entry.getKey().recipient()))
                    .map(entry -> new Sent(entry.getKey(), entry.getValue()))
                    .toList();
        } finally {
            lock.unlock();
        }
    }

    /** What those who were away found. */
    record Collected(long messages, long wrongTimes) {}

    /**
     * Logs those in who were away, until everything that the ledger says was accepted for them has arrived, or nothing more has
     * for a second.
     */
    Collected collectAway(Ledger into, long acceptedBy, Duration patience) throws InterruptedException {
        long wrongBefore = wrongTimes;
        long[] messages = {0, System.nanoTime()};
        List<HeddleClient> back = new ArrayList<>();
        for (int i = 0; i < away; i++) {
            String me = awayName(i);
            Stamp stamp = new Stamp();
            back.add(HeddleClient.open(options(credentials, port, me, credentials.token(me)), new Listener() {
                @Override
                public void onMessage(Delivery delivery) {
                    arrived(me, stamp, delivery, into, acceptedBy + TOLERANCE_MILLIS);
                    lock.lock();
                    try {
                        messages[0]++;
                        messages[1] = System.nanoTime();
                    } finally {
                        lock.unlock();
                    }
                }
            }));
        }
        boolean _ = await(patience, () -> messages[0] > 0);
        boolean _ = await(patience, () -> System.nanoTime() - messages[1] > 1_000_000_000L);
        back.forEach(HeddleClient::close);
        lock.lock();
        try {
            return new Collected(messages[0], wrongTimes - wrongBefore);
        } finally {
            lock.unlock();
        }
    }

    /** Each signals to the next so many times, slowly enough for everybody to read. */
    void signal(int each) {
        for (int round = 0; round < each; round++) {
            for (int i = 0; i < clients.size(); i++) {
                clients.get(i).signal(names.get((i + 1) % names.size()), ("" + round).getBytes(StandardCharsets.UTF_8));
                signalsSent++;
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    long signalsSent() {
        return signalsSent;
    }

    /** How many signals have arrived, once that are so many or the time is over; one that came twice counts as a thousand. */
    long awaitSignals(long count, Duration most) {
        boolean _ = await(most, () -> signalsArrived >= count);
        lock.lock();
        try {
            return signals.size() + (signalsArrived - signals.size()) * 1_000;
        } finally {
            lock.unlock();
        }
    }

    private boolean await(Duration most, BooleanSupplier condition) {
        long until = System.nanoTime() + most.toNanos();
        while (true) {
            lock.lock();
            try {
                if (condition.getAsBoolean()) {
                    return true;
                }
            } finally {
                lock.unlock();
            }
            if (System.nanoTime() - until >= 0) {
                return false;
            }
            LockSupport.parkNanos(10_000_000);
        }
    }

    /** What everybody sent and received; to be read once nobody sends. */
    Ledger ledger() {
        return ledger;
    }

    /** Messages whose time of acceptance cannot be right. */
    long wrongTimes() {
        return wrongTimes;
    }

    @Override
    public void close() {
        sending = false;
        clients.forEach(HeddleClient::close);
        clients.clear();
    }
}
