package dev.heddle.client;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.RejectCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
 */
final class Outbox {
    private static final class Message {
        final byte[] recipient;
        final byte[] body;
        final CompletableFuture<Receipt> receipt = new CompletableFuture<>();
        long id;

        Message(byte[] recipient, byte[] body) {
            this.recipient = recipient;
            this.body = body;
        }
    }

    private record UserKey(String text) {
        static UserKey of(byte[] user) {
            return new UserKey(new String(user, StandardCharsets.UTF_8));
        }

        byte[] bytes() {
            return text.getBytes(StandardCharsets.UTF_8);
        }
    }

    private static final class Question {
        final byte[] user;
        final CompletableFuture<Presence> answer = new CompletableFuture<>();

        Question(byte[] user) {
            this.user = user;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition work = lock.newCondition();
    /** On this connection's way, in the order of their ids; behind them, what is still to be sent. */
    private final ArrayDeque<Message> sent = new ArrayDeque<>();

    private final ArrayDeque<Message> queued = new ArrayDeque<>();
    private final Map<Integer, Question> questions = new LinkedHashMap<>();
    private final Set<UserKey> watched = new LinkedHashSet<>();
    private final ArrayDeque<ByteBuffer> control = new ArrayDeque<>();
    private final int mostMessages;
    private final long mostBytes;

    private long bytes;
    private long nextId = 1;
    private int nextTag = 1;
    private long ackDue;
    private long acked;
    private boolean connected;
    private int connections;
    private @Nullable RuntimeException ended;

    Outbox(int mostMessages, long mostBytes) {
        this.mostMessages = mostMessages;
        this.mostBytes = mostBytes;
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

    CompletableFuture<Presence> query(byte[] user) {
        lock.lock();
        try {
            if (ended != null) {
                return CompletableFuture.failedFuture(ended);
            }
            Question question = new Question(user);
            int tag = nextTag++;
            questions.put(tag, question);
            if (connected) {
                ask(tag, question);
            }
            return question.answer;
        } finally {
            lock.unlock();
        }
    }

    private void ask(int tag, Question question) {
        ByteBuffer frame = ByteBuffer.allocate(ClientFrames.querySize(question.user.length));
        ClientFrames.query(frame, tag, question.user);
        say(frame);
    }

    void watch(byte[] user, boolean on) {
        lock.lock();
        try {
            boolean changed = on ? watched.add(UserKey.of(user)) : watched.remove(UserKey.of(user));
            if (changed && connected) {
                sayWatch(user, on);
            }
        } finally {
            lock.unlock();
        }
    }

    private void sayWatch(byte[] user, boolean on) {
        ByteBuffer frame = ByteBuffer.allocate(ClientFrames.watchSize(user.length));
        if (on) {
            ClientFrames.watch(frame, user);
        } else {
            ClientFrames.unwatch(frame, user);
        }
        say(frame);
    }

    /** A frame for this connection only; dropped if there is none. */
    void sayNow(ByteBuffer frame) {
        lock.lock();
        try {
            if (connected) {
                say(frame);
            }
        } finally {
            lock.unlock();
        }
    }

    private void say(ByteBuffer frame) {
        control.add(frame.flip());
        work.signal();
    }

    void ack(long seq) {
        lock.lock();
        try {
            ackDue = Math.max(ackDue, seq);
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Logged in: everything unaccepted is sent again, watches and questions are renewed. Returns the connection's number. */
    int connected(long firstId, long cursor) {
        lock.lock();
        try {
            nextId = Math.max(nextId, firstId);
            while (!sent.isEmpty()) {
                queued.addFirst(sent.pollLast());
            }
            control.clear();
            acked = cursor;
            ackDue = Math.max(ackDue, cursor);
            connected = true;
            watched.forEach(user -> sayWatch(user.bytes(), true));
            questions.forEach(this::ask);
            work.signalAll();
            connections++;
            return connections;
        } finally {
            lock.unlock();
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

    private boolean fill(ByteBuffer out) {
        while (!control.isEmpty() && control.peek().remaining() <= out.remaining()) {
            out.put(control.poll());
        }
        if (ackDue > acked && out.remaining() >= ClientFrames.ACK_BYTES) {
            ClientFrames.ack(out, ackDue);
            acked = ackDue;
        }
        for (Message next = queued.peek(); next != null && size(next) <= out.remaining(); next = queued.peek()) {
            queued.poll();
            if (next.id == 0) {
                next.id = nextId++;
            }
            ClientFrames.send(out, next.id, next.recipient, next.body);
            sent.add(next);
        }
        return out.position() > 0 || !queued.isEmpty();
    }

    private static int size(Message message) {
        return ClientFrames.sendSize(message.recipient.length, message.body.length);
    }

    /** Bytes that the next message needs at once; 0 if there is none. */
    int nextSize() {
        lock.lock();
        try {
            Message next = queued.peek();
            return next == null ? 0 : size(next);
        } finally {
            lock.unlock();
        }
    }

    void accepted(long id) {
        lock.lock();
        try {
            for (Message head = sent.peek(); head != null && covers(id, head); head = sent.peek()) {
                sent.poll();
                done(head, new Receipt.Accepted(head.id));
            }
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static boolean covers(long id, Message message) {
        return Long.compareUnsigned(message.id, id) <= 0;
    }

    void rejected(long id, int code, String reason) {
        lock.lock();
        try {
            for (Iterator<Message> iterator = sent.iterator(); iterator.hasNext(); ) {
                Message message = iterator.next();
                if (message.id == id) {
                    iterator.remove();
                    boolean stored = code == RejectCode.DUPLICATE.code();
                    done(message, stored ? new Receipt.Accepted(id) : new Receipt.Rejected(id, code, reason));
                    room.signalAll();
                    return;
                }
            }
        } finally {
            lock.unlock();
        }
    }

    private void done(Message message, Receipt receipt) {
        bytes -= message.body.length;
        message.receipt.complete(receipt);
    }

    void answered(int tag, Presence presence) {
        lock.lock();
        try {
            Question question = questions.remove(tag);
            if (question != null) {
                question.answer.complete(presence);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is sent any more; whoever waits is told why. */
    void end(RuntimeException why) {
        List<Message> left;
        List<Question> open;
        lock.lock();
        try {
            if (ended != null) {
                return;
            }
            ended = why;
            connected = false;
            left = Stream.concat(sent.stream(), queued.stream()).toList();
            open = List.copyOf(questions.values());
            sent.clear();
            queued.clear();
            questions.clear();
            room.signalAll();
            work.signalAll();
        } finally {
            lock.unlock();
        }
        left.forEach(message -> message.receipt.completeExceptionally(why));
        open.forEach(question -> question.answer.completeExceptionally(why));
    }
}
