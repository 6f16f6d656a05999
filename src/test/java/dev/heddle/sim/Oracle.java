package dev.heddle.sim;

import dev.heddle.sim.Violation.Kind;
import dev.heddle.wire.RejectCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what was sent, promised and seen, and throws a {@link Violation} as soon as two of these do not go together. It
 * learns only what crosses the border between core and edge, and trusts nothing that the core says of itself.
 */
final class Oracle {
    private record Pair(int sender, int to) {}

    /** What one sender has sent to one recipient, in order of ids. */
    private static final class Stream {
        final Deque<Message> unseen = new ArrayDeque<>();
        long lastSeen;
    }

    private final Plan plan;
    private final List<Map<Long, Message>> byId = new ArrayList<>();
    private final List<Map<Long, Message>> bySeq = new ArrayList<>();
    private final Map<Pair, Stream> streams = new HashMap<>();
    private final List<Message> all = new ArrayList<>();
    private final Walls walls;
    private final int[] waiting;
    private long seen;
    private long promises;

    /** @param walls what the server's clock has shown */
    Oracle(Plan plan, Walls walls) {
        this.plan = plan;
        this.walls = walls;
        this.waiting = new int[plan.users()];
        for (int i = 0; i < plan.users(); i++) {
            byId.add(new HashMap<>());
            bySeq.add(new HashMap<>());
        }
    }

    void sent(Message message) {
        byId.get(message.sender).put(message.id, message);
        stream(message).unseen.add(message);
        all.add(message);
    }

    /** The server says that this is stored, whether anybody hears it or not. */
    void promised(Message message, long elapsed) {
        if (message.fate == Message.Fate.REJECTED && !message.senderRemoved) {
            throw new Violation(Kind.UNTRUE, "accepted after it was rejected: " + message);
        }
        if (!message.promised) {
            message.promised = true;
            message.promisedAt = elapsed;
            promises++;
            if (!message.seen
                    && !message.mayVanish
                    && ++waiting[message.to] > plan.options().inboxMessages()
                    && !plan.forgets()) {
                throw new Violation(Kind.UNBOUNDED, waiting[message.to] + " messages wait for user " + message.to);
            }
        }
    }

    /** Its sender was told that it is stored. */
    void accepted(Message message) {
        if (!message.promised) {
            throw new Violation(Kind.UNTRUE, "its client is told ACCEPTED, the shard never said it: " + message);
        }
        message.fate = Message.Fate.ACCEPTED;
    }

    /** Its sender was told that it is not. */
    void rejected(Message message, RejectCode code) {
        if (code == RejectCode.TOO_OLD || message.senderRemoved) {
            message.fate = Message.Fate.UNKNOWN;
        } else if (message.promised) {
            throw new Violation(Kind.UNTRUE, "rejected " + code + " after it was accepted: " + message);
        } else if (message.seen && !message.mayRepeat) {
            throw new Violation(Kind.UNTRUE, "rejected " + code + " after it was delivered: " + message);
        } else {
            message.fate = Message.Fate.REJECTED;
        }
    }

    /** Its sender has lost its memory. */
    void forgotten(Message message) {
        message.fate = Message.Fate.UNKNOWN;
    }

    /**
     * A client reads a DELIVER.
     *
     * @param sender the client that it says it is from, -1: nobody there is
     * @param again the client remembers nothing, and may rightly be sent what it has seen
     * @param elapsed on the monotonic clock
     */
    void delivered(int to, long seq, int sender, long id, long acceptedAt, byte[] body, boolean again, long elapsed) {
        Message message = sender < 0 ? null : byId.get(sender).get(id);
        if (message == null || message.to != to) {
            throw new Violation(Kind.UNTRUE, "nobody sent " + sender + "/" + id + " to " + to + ", seq " + seq);
        }
        if (!Arrays.equals(body, message.body)) {
            throw new Violation(Kind.CORRUPTED, "seq " + seq + ", " + message);
        }
        if (message.fate == Message.Fate.REJECTED && !message.mayRepeat) {
            throw new Violation(Kind.UNTRUE, "rejected and delivered: " + message);
        }
        Message before = bySeq.get(to).put(seq, message);
        if (before != null && !before.equals(message)) {
            throw new Violation(Kind.DUPLICATED, "seq " + seq + " of " + message + " was used before by " + before);
        }
        if (message.seq != 0 && message.seq != seq && !message.mayRepeat) {
            throw new Violation(Kind.DUPLICATED, "stored again as seq " + seq + ": " + message);
        }
        accepted(message, acceptedAt, elapsed);
        message.seq = seq;
        if (message.seen) {
            if (!again && !message.mayRepeat) {
                throw new Violation(Kind.DUPLICATED, "seq " + seq + " again, of " + message);
            }
            return;
        }
        first(message, elapsed);
    }

