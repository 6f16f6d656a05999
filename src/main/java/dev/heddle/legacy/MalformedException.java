package dev.heddle.legacy;

import java.io.IOException;

/** A client said what the protocol does not know; the message is for the debug log. */
final class MalformedException extends IOException {
    private static final long serialVersionUID = 1L;

    MalformedException(String message) {
        super(message);
    }
}
