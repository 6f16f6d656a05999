package dev.heddle.edge;

import dev.heddle.auth.Verdict;
import dev.heddle.events.Event;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.GoodbyeCode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's way in: its first frame is read, its turn waited for, its token judged, and then it has a session or is sent
 * away. The connection's reader only; it exists for no longer than that takes, and no shard hears of who is refused.
 */
final class Login {
    private static final Logger LOG = LoggerFactory.getLogger(Login.class);

    private final Connection connection;
    private final Edge edge;
    private final Intake in;
    private final Deadlines deadlines;

    Login(Connection connection, Edge edge, Intake in, Deadlines deadlines) {
        this.connection = connection;
        this.edge = edge;
        this.in = in;
        this.deadlines = deadlines;
    }

    /**
     * Takes the first frame of what was read; the connection is {@link Phase#OPEN} afterwards if the client is welcome.
     *
     * @return where the next frame begins; 0: the first one is not whole yet, or no LOGIN
     */
    int take() throws IOException {
        FirstFrame first =
                FirstFrame.read(in.buffer(), in.length(), connection.options().frameLimit());
        if (first == null) {
            return 0;
        }
        ClientFrame login = first.login();
        if (first.refusal() != null) {
            connection.sayGoodbye(first.refusal(), 0, first.reason());
        } else if (login != null && connection.move(Phase.NEW, Phase.LOGGING_IN) && awaitTurn()) {
            judge(login);
        }
        return first.consumed();
    }

    /** Of one address so many log in a second: true when it is this one's turn, false if it is sent away. */
    private boolean awaitTurn() {
        long wait = edge.admission().turn(connection.origin());
        if (wait == Origin.NOT_AT_ALL) {
            connection.sayGoodbye(GoodbyeCode.OVERLOADED, Connection.RETRY_MILLIS, Admission.TOO_FAST);
            return false;
        }
        return pauseUntil(edge.nanos() + wait);
    }

    private void judge(ClientFrame login) throws IOException {
        switch (edge.admission().judge(login.name(), login.body())) {
            case Verdict.Admitted admitted -> {
                connection.grant(admitted.grant());
                deadlines.admitted(edge.realNanos() + TimeUnit.MILLISECONDS.toNanos(admitted.validMillis()));
                enter(login);
            }
            case Verdict.Refused refused -> refuse(login.name(), refused.reason());
        }
    }

    /** The client hears of it only after a while: no later than it would have been waited for. */
    private void refuse(byte[] user, String reason) throws IOException {
        in.release();
        edge.events()
                .at(LOG, Event.LOGIN_REFUSED)
                .addKeyValue("user", () -> new String(user, StandardCharsets.UTF_8))
                .addKeyValue("from", connection::peer)
                .addKeyValue("reason", reason)
                .log();
        long answer = edge.nanos() + edge.admission().refused(address());
        if (pauseUntil(Math.min(answer, deadlines.loginNanos()))) {
            connection.sayGoodbye(GoodbyeCode.AUTH_FAILED, 0, reason);
        }
    }

    private InetAddress address() throws IOException {
        return ((InetSocketAddress) connection.channel().getRemoteAddress()).getAddress();
    }

    /** False if the client is gone meanwhile. A drain waits for nobody. */
    private boolean pauseUntil(long until) {
        while (connection.phase() == Phase.LOGGING_IN && !edge.isDraining() && until - edge.nanos() > 0) {
            LockSupport.parkNanos(this, until - edge.nanos());
        }
        return connection.phase() == Phase.LOGGING_IN;
    }

    private void enter(ClientFrame login) {
        byte[] user = login.name();
        int home = edge.router().shardOf(login.buffer(), login.nameStart(), login.nameLength());
        Dispatch shards = connection.dispatchFrom(home);
        connection.isHandled();
        // However many come at once: they wait for each other, and not those who are logged in for them.
        edge.logins().acquireUninterruptibly();
        boolean welcome;
        try {
            welcome = shards.login(user, login.cursor());
        } finally {
            edge.logins().release();
        }
        if (connection.move(Phase.LOGGING_IN, welcome ? Phase.OPEN : Phase.ENDING) && welcome) {
            if (deadlines.isShort(edge.realNanos())) {
                edge.poller().ask(connection, Poller.WATCH);
            }
            edge.opened(connection);
        }
    }
}
