package dev.heddle.log;

/**
 * The log took no more work because an earlier force failed. The operating system may have thrown away the pages it
 * could not write and would report success the next time, so that only a fresh start can tell what is durable.
 */
public final class LogFailedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public LogFailedException(Throwable cause) {
        super("the log has failed and must be opened again: " + cause.getMessage(), cause);
    }
}
