package dev.heddle.wire;

import org.jspecify.annotations.Nullable;

/** What is known of a user. */
public enum PresenceState {
    OFFLINE(0),
    ONLINE(1),
    NEVER_SEEN(2);

    private final int code;

    PresenceState(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** What a number stands for; null if this version does not know it. */
    public static @Nullable PresenceState of(int code) {
        for (PresenceState value : values()) {
            if (value.code == code) {
                return value;
            }
        }
        return null;
    }
}
