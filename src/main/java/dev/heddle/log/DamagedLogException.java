package dev.heddle.log;

import java.io.IOException;

/** Bytes that were forced to disk are no longer what they were. What they held is not served and not thrown away. */
public final class DamagedLogException extends IOException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final long offset;

    public DamagedLogException(String file, long offset, String reason) {
        super("damaged log: file " + file + ", offset " + offset + ": " + reason);
        this.file = file;
        this.offset = offset;
    }

    /** Name of the file inside the log's folder. */
    public String file() {
        return file;
    }

    /** Bytes from the file's beginning to what cannot be read. */
    public long offset() {
        return offset;
    }
}
