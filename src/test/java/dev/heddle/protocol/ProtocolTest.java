package dev.heddle.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.protocol.Frame.Deliver;
import dev.heddle.protocol.Frame.Presence;
import dev.heddle.protocol.Frame.Welcome;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

@ParameterizedClass(name = "{0} shards")
@ValueSource(strings = {"1", "3"})
final class ProtocolTest {
    private static final int OFFLINE = 0;
    private static final int ONLINE = 1;
    private static final int NEVER_SEEN = 2;
    private static final int DUPLICATE = 1;
    private static final int INBOX_FULL = 2;
    private static final int TOO_LARGE = 4;
    private static final int BAD_RECIPIENT = 5;
    private static final int NOT_ALLOWED = 7;
    private static final int TOO_OLD = 8;
    private static final int REPLACED = 106;
    private static final int IDLE = 107;
    private static final int DRAINING = 108;
    private static final int BAD_ACK = 111;
    private static final int BYE = 112;

    private final String shards;

    @TempDir
    private Path data;

    private RunningServer server;

    ProtocolTest(String shards) {
        this.shards = shards;
    }

    @BeforeEach
    void start() throws Exception {
        server = new RunningServer(
                data, "shards", shards, "inbox.messages", "50", "frame.bytes", "70000", "heartbeat.seconds", "1");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void restart() throws Exception {
        server.drain();
        server.close();
        start();
    }

    // ---- login ----

    @Test
    void welcome_tells_limits_time_and_what_waits() throws Exception {
        try (RawClient alice = server.login("alice")) {
            alice.send(1L << 62, "bob", "never given out");
            alice.expect(Frame.REJECTED);
        }
        try (RawClient alice = RawClient.login(server.port, "alice", 0);
                RawClient bob = RawClient.login(server.port, "bob", 0)) {
            Welcome first = alice.welcome();
            alice.send(first.firstId(), "carol", "one");
            alice.expect(Frame.ACCEPTED);
            Welcome second = bob.welcome();
            assertThat(first.version()).isEqualTo(1);
            assertThat(first.frameLimit()).isEqualTo(70_000);
            assertThat(first.heartbeat()).isEqualTo(1);
            assertThat(first.backlog()).isZero();
            assertThat(first.session()).isNotEqualTo(second.session());
            assertThat(first.serverTime()).isBetween(System.currentTimeMillis() - 60_000, System.currentTimeMillis());
        }
        try (RawClient carol = RawClient.login(server.port, "carol", 0)) {
            assertThat(carol.welcome().backlog()).isEqualTo(1);
        }
    }

    @Test
    void first_ids_only_rise_over_logins_and_restarts() throws Exception {
        long last = 0;
        for (int life = 0; life < 3; life++) {
            for (int i = 0; i < 5; i++) {
                try (RawClient alice = RawClient.login(server.port, "alice", 0)) {
                    long first = alice.welcome().firstId();
                    assertThat(first).isGreaterThan(last);
                    last = first + 1000;
                    alice.send(last, "bob" + life, "x");
                    alice.expect(Frame.ACCEPTED);
                }
            }
            restart();
        }
    }

    @Test
    void a_later_login_wins_and_the_earlier_session_hears_so() throws Exception {
        try (RawClient earlier = server.login("alice");
                RawClient later = server.login("alice")) {
            assertThat(earlier.expectGoodbye()).isEqualTo(REPLACED);
            later.sync();
            try (RawClient bob = RawClient.login(server.port, "bob", 0)) {
                long id = bob.welcome().firstId();
                bob.send(id, "alice", "hello");
                assertThat(later.deliver().body()).isEqualTo("hello");
            }
        }
    }

    @Test
    void a_takeover_brings_everything_that_was_not_acknowledged_again_in_order() throws Exception {
        try (RawClient bob = RawClient.login(server.port, "bob", 0);
                RawClient earlier = server.login("alice")) {
            long id = bob.welcome().firstId();
            for (int i = 0; i < 10; i++) {
                bob.send(id + i, "alice", "m" + i);
            }
            List<Long> seqs = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                Deliver message = earlier.deliver();
                assertThat(message.flags()).isZero();
                seqs.add(message.seq());
            }
            earlier.ack(seqs.get(3));
            earlier.sync();
            try (RawClient later = server.login("alice")) {
                for (int i = 4; i < 10; i++) {
                    Deliver message = later.deliver();
                    assertThat(message.seq()).isEqualTo(seqs.get(i));
                    assertThat(message.body()).isEqualTo("m" + i);
                    assertThat(message.flags()).isEqualTo(1);
                }
            }
        }
    }

