package dev.heddle.verify.oracle;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** All pairs of one process, or of a whole run; one thread at a time. Bounded by the messages of the run, three bits each. */
public final class Ledger {
    private final Map<Pair, Tally> tallies = new HashMap<>();

    /** The pair's tally, made if there is none. */
    public Tally tally(String sender, String recipient) {
        return tallies.computeIfAbsent(new Pair(sender, recipient), pair -> new Tally());
    }

    /** Adds what another process saw. */
    public void add(Ledger other) {
        other.tallies.forEach((pair, tally) -> {
            Tally mine = tallies.get(pair);
            if (mine == null) {
                tallies.put(pair, tally);
            } else {
                mine.add(tally);
            }
        });
    }

    /** What became of everything. */
    public Verdict judge() {
        Verdict verdict = new Verdict();
        tallies.forEach((pair, tally) -> tally.judge(pair, verdict));
        return verdict;
    }

    /** Accepted messages that have not arrived. */
    public long missing() {
        return tallies.values().stream().mapToLong(Tally::missing).sum();
    }

    public void write(Path file) throws IOException {
        try (DataOutputStream out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
            out.writeInt(tallies.size());
            for (Map.Entry<Pair, Tally> entry : tallies.entrySet()) {
                out.writeUTF(entry.getKey().sender());
                out.writeUTF(entry.getKey().recipient());
                entry.getValue().write(out);
            }
        }
    }

    public static Ledger read(Path file) throws IOException {
        Ledger ledger = new Ledger();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            int count = in.readInt();
            for (int i = 0; i < count; i++) {
                Pair pair = new Pair(in.readUTF(), in.readUTF());
                ledger.tallies.put(pair, Tally.read(in));
            }
        }
        return ledger;
    }
}
