package dev.heddle.client;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.RejectCode;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Everything a client still has to say, and what it waits to hear about it; any thread, under one lock. Bounded by the limits
 * of unaccepted messages.
 *
 * <p>A message gets its id when it is first put on a connection, so that ids follow WELCOME's firstId and the order of sending.
 * Futures are completed outside the lock: what hangs on them is not ours, and may take its time.
 */
final class Outbox {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition work = lock.newCondition();
    /** On this connection's way, in the order of their ids; behind them, what is still to be sent. */
    private final ArrayDeque<Message> sent = new ArrayDeque<>();

    private final ArrayDeque<Message> queued = new ArrayDeque<>();
    private final Control control;
    private final int mostMessages;
    private final long mostBytes;

    private long bytes;
    private long nextId = 1;
    private int frameLimit;
    private boolean connected;
    private int connections;
    private @Nullable RuntimeException ended;

    /** @param mostFrameBytes whatever a server allows */
    Outbox(ClientOptions.Unaccepted most, int mostFrameBytes) {
        this.frameLimit = mostFrameBytes;
        this.mostMessages = most.messages();
        this.mostBytes = most.bytes();
        this.control = new Control(mostMessages, mostBytes);
    }

    /** Takes a message; waits for room if {@code mayWait}, and fails otherwise. */
    CompletableFuture<Receipt> send(byte[] recipient, byte[] body, boolean mayWait) throws InterruptedException {
        lock.lock();
        try {
            while (ended == null && isFull(body.length)) {
                if (!mayWait) {
                    return CompletableFuture.failedFuture(
                            new IllegalStateException("too many messages wait for their receipt"));
                }
                room.await();
            }
            if (ended != null) {
                return CompletableFuture.failedFuture(ended);
            }
            Message message = new Message(recipient, body.clone());
            if (message.frameLength() > frameLimit) {
                return CompletableFuture.completedFuture(tooLarge());
            }
            queued.add(message);
            bytes += body.length;
            work.signal();
            return message.receipt;
        } finally {
            lock.unlock();
        }
    }

    private boolean isFull(int length) {
        int messages = sent.size() + queued.size();
        return messages >= mostMessages || (messages > 0 && bytes + length > mostBytes);
    }

    /** The server would not answer such a frame, but end the connection. */
    private Receipt tooLarge() {
        return new Receipt.Rejected(nextId++, RejectCode.TOO_LARGE.code(), "larger than the server's frames");
    }

    CompletableFuture<Presence> query(String user) {
        lock.lock();
        try {
            if (ended != null) {
                return CompletableFuture.failedFuture(ended);
            }
            CompletableFuture<Presence> answer = control.query(user);
            work.signal();
            return answer != null
                    ? answer
                    : CompletableFuture.failedFuture(new IllegalStateException("too many questions are open"));
        } finally {
            lock.unlock();
        }
    }

    void watch(String user, boolean on) {
        locked(() -> control.watchOrNot(user, on));
    }