    /** It is stored after it was sent and before that was promised, and what is said of that does not change. */
    private void accepted(Message message, long acceptedAt, long elapsed) {
        if (message.mayRepeat) {
            return;
        }
        long latest = message.promised ? message.promisedAt : elapsed;
        if (!walls.showed(acceptedAt, message.sentAt, latest)) {
            throw new Violation(
                    Kind.UNTRUE,
                    "accepted at " + acceptedAt + ", which no clock showed from " + message.sentAt + " to " + latest
                            + ": " + message);
        }
        if (message.acceptedAt != 0 && message.acceptedAt != acceptedAt) {
            throw new Violation(
                    Kind.UNTRUE, "accepted at " + acceptedAt + ", before at " + message.acceptedAt + ": " + message);
        }
        message.acceptedAt = acceptedAt;
    }

    private void first(Message message, long elapsed) {
        if (message.gone && !message.mayRepeat) {
            throw new Violation(Kind.UNTRUE, "it was removed with its recipient, and comes: " + message);
        }
        message.seen = true;
        seen++;
        if (message.promised && !message.mayVanish) {
            waiting[message.to]--;
        }
        Stream stream = stream(message);
        if (message.id < stream.lastSeen && !message.senderRemoved && !message.mayComeLate) {
            throw new Violation(Kind.REORDERED, "after id " + stream.lastSeen + " comes " + message);
        }
        if (message.mayRepeat) {
            // It may be read late, from a server whose log lost it: what was stored since comes from another one.
            return;
        }
        if (!message.mayComeLate) {
            stream.lastSeen = message.id;
        }
        while (!stream.unseen.isEmpty() && stream.unseen.getFirst().id <= message.id) {
            Message earlier = stream.unseen.removeFirst();
            // What was turned away before its sender was removed, and is stored after, comes later.
            if (!earlier.senderRemoved && isMissing(earlier, elapsed)) {
                throw new Violation(Kind.LOST, "passed over when " + message + " came: " + earlier);
            }
            earlier.passedOver = !earlier.seen && mayExpire(earlier, elapsed);
        }
    }

    /** This recipient is being removed; returns what must not come once that is done. */
    List<Message> removed(int to) {
        List<Message> stored = new ArrayList<>();
        for (Message message : all) {
            if (message.to == to && !message.seen) {
                if (message.promised) {
                    waiting[to] -= message.mayVanish ? 0 : 1;
                    stored.add(message);
                }
                message.mayVanish = true;
            }
        }
        return stored;
    }

    /** What this sender does not know to be stored may be stored again when it is sent again. */
    void removedSender(int sender) {
        for (Message message : byId.get(sender).values()) {
            boolean open = message.fate == Message.Fate.OPEN;
            message.senderRemoved |= open;
            message.mayRepeat |= open;
        }
        streams.forEach((pair, stream) -> stream.lastSeen = pair.sender == sender ? 0 : stream.lastSeen);
    }

    /** Whatever was done to the wall's clock, and whether the server ran or not: a message waits for half of its time at least. */
    private boolean isMissing(Message message, long elapsed) {
        return message.promised && !message.seen && !message.mayVanish && !mayExpire(message, elapsed);
    }

    private boolean mayExpire(Message message, long elapsed) {
        return elapsed - message.sentAt >= plan.options().messageAgeMillis() / 2;
    }

    /**
     * What nobody was promised may be gone, although it was seen, and be stored anew when it is sent again: then it comes after
     * what was seen with it, and what was turned away when the inbox was full may come before.
     */
    void powerCut() {
        streams.values().forEach(stream -> stream.lastSeen = 0);
        for (Message message : all) {
            message.mayComeLate |= message.passedOver;
            if (!message.promised) {
                message.mayRepeat = true;
            } else if (message.seen && !message.mayRepeat) {
                Stream stream = stream(message);
                stream.lastSeen = Math.max(stream.lastSeen, message.id);
            }
        }
    }

    /** Everything has come to rest. */
    void finish(long elapsed) {
        for (Message message : all) {
            if (isMissing(message, elapsed)) {
                throw new Violation(Kind.LOST, "never came: " + message);
            }
            if (message.fate == Message.Fate.OPEN) {
                throw new Violation(Kind.STUCK, "never answered: " + message);
            }
        }
    }

    /** A promised message that has not come yet, or null. */
    @Nullable
    Message missing(long elapsed) {
        for (Message message : all) {
            if (isMissing(message, elapsed)) {
                return message;
            }
        }
        return null;
    }

    long sent() {
        return all.size();
    }

    long seen() {
        return seen;
    }

    long promises() {
        return promises;
    }

    private Stream stream(Message message) {
        return streams.computeIfAbsent(new Pair(message.sender, message.to), pair -> new Stream());
    }
}
