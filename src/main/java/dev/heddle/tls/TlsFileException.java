package dev.heddle.tls;

/** A certificate or key that cannot be used; the message is one line, names the file, and quotes none of its secrets. */
public final class TlsFileException extends Exception {
    private static final long serialVersionUID = 1L;

    public TlsFileException(String message) {
        super(message);
    }
}
