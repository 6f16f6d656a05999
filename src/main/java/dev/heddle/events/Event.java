package dev.heddle.events;

import java.util.Locale;
import org.slf4j.event.Level;

/**
 * Everything that the server tells of itself. What a client can cause has a limit of lines a minute; what is above it is
 * counted.
 */
public enum Event {
    /** What the configuration may take, at the start. */
    CEILING(Level.INFO),
    /** It listens where others can connect, with neither tokens nor TLS, because it was told to. */
    EXPOSED(Level.WARN),
    /** The server shows a certificate that no client will take. */
    CERTIFICATE(Level.WARN),
    /** What the server leaves in its data folder for other processes could not be written; it goes on without. */
    NOTE_LOST(Level.WARN),
    /** What was found in a shard's folder. */
    SHARD_OPENED(Level.INFO),
    /** A shard's log had an end that was torn, or another peculiarity that recovery dealt with. */
    SHARD_RECOVERED(Level.WARN),
    READY(Level.INFO),
    /** Somebody set the machine's clock while the server runs. */
    CLOCK_SET(Level.WARN, 10, Summary.WARNING),
    /** Log lines were dropped because the output did not take them. */
    LOG_LINES_DROPPED(Level.WARN),
    /** One thing that a reload has changed, or could not. */
    RELOADED(Level.INFO),
    RELOAD_REFUSED(Level.WARN),
    BACKUP_BEGUN(Level.INFO),
    BACKUP_DONE(Level.INFO),
    /** A backup was not finished, and why; the server goes on. */
    BACKUP_FAILED(Level.WARN),
    DRAINING(Level.INFO),
    /** The ledger. */
    DRAINED(Level.INFO),
    /** The end left no checkpoint that can be trusted; the next start recovers. */
    DRAIN_FAILED(Level.ERROR),
    /** Nothing more is accepted, and the process ends. */
    STORAGE_FAILED(Level.ERROR),
    FOLDER_LOST(Level.ERROR),
    /** SENDs are turned away until there is space again. */
    STORAGE_FULL(Level.WARN, 5, Summary.WARNING),
    STORAGE_FREE(Level.INFO, 5, Summary.IF_SHOWN),
    /** So many connections are open that a further one is turned away. */
    CONNECTIONS_FULL(Level.WARN, 1, Summary.WARNING),
    /** So many connections come from one address, or so fast, that a further one is turned away. */
    ADDRESS_LIMITED(Level.WARN, 1, Summary.WARNING),
    /** The operating system gives no more sockets. */
    ACCEPT_FAILED(Level.WARN, 1, Summary.WARNING),
    /** Somebody was sent away for want of memory, or of room for another user. */
    OVERLOADED(Level.WARN, 1, Summary.WARNING),
    LOGIN_REFUSED(Level.WARN, 10, Summary.WARNING),
    /** A connection to the TLS port that ended before its handshake was complete. */
    HANDSHAKE_FAILED(Level.WARN, 10, Summary.WARNING),
    /** A connection that does not keep to the protocol, and is ended. */
    CLIENT_FAULT(Level.DEBUG, 100, Summary.WARNING),
    /** A SEND that was turned away because its recipient has too much waiting. */
    INBOX_FULL(Level.DEBUG, 100, Summary.WARNING),
    /** The same of a legacy client, which can only be told by ending its connection. */
    LEGACY_REFUSED(Level.WARN, 1, Summary.WARNING),
    SESSION_OPENED(Level.DEBUG, 1000, Summary.IF_SHOWN),
    /** A session that ended because of a later login, of silence, or of its token's time. */
    SESSION_ENDED(Level.DEBUG, 1000, Summary.IF_SHOWN),
    /** Our own fault; the server goes on. */
    FAULT(Level.ERROR, 10, Summary.WARNING);

    /** Who is told how many there were that got no line. */
    enum Summary {
        /** Everybody, also where the lines themselves are below the level of the log. */
        WARNING,
        /** Those who would have seen the lines. */
        IF_SHOWN
    }

    final Level level;
    /** Lines a window. */
    final int most;

    final Summary summary;
    private final String text = name().toLowerCase(Locale.ROOT);

    Event(Level level) {
        this(level, Integer.MAX_VALUE, Summary.IF_SHOWN);
    }

    Event(Level level, int most, Summary summary) {
        this.level = level;
        this.most = most;
        this.summary = summary;
    }

    /** As it stands in the log. */
    @Override
    public String toString() {
        return text;
    }
}
