package dev.heddle.admin;

/** A shard does not answer in time; its message says which. */
final class UnansweredException extends Exception {
    private static final long serialVersionUID = 1;

    UnansweredException(String message) {
        super(message);
    }
}
