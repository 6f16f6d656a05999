package dev.heddle.sim;

/** The core broke a promise. */
public final class Violation extends AssertionError {
    private static final long serialVersionUID = 1L;

    /** Which one. */
    public enum Kind {
        LOST,
        DUPLICATED,
        REORDERED,
        CORRUPTED,
        UNBOUNDED,
        /** Said what is not so: a message nobody sent, an answer to nothing, a presence that is none. */
        UNTRUE,
        /** Did not come to rest although nothing kept it. */
        STUCK,
        /** Threw, or refused a folder that is whole. */
        BROKEN
    }

    private final Kind kind;

    Violation(Kind kind, String what) {
        super(kind + ": " + what);
        this.kind = kind;
    }

    Violation(Kind kind, String what, Throwable cause) {
        super(kind + ": " + what, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
