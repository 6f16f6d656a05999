package dev.heddle.server;

import java.io.IOException;

/** The data folder of a running server is no longer surely its own: another could be started on it, or it is another folder. */
public final class FolderLostException extends IOException {
    private static final long serialVersionUID = 1;

    private final boolean ours;

    FolderLostException(String message, boolean ours) {
        super(message);
        this.ours = ours;
    }

    /** Whether no other server can have started on it yet, so that this one may still write to it and end in good order. */
    public boolean isStillOurs() {
        return ours;
    }
}
