package dev.heddle.bench.row;

import java.io.IOException;

/** A row that is set up: a server, and clients that are logged in. What it uses ends with its {@link Rig}. */
@FunctionalInterface
public interface Stand {
    /**
     * Measures once.
     *
     * @throws IOException if the server broke a promise, a message was lost for example
     */
    Reading run() throws IOException, InterruptedException;
}
