package dev.heddle.edge;

import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import dev.heddle.wire.GoodbyeCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the log is told of a connection that we end: whether by its own fault, or in the course of things. Holds nothing. */
final class Ending {
    private static final Logger LOG = LoggerFactory.getLogger(Ending.class);

    private Ending() {}

    /** @param outlet of its user's own shard; null if there is none yet */
    static void tell(EventLog events, Connection connection, @Nullable Outlet outlet, GoodbyeCode code, String reason) {
        Event event = switch (code) {
            case MALFORMED, FRAME_TOO_LARGE, UNSUPPORTED_VERSION, LOGIN_REQUIRED, LOGIN_TIMEOUT, BAD_ACK ->
                Event.CLIENT_FAULT;
            case REPLACED, IDLE, AUTH_FAILED -> Event.SESSION_ENDED;
            case OVERLOADED, INTERNAL -> Event.OVERLOADED;
            // Told once for all of them, or the client's own wish.
            case DRAINING, BYE -> null;
        };
        if (event == null) {
            return;
        }
        var line = events.at(LOG, event).addKeyValue("code", code);
        if (outlet != null && outlet.session() != null) {
            line = line.addKeyValue("user", outlet::user).addKeyValue("session", outlet::number);
        }
        line.addKeyValue("from", connection::peer).addKeyValue("reason", reason).log();
    }
}
