package dev.heddle.events;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * One line for each event; any thread. What a library says in words becomes the value of {@code message}, and an exception with
 * its trace the value of {@code error}.
 */
final class LineEncoder extends EncoderBase<ILoggingEvent> {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
    private static final String OURS = "dev.heddle.";
    private static final byte[] NOTHING = {};

    private volatile LineFormat format = LineFormat.TEXT;

    void format(LineFormat next) {
        format = next;
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        List<KeyValuePair> fields = new ArrayList<>();
        if (event.getKeyValuePairs() != null) {
            fields.addAll(event.getKeyValuePairs());
        }
        String message = event.getFormattedMessage();
        if (message != null && !message.isEmpty()) {
            fields.add(new KeyValuePair("message", message));
        }
        if (event.getThrowableProxy() instanceof ThrowableProxy thrown) {
            fields.add(new KeyValuePair("error", trace(thrown.getThrowable())));
        }
        String line = format.line(
                TIME.format(event.getInstant()), event.getLevel().toString(), origin(event.getLoggerName()), fields);
        return line.getBytes(StandardCharsets.UTF_8);
    }

    /** Of ours the room, of others the whole name. */
    private static String origin(String logger) {
        if (!logger.startsWith(OURS)) {
            return logger;
        }
        int end = logger.indexOf('.', OURS.length());
        return logger.substring(OURS.length(), end < 0 ? logger.length() : end);
    }

    private static String trace(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString().strip();
    }

    @Override
    public byte[] headerBytes() {
        return NOTHING;
    }

    @Override
    public byte[] footerBytes() {
        return NOTHING;
    }
}
