package dev.heddle.cli;

import java.nio.charset.StandardCharsets;

/** What others wrote, as it may go to a terminal: their control characters are not for ours to obey. */
final class Printable {
    private Printable() {}

    static String text(byte[] utf8) {
        return text(new String(utf8, StandardCharsets.UTF_8));
    }

    static String text(String text) {
        StringBuilder shown = new StringBuilder(text.length());
        text.codePoints()
                .map(point -> Character.isISOControl(point) && point != '\t' ? '\ufffd' : point)
                .forEach(shown::appendCodePoint);
        return shown.toString();
    }
}
