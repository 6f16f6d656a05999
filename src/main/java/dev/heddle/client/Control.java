package dev.heddle.client;

import dev.heddle.wire.ClientFrames;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What a client says besides its messages; under the {@link Outbox}'s lock. Bounded by the limits it is made with, and by the
 * users that are watched.
 */
final class Control {
    private record Question(String user, CompletableFuture<Presence> answer) {}

    private final ArrayDeque<ByteBuffer> frames = new ArrayDeque<>();
    private final Map<Integer, Question> questions = new LinkedHashMap<>();
    private final Set<String> watched = new LinkedHashSet<>();
    private final int mostQuestions;
    private final long mostBytes;

    private long bytes;
    private int nextTag = 1;
    private boolean connected;
    private long ackDue;
    private long acked;
    private long delivered;
    private boolean handling;
    private boolean logoutDue;
    private boolean loggedOut;

    Control(int mostQuestions, long mostBytes) {
        this.mostQuestions = mostQuestions;
        this.mostBytes = mostBytes;
    }

    /** A new connection: watches are renewed, and what was asked is asked again. */
    void connected(long cursor) {
        drop();
        connected = true;
        acked = cursor;
        delivered = cursor;
        ackDue = later(ackDue, cursor);
        loggedOut = false;
        watched.forEach(user -> watch(user, true));
        questions.forEach((tag, question) -> ask(tag, question.user()));
    }

    void disconnected() {
        drop();
        connected = false;
        handling = false;
    }

    private void drop() {
        frames.clear();
        bytes = 0;
    }

    /** Null if too many questions are open. */
    @Nullable
    CompletableFuture<Presence> query(String user) {
        if (questions.size() >= mostQuestions) {
            return null;
        }
        Question question = new Question(user, new CompletableFuture<>());
        int tag = nextTag++;
        nextTag = Math.max(1, nextTag); // 0 marks the answers to WATCH
        questions.put(tag, question);
        ask(tag, user);
        return question.answer();
    }

    private void ask(int tag, String user) {
        byte[] name = utf8(user);
        ByteBuffer frame = ByteBuffer.allocate(ClientFrames.querySize(name.length));
        ClientFrames.query(frame, tag, name);
        say(frame);
    }

    /** The future that waits for this answer; null if none does. */
    @Nullable
    CompletableFuture<Presence> answered(int tag) {
        Question question = questions.remove(tag);
        return question == null ? null : question.answer();
    }

    /** Everything that was asked and not answered, which is forgotten. */
    List<CompletableFuture<Presence>> end() {
        List<CompletableFuture<Presence>> open =
                questions.values().stream().map(Question::answer).toList();
        questions.clear();
        disconnected();
        return open;
    }

    void watchOrNot(String user, boolean on) {
        if (on ? watched.add(user) : watched.remove(user)) {
            watch(user, on);
        }
    }

    private void watch(String user, boolean on) {
        byte[] name = utf8(user);
        ByteBuffer frame = ByteBuffer.allocate(ClientFrames.watchSize(name.length));
        if (on) {
            ClientFrames.watch(frame, name);
        } else {
            ClientFrames.unwatch(frame, name);
        }
        say(frame);
    }

    /** Dropped if it finds too much before it. */
    void signal(byte[] recipient, byte[] body) {
        int size = ClientFrames.signalSize(recipient.length, body.length);
        if (connected && bytes + size <= mostBytes) {
            ByteBuffer frame = ByteBuffer.allocate(size);
            ClientFrames.signal(frame, recipient, body);
            say(frame);
        }
    }

    /** A frame for this connection only; dropped if there is none. */
    void say(ByteBuffer frame) {
        if (connected) {
            frames.add(frame.flip());
            bytes += frame.remaining();
        }
    }

    /** The server has delivered up to here on this connection. */
    void delivered(long seq) {
        delivered = seq;
    }

    void ack(long seq) {
        ackDue = later(ackDue, seq);
    }

    void handling(boolean under) {
        handling = under;
    }

    void logout() {
        logoutDue = true;
    }

    /** Nothing more is to be said on this connection. */
    boolean isLoggedOut() {
        return loggedOut;
    }

    /**
     * Puts what fits. An ACK goes first, so that LOGOUT does not overtake it, and never beyond what this connection delivered:
     * the server takes that for an error, though an earlier connection may well have delivered more.
     */
    void fill(ByteBuffer out) {
        if (loggedOut) {
            return;
        }
        long due = Long.compareUnsigned(ackDue, delivered) <= 0 ? ackDue : delivered;
        boolean news = Long.compareUnsigned(due, acked) > 0;
        if (news && out.remaining() >= ClientFrames.ACK_BYTES) {
            ClientFrames.ack(out, due);
            acked = due;
        }
        while (!frames.isEmpty() && frames.peek().remaining() <= out.remaining()) {
            bytes -= frames.peek().remaining();
            out.put(frames.poll());
        }
        if (logoutDue && !handling && frames.isEmpty() && out.remaining() >= ClientFrames.ACK_BYTES) {
            ClientFrames.logout(out);
            loggedOut = true;
        }
    }

    /** Bytes that the next frame needs at once; 0 if there is none. */
    int nextSize() {
        ByteBuffer next = frames.peek();
        return next == null ? 0 : next.remaining();
    }

    private static long later(long one, long other) {
        return Long.compareUnsigned(one, other) >= 0 ? one : other;
    }

    private static byte[] utf8(String user) {
        return user.getBytes(StandardCharsets.UTF_8);
    }
}
