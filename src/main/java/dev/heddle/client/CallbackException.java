package dev.heddle.client;

import java.io.IOException;
import java.io.Serial;

/** The caller's own code threw something, which is the cause. It costs the connection, as a fault of the network does. */
final class CallbackException extends IOException {
    @Serial
    private static final long serialVersionUID = 1;

    CallbackException(String what, Throwable thrown) {
        super(what + " failed: " + thrown, thrown);
    }
}
