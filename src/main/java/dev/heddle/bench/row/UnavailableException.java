package dev.heddle.bench.row;

import java.io.Serial;

/** This machine cannot measure that row; the message says what it lacks. */
public final class UnavailableException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    UnavailableException(String message) {
        super(message);
    }
}