    // ---- sending ----

    @Test
    void accepted_is_cumulative_and_names_ids_that_were_sent() throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0)) {
            long id = alice.welcome().firstId();
            for (int i = 0; i < 40; i++) {
                alice.send(id + 3L * i, "user" + i % 7, "x");
            }
            long accepted = 0;
            while (accepted < id + 3 * 39) {
                long now = alice.expect(Frame.ACCEPTED).number();
                assertThat(now).isGreaterThan(accepted).isLessThanOrEqualTo(id + 3 * 39);
                accepted = now;
            }
        }
    }

    @Test
    void who_is_away_finds_everything_in_order_with_time_and_sender() throws Exception {
        long before = System.currentTimeMillis();
        long id;
        try (RawClient alice = RawClient.login(server.port, "alice", 0)) {
            id = alice.welcome().firstId();
            for (int i = 0; i < 30; i++) {
                alice.send(id + i, "bob", "m" + i);
            }
            while (alice.expect(Frame.ACCEPTED).number() < id + 29) {
                // more
            }
        }
        restart();
        try (RawClient bob = RawClient.login(server.port, "bob", 0)) {
            assertThat(bob.welcome().backlog()).isEqualTo(30);
            long last = 0;
            for (int i = 0; i < 30; i++) {
                Deliver message = bob.deliver();
                assertThat(message.id()).isEqualTo(id + i);
                assertThat(message.sender()).isEqualTo("alice");
                assertThat(message.body()).isEqualTo("m" + i);
                assertThat(message.seq()).isGreaterThan(last);
                assertThat(message.acceptedAt()).isBetween(before - 1000, System.currentTimeMillis());
                last = message.seq();
                if (i % 10 == 9) {
                    bob.ack(last);
                }
            }
        }
    }

    @Test
    void a_repeat_is_a_duplicate_and_is_stored_once() throws Exception {
        long id;
        try (RawClient alice = RawClient.login(server.port, "alice", 0)) {
            id = alice.welcome().firstId();
            alice.send(id, "bob", "once");
            alice.expect(Frame.ACCEPTED);
        }
        restart();
        try (RawClient alice = server.login("alice")) {
            alice.send(id, "bob", "once");
            Frame rejected = alice.expect(Frame.REJECTED);
            assertThat(rejected.number()).isEqualTo(id);
            assertThat(rejected.code()).isEqualTo(DUPLICATE);
        }
        try (RawClient bob = RawClient.login(server.port, "bob", 0)) {
            assertThat(bob.welcome().backlog()).isEqualTo(1);
        }
    }

    @Test
    void a_message_that_was_rejected_is_answered_once_and_holds_nobody_back() throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0)) {
            long id = alice.welcome().firstId();
            for (int i = 0; i < 60; i++) {
                alice.send(id + i, "bob", "m" + i);
            }
            for (int i = 0; i < 10; i++) {
                alice.send(id + 60 + i, "carol" + i, "c");
            }
            int rejected = 0;
            long accepted = 0;
            while (accepted < id + 69) {
                Frame frame = alice.next();
                if (frame.type() == Frame.REJECTED) {
                    assertThat(frame.number()).isEqualTo(id + 50 + rejected).isGreaterThan(accepted);
                    assertThat(frame.code()).isEqualTo(INBOX_FULL);
                    rejected++;
                } else {
                    accepted = frame.number();
                }
            }
            assertThat(rejected).isEqualTo(10);
            // One that was turned away, and ones after it were stored: nobody can tell any more.
            alice.send(id + 55, "bob", "m55");
            assertThat(alice.expect(Frame.REJECTED).number()).isEqualTo(id + 55);
        }
    }

    @Test
    void an_id_that_was_turned_away_is_too_old_afterwards() throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0);
                RawClient bob = server.login("bob")) {
            long id = alice.welcome().firstId();
            for (int i = 0; i <= 50; i++) {
                alice.send(id + i, "bob", "m" + i);
            }
            Frame frame = alice.next();
            while (frame.type() == Frame.ACCEPTED) {
                frame = alice.next();
            }
            assertThat(frame.number()).isEqualTo(id + 50);
            assertThat(frame.code()).isEqualTo(INBOX_FULL);
            Deliver first = bob.deliver();
            bob.ack(first.seq());
            bob.ping(1);
            while (true) {
                Frame next = bob.next();
                if (next.type() == Frame.PONG) {
                    break;
                }
            }
            alice.send(id + 51, "bob", "there is room again");
            alice.send(id + 50, "bob", "m50");
            boolean accepted = false;
            boolean tooOld = false;
            while (!accepted || !tooOld) {
                Frame answer = alice.next();
                if (answer.type() == Frame.ACCEPTED) {
                    accepted |= answer.number() == id + 51;
                } else {
                    assertThat(answer.number()).isEqualTo(id + 50);
                    assertThat(answer.code()).isEqualTo(TOO_OLD);
                    tooOld = true;
                }
            }
        }
    }

    @Test
    void recipients_that_are_none_ids_out_of_time_and_bodies_that_fit_nowhere_are_rejected_and_the_rest_goes_on()
            throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0)) {
            long id = alice.welcome().firstId();
            alice.send(id, "", "nobody");
            assertRejected(alice, id, BAD_RECIPIENT);
            alice.send(id + 1, "x".repeat(129), "too long a name");
            assertRejected(alice, id + 1, BAD_RECIPIENT);
            alice.send(id + 2, "a\u0007b", "a control character");
            assertRejected(alice, id + 2, BAD_RECIPIENT);
            alice.write(RawClient.frame(0x02, out -> {
                out.writeLong(id + 3);
                out.write(new byte[] {2, (byte) 0xc3, 0x28});
            }));
            assertRejected(alice, id + 3, BAD_RECIPIENT);
            alice.send(id + 4, "b", "x".repeat(70_000 - 11));
            assertRejected(alice, id + 4, TOO_LARGE);
            alice.send(-1L, "bob", "an id of the far future");
            assertRejected(alice, -1L, NOT_ALLOWED);
            alice.send(0, "bob", "no id");
            assertRejected(alice, 0, NOT_ALLOWED);
            alice.send(id + 5, "bob", "a good one");
            assertThat(alice.expect(Frame.ACCEPTED).number()).isEqualTo(id + 5);
        }
    }

    private static void assertRejected(RawClient client, long id, int code) throws Exception {
        Frame frame = client.expect(Frame.REJECTED);
        assertThat(frame.number()).isEqualTo(id);
        assertThat(frame.code()).isEqualTo(code);
        assertThat(frame.rest()).isNotBlank();
    }

    @Test
    void an_empty_message_and_the_largest_one_arrive_as_they_were_sent() throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0);
                RawClient bob = server.login("bob")) {
            long id = alice.welcome().firstId();
            String largest = "y".repeat(70_000 - 1 - 25 - 6);
            for (int i = 0; i < 12; i++) {
                alice.send(id + 2L * i, "bob", "");
                alice.send(id + 2L * i + 1, "bob", largest);
                assertThat(bob.deliver().body()).isEmpty();
                Deliver message = bob.deliver();
                assertThat(message.body()).isEqualTo(largest);
                bob.ack(message.seq());
            }
        }
    }

    @Test
    void a_message_to_oneself_arrives() throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0)) {
            long id = alice.welcome().firstId();
            alice.send(id, "alice", "note");
            boolean accepted = false;
            boolean delivered = false;
            while (!accepted || !delivered) {
                Frame frame = alice.next();
                accepted |= frame.type() == Frame.ACCEPTED;
                delivered |= frame.type() == Frame.DELIVER;
            }
        }
    }

    // ---- receiving ----

    @Test
    void without_an_ack_only_a_window_comes_and_acks_bring_the_rest() throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0);
                RawClient bob = server.login("bob")) {
            long id = alice.welcome().firstId();
            for (int i = 0; i < 50; i++) {
                alice.send(id + i, "bob", "m" + i);
            }
            while (alice.expect(Frame.ACCEPTED).number() < id + 49) {
                // more
            }
            long last = 0;
            for (int i = 0; i < 16; i++) {
                last = bob.deliver().seq();
            }
            bob.sync();
            bob.ack(last);
            for (int i = 16; i < 48; i++) {
                last = bob.deliver().seq();
            }
            bob.sync();
            bob.ack(last);
            assertThat(bob.deliver().body()).isEqualTo("m48");
            assertThat(bob.deliver().body()).isEqualTo("m49");
        }
    }

    @Test
    void the_cursor_acknowledges_and_zero_brings_what_was_not_acknowledged() throws Exception {
        List<Long> seqs = new ArrayList<>();
        try (RawClient alice = RawClient.login(server.port, "alice", 0);
                RawClient bob = server.login("bob")) {
            long id = alice.welcome().firstId();
            for (int i = 0; i < 10; i++) {
                alice.send(id + i, "bob", "m" + i);
                seqs.add(bob.deliver().seq());
            }
        }
        try (RawClient bob = RawClient.login(server.port, "bob", seqs.get(6))) {
            assertThat(bob.welcome().backlog()).isEqualTo(3);
            assertThat(bob.deliver().body()).isEqualTo("m7");
        }
        try (RawClient bob = RawClient.login(server.port, "bob", 0)) {
            assertThat(bob.welcome().backlog()).isEqualTo(3);
            Deliver again = bob.deliver();
            assertThat(again.seq()).isEqualTo(seqs.get(7));
            assertThat(again.flags()).isEqualTo(1);
        }
    }

    @Test
    void seqs_are_never_used_again_over_restarts() throws Exception {
        long last = 0;
        for (int life = 0; life < 4; life++) {
            try (RawClient alice = RawClient.login(server.port, "alice", 0);
                    RawClient bob = server.login("bob")) {
                long id = alice.welcome().firstId();
                alice.send(id, "bob", "x");
                long seq = bob.deliver().seq();
                assertThat(seq).isGreaterThan(last);
                last = seq;
                bob.ack(seq);
                bob.sync();
            }
            restart();
        }
    }

    @Test
    void an_ack_of_what_was_not_delivered_ends_the_connection_and_loses_nothing() throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0);
                RawClient bob = server.login("bob")) {
            long id = alice.welcome().firstId();
            alice.send(id, "bob", "m");
            long seq = bob.deliver().seq();
            bob.ack(seq + 1);
            assertThat(bob.expectGoodbye()).isEqualTo(BAD_ACK);
        }
        try (RawClient bob = RawClient.login(server.port, "bob", Long.MAX_VALUE)) {
            assertThat(bob.expectGoodbye()).isEqualTo(BAD_ACK);
        }
        try (RawClient bob = RawClient.login(server.port, "bob", -1)) {
            assertThat(bob.expectGoodbye()).isEqualTo(BAD_ACK);
        }
        try (RawClient bob = RawClient.login(server.port, "bob", 0)) {
            assertThat(bob.welcome().backlog()).isEqualTo(1);
            assertThat(bob.deliver().body()).isEqualTo("m");
        }
    }

    @Test
    void an_ack_that_says_nothing_new_is_no_harm() throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0);
                RawClient bob = server.login("bob")) {
            bob.ack(0);
            long id = alice.welcome().firstId();
            alice.send(id, "bob", "m");
            long seq = bob.deliver().seq();
            bob.ack(seq);
            bob.ack(seq);
            bob.ack(seq - 1);
            bob.ack(0);
            bob.sync();
        }
    }

    // ---- presence ----

    @Test
    void query_answers_with_its_tag_what_is_so() throws Exception {
        try (RawClient alice = server.login("alice")) {
            alice.query(7, "zoë");
            assertThat(alice.expect(Frame.PRESENCE).presence()).isEqualTo(new Presence(7, NEVER_SEEN, 0, "zoë"));
            long before = System.currentTimeMillis();
            RawClient zoe = server.login("zoë");
            alice.query(-1, "zoë");
            Presence online = alice.expect(Frame.PRESENCE).presence();
            assertThat(online.tag()).isEqualTo(-1);
            assertThat(online.state()).isEqualTo(ONLINE);
            assertThat(online.lastSeen()).isBetween(before - 1000, System.currentTimeMillis());
            zoe.logout();
            assertThat(zoe.expectGoodbye()).isEqualTo(BYE);
            zoe.close();
            alice.query(8, "zoë");
            Presence offline = alice.expect(Frame.PRESENCE).presence();
            assertThat(offline.state()).isEqualTo(OFFLINE);
            assertThat(offline.lastSeen()).isBetween(online.lastSeen(), System.currentTimeMillis());
        }
        restart();
        try (RawClient alice = server.login("alice")) {
            alice.query(9, "zoë");
            Presence still = alice.expect(Frame.PRESENCE).presence();
            assertThat(still.state()).isEqualTo(OFFLINE);
            assertThat(still.lastSeen()).isPositive();
        }
    }

    @Test
    void a_recipient_who_never_logged_in_was_never_seen() throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0)) {
            long id = alice.welcome().firstId();
            alice.send(id, "ghost", "m");
            alice.expect(Frame.ACCEPTED);
            alice.query(1, "ghost");
            assertThat(alice.expect(Frame.PRESENCE).presence()).isEqualTo(new Presence(1, NEVER_SEEN, 0, "ghost"));
        }
    }

    @Test
    void watch_tells_at_once_and_after_each_change_until_unwatch() throws Exception {
        try (RawClient alice = server.login("alice")) {
            alice.watch("bob");
            assertThat(alice.expect(Frame.PRESENCE).presence()).isEqualTo(new Presence(0, NEVER_SEEN, 0, "bob"));
            RawClient bob = server.login("bob");
            assertThat(awaitPresence(alice)).isEqualTo(ONLINE);
            bob.close();
            assertThat(awaitPresence(alice)).isEqualTo(OFFLINE);
            alice.unwatch("bob");
            alice.sync();
            bob = server.login("bob");
            bob.close();
            assertThat(alice.isSilent(1500)).isTrue();
        }
    }

    /** The next PRESENCE, with a PING now and then so that the session stays. */
    private static int awaitPresence(RawClient client) throws Exception {
        client.ping(1);
        while (true) {
            Frame frame = client.next();
            if (frame.type() == Frame.PRESENCE) {
                return frame.presence().state();
            }
        }
    }

    // ---- the rest ----

    @Test
    void a_signal_reaches_who_is_there_and_nobody_else() throws Exception {
        try (RawClient alice = server.login("alice");
                RawClient bob = server.login("bob")) {
            alice.signal("bob", "typing");
            Frame signal = bob.expect(Frame.SIGNALLED);
            assertThat(signal.str()).isEqualTo("alice");
            assertThat(signal.rest()).isEqualTo("typing");
            alice.signal("carol", "typing");
            alice.signal("", "typing");
            alice.sync();
        }
        try (RawClient carol = RawClient.login(server.port, "carol", 0)) {
            assertThat(carol.welcome().backlog()).isZero();
            carol.sync();
        }
    }

    @Test
    void ping_is_answered_with_what_it_said() throws Exception {
        try (RawClient alice = server.login("alice")) {
            alice.ping(Long.MIN_VALUE + 5);
            assertThat(alice.expect(Frame.PONG).number()).isEqualTo(Long.MIN_VALUE + 5);
        }
    }

    @Test
    void two_silent_intervals_end_the_session_and_presence() throws Exception {
        try (RawClient alice = server.login("alice")) {
            long begun = System.nanoTime();
            assertThat(alice.expectGoodbye()).isEqualTo(IDLE);
            assertThat((System.nanoTime() - begun) / 1_000_000).isBetween(1_900L, 5_000L);
        }
        try (RawClient bob = server.login("bob")) {
            bob.query(1, "alice");
            assertThat(bob.expect(Frame.PRESENCE).presence().state()).isEqualTo(OFFLINE);
        }
    }

    @Test
    void a_drain_says_goodbye_to_everybody() throws Exception {
        try (RawClient alice = server.login("alice");
                RawClient bob = server.login("bob")) {
            server.drain();
            assertThat(alice.expectGoodbye()).isEqualTo(DRAINING);
            assertThat(bob.expectGoodbye()).isEqualTo(DRAINING);
        }
    }

    @Test
    void all_that_was_sent_before_logout_is_answered_before_bye() throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0)) {
            long last = sendMany(alice, true);
            assertAnsweredBefore(BYE, alice, last);
        }
    }

    @Test
    void who_closes_its_half_is_told_what_became_of_what_it_sent() throws Exception {
        try (RawClient alice = RawClient.login(server.port, "alice", 0)) {
            long last = sendMany(alice, false);
            alice.endOutput();
            assertAnsweredBefore(0, alice, last);
        }
    }

    /** To recipients in every shard, in one write, the last one of them being refused; returns its id. */
    private static long sendMany(RawClient alice, boolean logout) throws Exception {
        long id = alice.welcome().firstId();
        ByteArrayOutputStream frames = new ByteArrayOutputStream();
        for (int i = 0; i < 500; i++) {
            frames.write(RawClient.sendFrame(id + i, "user" + i % 50, "m" + i));
        }
        frames.write(RawClient.sendFrame(id + 500, "", "nobody"));
        if (logout) {
            frames.write(RawClient.frame(0x09, out -> {}));
        }
        alice.write(frames.toByteArray());
        return id + 500;
    }

    /** @param goodbye the code that is said in the end; 0: none */
    private static void assertAnsweredBefore(int goodbye, RawClient alice, long last) throws Exception {
        long accepted = 0;
        long rejected = 0;
        Frame frame = alice.read();
        for (; frame != null && frame.type() != Frame.GOODBYE; frame = alice.read()) {
            if (frame.type() == Frame.ACCEPTED) {
                accepted = frame.number();
            } else if (frame.type() == Frame.REJECTED) {
                rejected = frame.number();
            }
        }
        assertThat(frame == null ? 0 : frame.code()).isEqualTo(goodbye);
        assertThat(rejected).isEqualTo(last);
        assertThat(accepted).isEqualTo(last - 1);
        assertThat(alice.read()).isNull();
    }
}
