package dev.heddle.cli;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The lines of an input; one thread. Bounded: a line that is too long is complained about and passed over. */
final class TypedLines {
    private final InputStream in;
    private final Charset charset;
    private final int mostBytes;
    private final Consumer<String> complaint;

    TypedLines(InputStream in, Charset charset, int mostBytes, Consumer<String> complaint) {
        this.in = new BufferedInputStream(in);
        this.charset = charset;
        this.mostBytes = mostBytes;
        this.complaint = complaint;
    }

    /** The next line that can be used, without its end; null behind the last one. */
    @Nullable
    String next() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        boolean some = false;
        boolean tooLong = false;
        for (int each = in.read(); each >= 0; each = in.read()) {
            if (each == '\n') {
                String text = text(line, tooLong);
                if (text != null) {
                    return text;
                }
                line.reset();
                some = false;
                tooLong = false;
            } else if (!tooLong) {
                some = true;
                if (line.size() == mostBytes) {
                    tooLong = true;
                    complaint.accept("a line of more than " + mostBytes + " bytes is not sent");
                    line.reset();
                } else {
                    line.write(each);
                }
            }
        }
        return some ? text(line, tooLong) : null;
    }

    private @Nullable String text(ByteArrayOutputStream line, boolean tooLong) {
        if (tooLong) {
            return null;
        }
        try {
            String text = charset.newDecoder()
                    .decode(ByteBuffer.wrap(line.toByteArray()))
                    .toString();
            return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
        } catch (CharacterCodingException other) {
            complaint.accept("a line that is not " + charset + " is not sent");
            return null;
        }
    }
}
