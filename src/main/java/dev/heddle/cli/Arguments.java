package dev.heddle.cli;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether the words of a command are those that were typed. They are bytes, in UTF-8; Java makes text of them before the program
 * begins, by the encoding of the locale, and what is malformed in it becomes U+FFFD. A user with such a name is somebody else,
 * and two different names may have become one.
 */
final class Arguments {
    private static final String OURS = "HEDDLE_";
    private static final char REPLACEMENT = '\ufffd';
    private static final int FIRST_BEYOND_ASCII = 0x80;

    private Arguments() {}

    /**
     * What is wrong with them, in a line; empty: nothing.
     *
     * @param encoding by which Java decoded them, which is its property {@code sun.jnu.encoding}; null: it does not say
     */
    static Optional<String> fault(String[] words, Map<String, String> environment, @Nullable String encoding) {
        boolean utf8 = encoding != null
                && Charset.isSupported(encoding)
                && Charset.forName(encoding).equals(StandardCharsets.UTF_8);
        String why = utf8
                ? " is not UTF-8"
                : " is not ASCII, and Java cannot read it in this locale (" + encoding
                        + "); LC_ALL=C.UTF-8, or another locale with UTF-8, helps";
        for (int i = 0; i < words.length; i++) {
            if (isLost(words[i], utf8)) {
                return Optional.of("argument " + (i + 1) + why);
            }
        }
        return new TreeMap<>(environment)
                .entrySet().stream()
                        .filter(variable -> variable.getKey().startsWith(OURS) && isLost(variable.getValue(), utf8))
                        .findFirst()
                        .map(variable -> variable.getKey() + why);
    }

    private static boolean isLost(String text, boolean utf8) {
        return text.chars().anyMatch(unit -> utf8 ? unit == REPLACEMENT : unit >= FIRST_BEYOND_ASCII);
    }
}
