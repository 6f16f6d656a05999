package dev.heddle.wire;

import org.jspecify.annotations.Nullable;

/** Why a connection ends. */
public enum GoodbyeCode {
    MALFORMED(100),
    FRAME_TOO_LARGE(101),
    UNSUPPORTED_VERSION(102),
    LOGIN_REQUIRED(103),
    LOGIN_TIMEOUT(104),
    AUTH_FAILED(105),
    REPLACED(106),
    IDLE(107),
    DRAINING(108),
    OVERLOADED(109),
    INTERNAL(110),
    BAD_ACK(111),
    BYE(112);

    private final int code;

    GoodbyeCode(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** What a number stands for; null if this version does not know it. */
    public static @Nullable GoodbyeCode of(int code) {
        for (GoodbyeCode value : values()) {
            if (value.code == code) {
                return value;
            }
        }
        return null;
    }
}
