package dev.heddle.events;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import org.slf4j.LoggerFactory;

/**
 * Sets Logback up without a file of its own: lines on standard error, warnings of libraries, and of Heddle what the settings
 * say; any thread. A program that has Heddle inside and a {@code logback.xml}, or another backend, is left alone.
 */
@ConfiguratorRank(ConfiguratorRank.FALLBACK + 1)
public final class LogBackend extends ContextAwareBase implements Configurator {
    private static final String OURS = "dev.heddle";
    private static final String APPENDER = "heddle";

    @Override
    public ExecutionStatus configure(LoggerContext logging) {
        LineEncoder encoder = new LineEncoder();
        encoder.setContext(logging);
        encoder.start();
        ConsoleAppender<ILoggingEvent> lines = new ConsoleAppender<>();
        lines.setContext(logging);
        lines.setName(APPENDER);
        lines.setTarget("System.err");
        lines.setEncoder(encoder);
        lines.start();
        Logger all = logging.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        all.setLevel(Level.WARN);
        all.addAppender(lines);
        logging.getLogger(OURS).setLevel(Level.INFO);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** What is written from now on, and how. */
    public static void change(org.slf4j.event.Level level, LineFormat format) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logging
                && logging.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender(APPENDER)
                        instanceof ConsoleAppender<ILoggingEvent> ours
                && ours.getEncoder() instanceof LineEncoder encoder) {
            logging.getLogger(OURS).setLevel(Level.convertAnSLF4JLevel(level));
            encoder.format(format);
        }
    }
}
