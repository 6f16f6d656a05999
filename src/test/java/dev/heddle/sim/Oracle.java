package dev.heddle.sim;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Knows what was sent and what arrived, and says what is wrong with it. It trusts nothing that the core says of itself.
 */
public final class Oracle {
    /** What a sender knows of a message. */
    enum Fate {
        /** Neither accepted nor rejected so far. */
        OPEN,
        ACCEPTED,
        /** Turned away: must never arrive. */
        REJECTED,
        /** TOO_OLD: may have been stored or not. */
        UNKNOWN
    }

    private static final class Sent {
        final String to;
        final int bodyHash;
        Fate fate = Fate.OPEN;
        /** Arrived before it was accepted, and then the power went: the log may have lost what the recipient has seen. */
        boolean mayRepeat;

        Sent(String to, int bodyHash) {
            this.to = to;
            this.bodyHash = bodyHash;
        }
    }

    private record Key(String sender, long id) {}

    private static final class Seen {
        final Set<Key> messages = new HashSet<>();
        final Map<String, Long> lastId = new HashMap<>();
        final Map<Long, Key> bySeq = new HashMap<>();
    }

    private final Map<Key, Sent> sent = new HashMap<>();
    private final Map<String, Seen> seen = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private long arrived;

    void sent(String sender, long id, String to, int bodyHash) {
        sent.putIfAbsent(new Key(sender, id), new Sent(to, bodyHash));
    }

    void accepted(String sender, long id) {
        fate(sender, id, Fate.ACCEPTED);
    }

    void rejected(String sender, long id, boolean unknown) {
        fate(sender, id, unknown ? Fate.UNKNOWN : Fate.REJECTED);
    }

    private void fate(String sender, long id, Fate fate) {
        Sent message = sent.get(new Key(sender, id));
        if (message == null) {
            wrong.add("answer " + fate + " for " + sender + "/" + id + ", which was never sent");
        } else if (message.fate == Fate.OPEN) {
            message.fate = fate;
        } else if (message.fate != fate) {
            wrong.add(sender + "/" + id + " was " + message.fate + " and then " + fate);
        }
    }

    /**
     * A message reached a client.
     *
     * @param again the client may rightly have seen it before: it forgets its cursor
     */
    void arrived(String receiver, long seq, String sender, long id, int bodyHash, boolean again) {
        arrived++;
        Key key = new Key(sender, id);
        Sent message = sent.get(key);
        Seen here = seen.computeIfAbsent(receiver, name -> new Seen());
        String what = sender + "/" + id + " to " + receiver + " as seq " + seq;
        if (message == null || !message.to.equals(receiver)) {
            wrong.add("invented: " + what);
            return;
        }
        if (message.bodyHash != bodyHash) {
            wrong.add("corrupted: " + what);
        }
        if (message.fate == Fate.REJECTED) {
            wrong.add("rejected and delivered: " + what);
        }
        Key before = here.bySeq.put(seq, key);
        if (before != null && !before.equals(key)) {
            wrong.add("seq used twice: " + what + ", before " + before);
        }
        boolean fresh = here.messages.add(key);
        if (!fresh && !again && !message.mayRepeat) {
            wrong.add("duplicated: " + what);
        }
        Long last = here.lastId.get(sender);
        if (fresh && last != null && id <= last) {
            wrong.add("reordered: " + what + " after id " + last);
        }
        if (last == null || id > last) {
            here.lastId.put(sender, id);
        }
    }

    /** The machine loses power: what was delivered and not accepted may be stored a second time when it is sent again. */
    void powerCut() {
        sent.values().stream()
                .filter(message -> message.fate == Fate.OPEN)
                .forEach(message -> message.mayRepeat = true);
        for (Seen there : seen.values()) {
            there.lastId.clear();
            for (Key key : there.messages) {
                Sent message = sent.get(key);
                if (message != null && message.fate != Fate.OPEN) {
                    there.lastId.merge(key.sender, key.id, Math::max);
                }
            }
        }
    }

    void note(String problem) {
        wrong.add(problem);
    }

    /** When everything has been fetched: what was accepted and never came. */
    void finish() {
        sent.forEach((key, message) -> {
            Seen there = seen.get(message.to);
            if (message.fate == Fate.ACCEPTED && (there == null || !there.messages.contains(key))) {
                wrong.add("lost: " + key.sender + "/" + key.id + " to " + message.to);
            }
            if (message.fate == Fate.OPEN) {
                wrong.add("never answered: " + key.sender + "/" + key.id);
            }
        });
    }

    @Nullable
    String firstWrong() {
        return wrong.isEmpty() ? null : wrong.getFirst();
    }

    List<String> wrong() {
        return wrong;
    }

    long sent() {
        return sent.size();
    }

    long arrived() {
        return arrived;
    }

    long accepted() {
        return sent.values().stream()
                .filter(message -> message.fate == Fate.ACCEPTED)
                .count();
    }
}
