package dev.heddle.shard;

import java.io.IOException;

/** The log knows more users than the store has room for: {@code max.users} is lower than it was. */
public final class TooManyUsersException extends IOException {
    private static final long serialVersionUID = 1;

    TooManyUsersException(long most) {
        super("the data hold more users than max.users=" + most + "; raise max.users");
    }
}
