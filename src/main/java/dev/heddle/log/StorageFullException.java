package dev.heddle.log;

import java.io.IOException;

/** The disk has no room for what was to be written. Nothing that was written before is affected. */
public final class StorageFullException extends IOException {
    private static final long serialVersionUID = 1L;

    public StorageFullException(String message, Throwable cause) {
        super(message, cause);
    }

    public StorageFullException(String message) {
        super(message);
    }
}
