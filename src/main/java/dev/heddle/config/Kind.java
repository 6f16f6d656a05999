package dev.heddle.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a setting may hold.
 *
 * @param range for the table: short, and empty if anything goes
 * @param must for the error: "must be ..."
 * @param parser gives null for what may not be
 */
public record Kind<T>(String range, String must, Parser<T> parser) {
    /** {@code yes} or {@code no}; on the command line the bare flag is yes. */
    public static final Kind<Boolean> FLAG = new Kind<>("yes, no", "must be yes or no", text -> switch (text) {
        case "yes" -> true;
        case "no" -> false;
        default -> null;
    });

    private static final Kind<Path> PATH =
            new Kind<>("", "must be a path", text -> text.isEmpty() ? null : absolute(text));

    private static final Kind<Optional<Path>> OPTIONAL_PATH = new Kind<>("", "must be a path", text -> {
        Path path = text.isEmpty() ? null : absolute(text);
        return text.isEmpty() || path != null ? Optional.ofNullable(path) : null;
    });

    /** Reads a value from text without white space around it. */
    public interface Parser<T> {
        @Nullable
        T parse(String text);
    }

    /** A whole number; k, m, g and t may stand behind it, for powers of 1024. */
    public static Kind<Long> number(long least, long most) {
        return number(least, most, least + " to " + most);
    }

    /** As {@link #number}, and the table shows its range as people write sizes. */
    public static Kind<Long> bytes(long least, long most) {
        return number(least, most, Sizes.write(least) + " to " + Sizes.write(most));
    }

    private static Kind<Long> number(long least, long most, String range) {
        return new Kind<>(range, "must be a number from " + least + " to " + most, text -> {
            try {
                long number = Sizes.parse(text);
                return number >= least && number <= most ? (Long) number : null;
            } catch (NumberFormatException none) {
                return null;
            }
        });
    }

    /** A port to listen on, 0 being any free one; or none at all: {@code off}. */
    public static Kind<OptionalInt> portOrOff() {
        Kind<Long> port = number(0, 65_535);
        return new Kind<>("off, " + port.range, "must be off, or a port from 0 to 65535", text -> {
            Long number = port.parser.parse(text);
            return number != null
                    ? OptionalInt.of(Math.toIntExact(number))
                    : text.equals("off") ? OptionalInt.empty() : null;
        });
    }

    /** Whether TLS 1.2 will do. */
    static Kind<Boolean> tlsVersion() {
        return new Kind<>("1.3, 1.2", "must be 1.3 or 1.2", text -> switch (text) {
            case "1.3" -> false;
            case "1.2" -> true;
            default -> null;
        });
    }

    /** Text that is not empty. */
    public static Kind<String> text() {
        return new Kind<>("", "must not be empty", text -> text.isEmpty() ? null : text);
    }

    /** One of these words, the lower-case names of an enum. */
    public static <E extends Enum<E>> Kind<E> oneOf(Class<E> words) {
        List<E> all = Arrays.asList(words.getEnumConstants());
        List<String> names = all.stream().map(Kind::word).toList();
        String last = names.getLast();
        String must = "must be " + String.join(", ", names.subList(0, names.size() - 1)) + " or " + last;
        return new Kind<>(String.join(", ", names), must, text -> {
            int index = names.indexOf(text);
            return index < 0 ? null : all.get(index);
        });
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** A path that has to be given, or has a default. */
    public static Kind<Path> path() {
        return PATH;
    }

    /** A path that may be left empty. */
    public static Kind<Optional<Path>> optionalPath() {
        return OPTIONAL_PATH;
    }

    /** Whether it is a path; a relative one begins where {@link Sources} says. */
    boolean isPath() {
        return equals(PATH) || equals(OPTIONAL_PATH);
    }

    private static @Nullable Path absolute(String text) {
        try {
            Path path = Path.of(text).toAbsolutePath();
            // What is above a link is where the link leads, and not what stands before its name.
            return text.contains("..") ? path : path.normalize();
        } catch (InvalidPathException impossible) {
            return null;
        }
    }
}