    /**
     * A signal for this connection only; dropped if there is none, or too much waits already.
     *
     * @throws IllegalArgumentException if it is larger than a frame may be
     */
    void signal(byte[] recipient, byte[] body) {
        lock.lock();
        try {
            long length = (long) ClientFrames.signalSize(recipient.length, 0) - Protocol.LENGTH_BYTES + body.length;
            if (length > frameLimit) {
                throw new IllegalArgumentException(
                        "a signal of " + body.length + " bytes does not fit a frame of " + frameLimit);
            }
            control.signal(recipient, body);
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** From now on LOGOUT is the last word of every connection: behind the ACK of all that the listener has returned from. */
    void logout() {
        locked(control::logout);
    }

    /** Whether the reader handles what it has read, of which an ACK may come; any LOGOUT waits for that. */
    void handling(boolean under) {
        locked(() -> control.handling(under));
    }

    /** The server has delivered up to here on this connection. */
    void delivered(long seq) {
        locked(() -> control.delivered(seq));
    }

    /** Everything up to here is dealt with; the server hears it once it has delivered so much on this connection. */
    void ack(long seq) {
        locked(() -> control.ack(seq));
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Logged in: everything unaccepted is sent again, watches and questions are renewed. Returns the connection's number. */
    int connected(long firstId, long cursor, int newFrameLimit) {
        List<Runnable> finished = new ArrayList<>();
        lock.lock();
        try {
            nextId = Long.compareUnsigned(nextId, firstId) >= 0 ? nextId : firstId;
            frameLimit = newFrameLimit;
            while (!sent.isEmpty()) {
                queued.addFirst(sent.pollLast());
            }
            queued.removeIf(message -> {
                boolean hopeless = message.frameLength() > newFrameLimit;
                if (hopeless) {
                    finished.add(done(message, tooLarge()));
                }
                return hopeless;
            });
            control.connected(cursor);
            connected = true;
            room.signalAll();
            work.signalAll();
            connections++;
            return connections;
        } finally {
            lock.unlock();
            finished.forEach(Runnable::run);
        }
    }

    /** Whether this is still the connection of that number. */
    boolean isConnected(int number) {
        lock.lock();
        try {
            return connected && number == connections;
        } finally {
            lock.unlock();
        }
    }

    void disconnected() {
        lock.lock();
        try {
            connected = false;
            control.disconnected();
            work.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Fills {@code out} with what is to be said, waiting for something if there is nothing.
     *
     * @param number of the connection that it is said on
     * @return false if nothing came up in this time, or the connection is no more
     */
    boolean take(ByteBuffer out, int number, long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (connected && number == connections && !fill(out)) {
                if (left <= 0) {
                    return false;
                }
                left = work.awaitNanos(left);
            }
            return out.position() > 0;
        } finally {
            lock.unlock();
        }
    }

    /** True, too, if something waits for a larger buffer. */
    private boolean fill(ByteBuffer out) {
        control.fill(out);
        if (control.isLoggedOut()) {
            return out.position() > 0;
        }
        for (Message next = queued.peek(); next != null && next.size() <= out.remaining(); next = queued.peek()) {
            queued.poll();
            if (next.id == 0) {
                next.id = nextId++;
            }
            ClientFrames.send(out, next.id, next.recipient, next.body);
            sent.add(next);
        }
        return out.position() > 0 || control.nextSize() > 0 || !queued.isEmpty();
    }

    /** Bytes that the next frame needs at once; 0 if there is none. */
    int nextSize() {
        lock.lock();
        try {
            Message next = queued.peek();
            return Math.max(control.nextSize(), next == null ? 0 : next.size());
        } finally {
            lock.unlock();
        }
    }

    void accepted(long id) {
        List<Runnable> finished = new ArrayList<>();
        lock.lock();
        try {
            for (Message head = sent.peek(); head != null && covers(id, head); head = sent.peek()) {
                sent.poll();
                finished.add(done(head, new Receipt.Accepted(head.id)));
            }
            room.signalAll();
        } finally {
            lock.unlock();
        }
        finished.forEach(Runnable::run);
    }

    private static boolean covers(long id, Message message) {
        return Long.compareUnsigned(message.id, id) <= 0;
    }

    void rejected(long id, int code, String reason) {
        boolean stored = code == RejectCode.DUPLICATE.code();
        Receipt receipt = stored ? new Receipt.Accepted(id) : new Receipt.Rejected(id, code, reason);
        Runnable finished = () -> {};
        lock.lock();
        try {
            for (Iterator<Message> iterator = sent.iterator(); iterator.hasNext(); ) {
                Message message = iterator.next();
                if (message.id == id) {
                    iterator.remove();
                    finished = done(message, receipt);
                    room.signalAll();
                    break;
                }
            }
        } finally {
            lock.unlock();
        }
        finished.run();
    }

    /** Frees its place; what is returned is to be run without the lock. */
    private Runnable done(Message message, Receipt receipt) {
        bytes -= message.body.length;
        return () -> message.receipt.complete(receipt);
    }

    void answered(int tag, Presence presence) {
        CompletableFuture<Presence> answer;
        lock.lock();
        try {
            answer = control.answered(tag);
        } finally {
            lock.unlock();
        }
        if (answer != null) {
            answer.complete(presence);
        }
    }

    /** Nothing is sent any more; whoever waits is told why. */
    void end(RuntimeException why) {
        List<CompletableFuture<?>> left = new ArrayList<>();
        lock.lock();
        try {
            if (ended != null) {
                return;
            }
            ended = why;
            connected = false;
            Stream.concat(sent.stream(), queued.stream()).forEach(message -> left.add(message.receipt));
            left.addAll(control.end());
            sent.clear();
            queued.clear();
            room.signalAll();
            work.signalAll();
        } finally {
            lock.unlock();
        }
        left.forEach(future -> future.completeExceptionally(why));
    }
}
