package dev.heddle.verify.oracle;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a ledger comes to; one thread at a time. Bounded: of every kind of fault, three examples are kept. */
public final class Verdict {
    private static final int EXAMPLES = 3;

    private final Map<String, Long> faults = new LinkedHashMap<>();
    private final List<String> examples = new ArrayList<>();
    private long sent;
    private long accepted;
    private long refused;
    private long arrived;

    void count(int sentHere, int acceptedHere, int refusedHere, int arrivedHere) {
        sent += sentHere;
        accepted += acceptedHere;
        refused += refusedHere;
        arrived += arrivedHere;
    }

    void wrong(String kind, Pair pair, long count, int firstNumber) {
        long before = faults.getOrDefault(kind, 0L);
        faults.put(kind, before + count);
        if (count > 0 && before < EXAMPLES) {
            examples.add(count + " " + kind + " from " + pair.sender() + " to " + pair.recipient()
                    + (firstNumber < 0 ? "" : ", first no. " + firstNumber));
        }
    }

    public long sent() {
        return sent;
    }

    public long accepted() {
        return accepted;
    }

    public long refused() {
        return refused;
    }

    public long arrived() {
        return arrived;
    }

    /** Each kind of fault that is looked for, with its count, zero or not. */
    public Map<String, Long> faults() {
        return Collections.unmodifiableMap(faults);
    }

    public long faults(String kind) {
        return faults.getOrDefault(kind, 0L);
    }

    /** A few, in words. */
    public List<String> examples() {
        return List.copyOf(examples);
    }

    public boolean isClean() {
        return faults.values().stream().allMatch(count -> count == 0);
    }

    /** All counts in one line. */
    public String inWords() {
        StringBuilder words = new StringBuilder(accepted + " accepted, " + arrived + " arrived");
        faults.forEach(
                (kind, count) -> words.append(", ").append(count).append(' ').append(kind));
        return words.toString();
    }
}
