package dev.heddle.wire;

import org.jspecify.annotations.Nullable;

/** Why a SEND was not stored. */
public enum RejectCode {
    DUPLICATE(1),
    INBOX_FULL(2),
    STORAGE_FULL(3),
    TOO_LARGE(4),
    BAD_RECIPIENT(5),
    RATE_LIMITED(6),
    NOT_ALLOWED(7),
    TOO_OLD(8),
    UNAVAILABLE(9);

    private final int code;

    RejectCode(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** What a number stands for; null if this version does not know it. */
    public static @Nullable RejectCode of(int code) {
        for (RejectCode value : values()) {
            if (value.code == code) {
                return value;
            }
        }
        return null;
    }
}
