package dev.heddle.events;

import com.google.errorprone.annotations.CheckReturnValue;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;
import org.slf4j.spi.NOPLoggingEventBuilder;

/**
 * Lets events into the log, no more of a kind in a minute than {@link Event} allows; any thread. Bounded by a few numbers and
 * one timer for each kind.
 *
 * <p>The first event of a kind begins its minute. When that is over, one line says how many got none, if any; the next event
 * begins the next. So who has something to say a million times costs two additions each time, and nothing is allocated.
 */
public final class EventLog implements AutoCloseable {
    private static final int WINDOW_SECONDS = 60;
    private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

    private final Map<Event, Window> windows = new EnumMap<>(Event.class);

    public EventLog() {
        this(CompletableFuture.delayedExecutor(WINDOW_SECONDS, TimeUnit.SECONDS));
    }

    /** @param windowEnd runs what ends a window, when it is time */
    EventLog(Executor windowEnd) {
        for (Event event : Event.values()) {
            windows.put(event, new Window(event, windowEnd));
        }
    }

    /**
     * The line of an event, to which its key-values are added; one that goes nowhere if there were too many of them.
     *
     * @param log the logger of the class that has something to say
     */
    @CheckReturnValue
    public LoggingEventBuilder at(Logger log, Event event) {
        Window window = windows.get(event);
        if (window == null || !window.admits(log)) {
            return NOPLoggingEventBuilder.singleton();
        }
        return log.atLevel(event.level).addKeyValue("event", event);
    }

    /** Says how many have got no line so far, for those who will hear no more, and waits for what was said to be written. */
    @Override
    public void close() {
        windows.values().forEach(Window::end);
        LogBackend.flush();
    }

    /** One kind of event, and how many there were of late. */
    private static final class Window {
        private final Event event;
        private final Executor windowEnd;
        private final AtomicBoolean open = new AtomicBoolean();
        private final AtomicInteger told = new AtomicInteger();
        private final AtomicLong suppressed = new AtomicLong();

        Window(Event event, Executor windowEnd) {
            this.event = event;
            this.windowEnd = windowEnd;
        }

        boolean admits(Logger log) {
            boolean shown = log.isEnabledForLevel(event.level);
            if (event.most == Integer.MAX_VALUE || (!shown && event.summary == Event.Summary.IF_SHOWN)) {
                return shown;
            }
            boolean admitted = shown && told.get() < event.most && told.getAndIncrement() < event.most;
            if (!admitted) {
                suppressed.getAndIncrement();
            }
            // After it was counted: either it is in the summary of the window that is open, or it opens the next one.
            if (!open.get() && open.compareAndSet(false, true)) {
                windowEnd.execute(this::end);
            }
            return admitted;
        }

        void end() {
            told.set(0);
            open.set(false);
            long many = suppressed.getAndSet(0);
            if (many > 0) {
                LOG.atLevel(event.summary == Event.Summary.WARNING ? Level.WARN : event.level)
                        .addKeyValue("event", event)
                        .addKeyValue("suppressed", many)
                        .addKeyValue("seconds", WINDOW_SECONDS)
                        .log();
            }
        }
    }
}
