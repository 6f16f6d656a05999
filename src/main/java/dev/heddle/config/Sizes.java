package dev.heddle.config;

import java.util.Locale;

/** Numbers of bytes as people write and read them: {@code 512m} is 512 x 1024 x 1024. */
public final class Sizes {
    private static final long KIB = 1024;

    private Sizes() {}

    /** @throws NumberFormatException if it is none */
    static long parse(String text) {
        if (text.isEmpty()) {
            throw new NumberFormatException("empty");
        }
        int shift = " kmgt".indexOf(Character.toLowerCase(text.charAt(text.length() - 1)));
        if (shift <= 0) {
            return Long.parseLong(text);
        }
        long number = Long.parseLong(text.substring(0, text.length() - 1));
        long unit = 1L << (10 * shift);
        if (number > Long.MAX_VALUE / unit || number < Long.MIN_VALUE / unit) {
            throw new NumberFormatException("too large");
        }
        return number * unit;
    }

    /** The shortest text that {@link #parse} reads as this number. */
    public static String write(long bytes) {
        int unit = 0;
        long rest = bytes;
        while (rest != 0 && rest % KIB == 0 && unit < 4) {
            rest /= KIB;
            unit++;
        }
        return unit == 0 ? Long.toString(rest) : rest + "kmgt".substring(unit - 1, unit);
    }

    /** For people to read, rounded. */
    public static String format(long bytes) {
        if (bytes < 10 * KIB) {
            return bytes + " B";
        }
        String[] units = {"KiB", "MiB", "GiB", "TiB"};
        double value = bytes;
        int unit = -1;
        while (value >= 10 * KIB || unit < 0) {
            value /= KIB;
            unit++;
            if (unit == units.length - 1) {
                break;
            }
        }
        return String.format(Locale.ROOT, "%.0f %s", value, units[unit]);
    }
}
