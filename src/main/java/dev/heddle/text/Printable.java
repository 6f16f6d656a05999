package dev.heddle.text;

import java.nio.charset.StandardCharsets;

/**
 * Which characters of a name or a text are shown as they are; no state, any thread. A client chooses its name and what it
 * writes. It must not control a terminal, reorder or hide what stands beside it, or look like another name. The dashboard
 * has the same rule in {@code printable.js}.
 */
public final class Printable {
    private static final char REPLACEMENT = '\ufffd';
    private static final int ZERO_WIDTH_JOINER = 0x200d;
    private static final int EMOJI_VARIATION = 0xfe0f;
    private static final int DELETE = 0x7f;

    private Printable() {}

    /**
     * Whether a code point is shown as it is. Not shown: control characters (C0, DEL, C1), format characters (bidirectional
     * overrides, zero width, tags), line and paragraph separators, surrogates, private and unassigned code points, and those
     * that fonts show as nothing (variation selectors, fillers).
     */
    public static boolean isShown(int point) {
        return switch (Character.getType(point)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            default -> !isIgnorable(point);
        };
    }

    /** Unicode's property Default_Ignorable_Code_Point, as far as these are letters and marks by their category. */
    private static boolean isIgnorable(int point) {
        return switch (point) {
            case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x180b, 0x180c, 0x180d, 0x180f, 0x3164, 0xffa0 -> true;
            default -> (point >= 0xfe00 && point <= 0xfe0f) || (point >= 0xe0100 && point <= 0xe01ef);
        };
    }

    /**
     * A text with U+FFFD in the place of each character that is not shown. A tab stays, and so does what joins emoji or makes
     * one of a symbol, right after an emoji.
     */
    public static String text(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        int before = -1;
        for (int at = 0; at < text.length(); ) {
            int point = text.codePointAt(at);
            at += Character.charCount(point);
            boolean shows = isShown(point) || point == '\t' || isPartOfEmoji(before, point);
            shown.appendCodePoint(shows ? point : REPLACEMENT);
            before = shows ? point : -1;
        }
        return shown.toString();
    }

    /** @param before what was shown before it, -1 if nothing was */
    private static boolean isPartOfEmoji(int before, int point) {
        boolean emoji = before >= 0 && (Character.isExtendedPictographic(before) || Character.isEmojiModifier(before));
        return switch (point) {
            case EMOJI_VARIATION -> emoji;
            case ZERO_WIDTH_JOINER -> emoji || before == EMOJI_VARIATION;
            default -> false;
        };
    }

    /** The same of a text in UTF-8; what is none becomes U+FFFD. */
    public static String text(byte[] utf8) {
        return text(new String(utf8, StandardCharsets.UTF_8));
    }

    /**
     * A document of JSON with an escape in the place of each character of its strings that is not shown; to a program it is
     * the same document. Its control characters below U+0020 are either escaped already, or the spaces between values.
     */
    public static String json(String json) {
        if (json.codePoints().allMatch(point -> point < DELETE || isShown(point))) {
            return json;
        }
        StringBuilder escaped = new StringBuilder(json.length() + 64);
        json.codePoints().forEach(point -> {
            if (point < DELETE || isShown(point)) {
                escaped.appendCodePoint(point);
            } else {
                escape(escaped, point);
            }
        });
        return escaped.toString();
    }

    /** Appends a code point as JSON writes it in ASCII: one escape, or two for a pair of surrogates. */
    public static void escape(StringBuilder escaped, int point) {
        for (char half : Character.toChars(point)) {
            escaped.append(String.format("\\u%04x", (int) half));
        }
    }
}
