package dev.heddle.crash;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Keeps book of what was accepted and of what arrived, from outside; any thread. Every message carries its sender, its number
 * among those from that sender to that recipient, and bytes that follow from both.
 */
public final class Ledger {
    private record Pair(String sender, String recipient) {}

    private static final class Book {
        /** Number to whether it was accepted. */
        final TreeMap<Integer, Boolean> sent = new TreeMap<>();

        final TreeMap<Integer, Integer> arrived = new TreeMap<>();
        int last = -1;
        int reordered;
        int repeated;
        int corrupted;
        int invented;

        void addAll(Book book) {
            sent.putAll(book.sent);
            arrived.putAll(book.arrived);
            last = book.last;
        }
    }

    private final Map<Pair, Book> books = new HashMap<>();

    /** The body of the next message of this pair. */
    public synchronized byte[] next(String sender, String recipient, RandomGenerator random, int most) {
        Book book = book(sender, recipient);
        int number = book.sent.size();
        book.sent.put(number, false);
        int size = 8 + random.nextInt(most);
        ByteBuffer body = ByteBuffer.allocate(size).putInt(number).putInt(size);
        fill(body, sender, number);
        return body.array();
    }

    private static void fill(ByteBuffer body, String sender, int number) {
        for (int i = 8; i < body.capacity(); i++) {
            body.put(i, (byte) (sender.hashCode() + 31 * number + i));
        }
    }

    /** The server said ACCEPTED. */
    public synchronized void accepted(String sender, String recipient, byte[] body) {
        book(sender, recipient).sent.put(ByteBuffer.wrap(body).getInt(0), true);
    }

    /** A message arrived at a client that keeps its cursor. */
    public synchronized void arrived(String sender, String recipient, byte[] body) {
        Book book = book(sender, recipient);
        if (body.length < 8 || !book.sent.containsKey(ByteBuffer.wrap(body).getInt(0))) {
            book.invented++;
            return;
        }
        int number = ByteBuffer.wrap(body).getInt(0);
        ByteBuffer right = ByteBuffer.allocate(body.length).putInt(number).putInt(body.length);
        fill(right, sender, number);
        if (!Arrays.equals(right.array(), body)) {
            book.corrupted++;
        }
        if (book.arrived.merge(number, 1, Integer::sum) > 1) {
            book.repeated++;
        } else if (number < book.last) {
            book.reordered++;
        }
        book.last = Math.max(book.last, number);
    }

    /** What is known now, to go its own way from here. */
    public synchronized Ledger branch() {
        Ledger branch = new Ledger();
        books.forEach((pair, book) -> branch.book(pair.sender, pair.recipient).addAll(book));
        return branch;
    }

    /**
     * Learns what the ledger that it branched off has seen since: what was sent may have been accepted, or not, and what arrived
     * has arrived.
     */
    public synchronized void catchUp(Ledger original) {
        original.branch().books.forEach((pair, later) -> {
            Book book = book(pair.sender, pair.recipient);
            later.sent.keySet().forEach(number -> book.sent.putIfAbsent(number, false));
            book.arrived.clear();
            book.arrived.putAll(later.arrived);
            book.last = later.last;
        });
    }

    /** Accepted messages that have not arrived. */
    public synchronized int missing() {
        int missing = 0;
        for (Book book : books.values()) {
            for (Map.Entry<Integer, Boolean> message : book.sent.entrySet()) {
                if (message.getValue() && !book.arrived.containsKey(message.getKey())) {
                    missing++;
                }
            }
        }
        return missing;
    }

    public synchronized long acceptedCount() {
        return books.values().stream()
                .flatMap(book -> book.sent.values().stream())
                .filter(accepted -> accepted)
                .count();
    }

    /** What is wrong, in words; empty if nothing is. */
    public synchronized List<String> faults() {
        List<String> faults = new ArrayList<>();
        books.forEach((pair, book) -> {
            count(faults, pair, "reordered", book.reordered);
            count(faults, pair, "duplicated", book.repeated);
            count(faults, pair, "corrupted", book.corrupted);
            count(faults, pair, "invented", book.invented);
        });
        int missing = missing();
        if (missing > 0) {
            faults.add(missing + " lost");
        }
        return faults;
    }

    private static void count(List<String> faults, Pair pair, String what, int count) {
        if (count > 0) {
            faults.add(count + " " + what + " from " + pair.sender + " to " + pair.recipient);
        }
    }

    private Book book(String sender, String recipient) {
        return books.computeIfAbsent(new Pair(sender, recipient), pair -> new Book());
    }
}
