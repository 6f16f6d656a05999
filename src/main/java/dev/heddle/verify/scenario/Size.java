package dev.heddle.verify.scenario;

/** How large a run is. */
public enum Size {
    /** for the tests: seconds */
    TINY,
    /** four minutes in all */
    QUICK,
    /** forty minutes in all */
    FULL;

    public <T> T pick(T tiny, T quick, T full) {
        return switch (this) {
            case TINY -> tiny;
            case QUICK -> quick;
            case FULL -> full;
        };
    }
}
