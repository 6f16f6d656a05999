package dev.heddle.shard;

import java.io.IOException;

/** The data do not fit a setting, which is lower than it was; nothing was changed. */
public final class SettingTooLowException extends IOException {
    private static final long serialVersionUID = 1;

    private SettingTooLowException(String message) {
        super(message);
    }

    static SettingTooLowException users(long most) {
        return new SettingTooLowException(
                "the data hold more users than max.users=" + most + " allows; raise max.users");
    }

    static SettingTooLowException frame(int limit, int needed) {
        return new SettingTooLowException("frame.bytes=" + limit + " is too low for a message that waits; it needs"
                + " frame.bytes=" + needed + " until it is delivered");
    }
}
