package dev.heddle.admin;

/** A request that cannot be answered as it is; its message is for whoever asked. */
public final class BadRequestException extends Exception {
    private static final long serialVersionUID = 1;

    public BadRequestException(String message) {
        super(message);
    }
}
