package dev.heddle.auth;

/** A key file that cannot be used; the message is one line, names the file, and quotes none of its keys. */
public final class KeyFileException extends Exception {
    private static final long serialVersionUID = 1L;

    public KeyFileException(String message) {
        super(message);
    }
}
