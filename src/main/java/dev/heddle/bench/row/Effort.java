package dev.heddle.bench.row;

/** How much is measured. */
public enum Effort {
    /** To see that all of it works. */
    TINY,
    /** The whole table within three minutes. */
    SHORT,
    /** As the goals are put. */
    FULL;

    public int pick(int tiny, int shortly, int full) {
        return switch (this) {
            case TINY -> tiny;
            case SHORT -> shortly;
            case FULL -> full;
        };
    }
}
