package dev.heddle.verify.process;

import java.util.Locale;

/**
 * The line in which a server prints its memory ceiling, for example {@code memory ceiling 1324 MiB (heap 512 MiB, ...) and 4948
 * MiB of socket buffers, for 19792 connections}; empty if it printed none.
 */
public record CeilingLine(String text) {
    static final String START = "memory ceiling ";
    private static final String CONNECTIONS = ", for ";

    /** Of the process, in bytes; 0 if there is none. */
    public long bytes() {
        String[] words = text.split(" ", -1);
        return words.length > 3 ? parse(words[2] + words[3]) : 0;
    }

    /** How many the server says it takes; 0 if it does not say. */
    public int connections() {
        int at = text.lastIndexOf(CONNECTIONS);
        return at < 0
                ? 0
                : Integer.parseInt(text.substring(at + CONNECTIONS.length()).split(" ", -1)[0]);
    }

    /** A size without its space: {@code 640MiB}, {@code 9000B}. */
    private static long parse(String size) {
        String lower = size.toLowerCase(Locale.ROOT).replaceAll("[^0-9.kmg]", "");
        String number = lower.replaceAll("[kmg]", "");
        int unit = lower.endsWith("k") ? 10 : lower.endsWith("m") ? 20 : lower.endsWith("g") ? 30 : 0;
        return number.isEmpty() ? 0 : (long) (Double.parseDouble(number) * (1L << unit));
    }
}
