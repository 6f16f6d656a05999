package dev.heddle.verify.load;

import dev.heddle.verify.oracle.Ledger;
import dev.heddle.verify.oracle.Stamp;
import dev.heddle.verify.oracle.Tally;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * One sender, one recipient, two blocking sockets, every message checked. The thread that calls {@link #run} paces and writes;
 * one reads the sender's answers, one the recipient's deliveries. Bounded by the window.
 *
 * <p>Latencies count from the instant a message was due, so a stall of the server shows in every message that it held up
 * (no coordinated omission).
 */
public final class PairRun {
    /** What the next message waits for. */
    public enum Pace {
        /** the delivery of the one before */
        DELIVERY,
        /** the ACCEPTED of the one before */
        ACCEPTED,
        /** its time */
        RATE,
        /** room in the window */
        FLOOD
    }

    /**
     * One run of the pair.
     *
     * @param messages at most so many; 0: as many as {@code seconds} allow
     * @param warmUp of the first so many nothing is recorded
     */
    public record Order(
            int port,
            String name,
            Pace pace,
            long messages,
            long warmUp,
            double seconds,
            double perSecond,
            int window,
            int bytes,
            @Nullable String ledger) {
        /** With a file to leave the ledger in. */
        public Order into(Path file) {
            return new Order(port, name, pace, messages, warmUp, seconds, perSecond, window, bytes, file.toString());
        }
    }

    /** What was measured; the histograms' unit is nanoseconds. */
    public record Result(Orders.Latencies latencies, long sent, double seconds) {}

    private static final long LONGEST = TimeUnit.MINUTES.toNanos(10);
    private static final long NAP = 30_000;

    private final Order order;
    private final Wire sender;
    private final Wire recipient;
    private final Tally senders;
    private final Tally recipients;
    private final Ledger senderLedger = new Ledger();
    private final Ledger recipientLedger = new Ledger();
    private final Histogram delivered = new Histogram(LONGEST, 3);
    private final Histogram accepted = new Histogram(LONGEST, 3);
    private final Stamp stamp = new Stamp();
    private final Thread pacer = Thread.currentThread();
    private final long firstId;
    private final AtomicLongArray due;
    private final Semaphore window;
    private final AtomicLong acceptedCount = new AtomicLong();
    private final AtomicLong deliveredCount = new AtomicLong();

    private long sent;

    private PairRun(Order order, Wire sender, Wire recipient) {
        this.order = order;
        this.sender = sender;
        this.recipient = recipient;
        this.senders = senderLedger.tally(order.name() + "-from", order.name() + "-to");
        this.recipients = recipientLedger.tally(order.name() + "-from", order.name() + "-to");
        this.firstId = sender.firstId();
        int most = Math.max(2, order.window());
        this.due = new AtomicLongArray(Integer.highestOneBit(most * 2 - 1) * 2);
        this.window = new Semaphore(most);
    }

    /** Runs to the end: everything that was sent has been accepted and has arrived, or is counted as lost. */
    static Result run(Order order) throws IOException, InterruptedException {
        try (Wire sender = Wire.open(order.port(), order.name() + "-from", 0, Wire.LARGE);
                Wire recipient = Wire.open(order.port(), order.name() + "-to", 0, Wire.LARGE)) {
            return new PairRun(order, sender, recipient).go();
        }
    }

    private Result go() throws IOException, InterruptedException {
        Thread answers = Thread.ofPlatform().daemon().start(() -> quietly(this::readAnswers));
        Thread deliveries = Thread.ofPlatform().daemon().start(() -> quietly(this::readDeliveries));
        long begun = System.nanoTime();
        long until = begun + (long) (order.seconds() * 1e9);
        long most = order.messages() > 0 ? order.messages() : Long.MAX_VALUE;
        while (sent < most && (order.seconds() <= 0 || System.nanoTime() - until < 0)) {
            switch (order.pace()) {
                case RATE -> timetable(begun, until, most);
                case FLOOD -> flood(most);
                case ACCEPTED, DELIVERY -> lockStep();
            }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        long patience = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while ((acceptedCount.get() < sent || deliveredCount.get() < sent) && System.nanoTime() - patience < 0) {
            LockSupport.parkNanos(1_000_000);
        }
        sender.close();
        recipient.close();
        answers.join();
        deliveries.join();
        writeLedger();
        return new Result(
                new Orders.Latencies(Histograms.encode(delivered), Histograms.encode(accepted)), sent, seconds);
    }

    private void writeLedger() throws IOException {
        if (order.ledger() != null) {
            senderLedger.add(recipientLedger);
            senderLedger.write(Path.of(order.ledger()));
        }
    }

    private void lockStep() throws IOException {
        put(System.nanoTime());
        sender.flush();
        AtomicLong awaited = order.pace() == Pace.DELIVERY ? deliveredCount : acceptedCount;
        while (awaited.get() < sent) {
            LockSupport.park(this);
        }
    }

    private void flood(long most) throws IOException, InterruptedException {
        window.acquire();
        put(System.nanoTime());
        while (sent < most && sender.out().remaining() > 2 * order.bytes() + 300 && window.tryAcquire()) {
            put(System.nanoTime());
        }
        sender.flush();
    }

    private void timetable(long begun, long until, long most) throws IOException, InterruptedException {
        long now = System.nanoTime();
        double every = 1e9 / order.perSecond();
        long dueAt = begun + (long) (sent * every);
        if (dueAt - now > 0) {
            LockSupport.parkNanos(Math.max(NAP, dueAt - now - NAP));
            return;
        }
        while (sent < most
                && dueAt - now <= 0
                && dueAt - until < 0
                && sender.out().remaining() > 2 * order.bytes() + 300) {
            if (!window.tryAcquire()) {
                sender.flush();
                window.acquire();
            }
            put(dueAt);
            dueAt = begun + (long) (sent * every);
        }
        sender.flush();
    }

    private void put(long dueAt) {
        long id = firstId + sent;
        due.setRelease((int) sent & (due.length() - 1), dueAt);
        byte[] body = stamp.body(sender.user(), recipient.user(), senders.send(), id, dueAt, order.bytes());
        ClientFrames.send(sender.out(), id, recipient.user(), body);
        sent++;
    }

    // ---- the readers ----

    private interface Reading {
        void read() throws IOException;
    }

    private static void quietly(Reading reading) {
        try {
            reading.read();
        } catch (IOException closed) {
            // The run is over, or what is missing shows as lost.
        }
    }

    private void readAnswers() throws IOException {
        long upTo = 0;
        while (true) {
            ServerFrame frame = sender.next();
            long now = System.nanoTime();
            if (frame.type() == Protocol.REJECTED) {
                senders.refused((int) (frame.id() - firstId));
                continue;
            }
            if (frame.type() != Protocol.ACCEPTED) {
                continue;
            }
            long before = upTo;
            for (; upTo <= frame.id() - firstId; upTo++) {
                senders.accepted((int) upTo);
                if (upTo >= order.warmUp()) {
                    accepted.recordValue(Math.clamp(now - dueOf(upTo), 0, LONGEST));
                }
            }
            acceptedCount.set(upTo);
            if (order.pace() == Pace.RATE || order.pace() == Pace.FLOOD) {
                window.release((int) (upTo - before));
            }
            LockSupport.unpark(pacer);
        }
    }

    private void readDeliveries() throws IOException {
        Stamp check = new Stamp();
        long seq = 0;
        while (true) {
            ServerFrame frame = recipient.next();
            long now = System.nanoTime();
            if (frame.type() != Protocol.DELIVER) {
                continue;
            }
            if (Long.compareUnsigned(frame.seq(), seq) <= 0) {
                recipients.repeated();
                continue;
            }
            seq = frame.seq();
            if (check.read(sender.user(), recipient.user(), frame.body()) && check.id() == frame.id()) {
                recipients.arrived(check.number(), frame.id());
                if (check.number() >= order.warmUp()) {
                    delivered.recordValue(Math.clamp(now - check.nanos(), 0, LONGEST));
                }
            } else {
                recipients.corrupted();
            }
            deliveredCount.incrementAndGet();
            LockSupport.unpark(pacer);
            if (!recipient.hasMore()) {
                ClientFrames.ack(recipient.out(), seq);
                recipient.flush();
            }
        }
    }

    private long dueOf(long number) {
        return due.getAcquire((int) number & (due.length() - 1));
    }
}
