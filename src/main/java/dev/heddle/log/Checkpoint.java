package dev.heddle.log;

/** What {@link Checkpoints#read} found. */
public sealed interface Checkpoint {
    /** There is none of that name. */
    record Absent() implements Checkpoint {}

    /**
     * There is one that cannot be used, and nothing of it was shown.
     *
     * @param file its name in the folder
     * @param reason for people
     */
    record Damaged(String file, String reason) implements Checkpoint {}

    /**
     * All of it was shown.
     *
     * @param logEnd position of the log that it belongs to
     * @param records how many it held
     */
    record Complete(long logEnd, long records) implements Checkpoint {}
}
