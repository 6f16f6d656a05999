package dev.heddle.log;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A range of positions whose segments were dropped on purpose; without it their absence is damage. It is kept as the
 * name of an empty file, {@code <start>-<end>.gap} in 16 hex digits each: to be made, extended and lost in one atomic
 * step is just what names can do.
 */
record Gap(long start, long end) {
    private static final Pattern NAME = Pattern.compile("[0-7][0-9a-f]{15}-[0-7][0-9a-f]{15}\\.gap");

    static @Nullable Gap of(String fileName) {
        if (!NAME.matcher(fileName).matches()) {
            return null;
        }
        return new Gap(Long.parseLong(fileName, 0, 16, 16), Long.parseLong(fileName, 17, 33, 16));
    }

    String fileName() {
        return String.format(Locale.ROOT, "%016x-%016x.gap", start, end);
    }

    boolean holds(long position) {
        return position >= start && position < end;
    }
}
