package dev.heddle.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ForgettingTest extends ShardOnDisk {
    private static final byte[] BODY = new byte[500];
    private static final long AGE = 1_000_000_000L;

    /** How a run ends. */
    enum End {
        STOP,
        CRASH
    }

    private void restart(End end) throws IOException {
        if (end == End.STOP) {
            Ledger ledger = opened.checkpoint();
            assertThat(ledger.balances()).as(ledger.toString()).isTrue();
            opened.close();
        }
        open();
        assertThat(opened.opened().clean()).isEqualTo(end == End.STOP);
    }

    private Removal remove(String name) throws IOException {
        Removal removal = shard.remove(name.getBytes(UTF_8), 0);
        assertThat(shard.removalsSafe())
                .isEqualTo(removal.state() == Removal.State.UNKNOWN ? Outcome.DONE : Outcome.NEEDS_FORCE);
        cycle();
        cycle();
        assertThat(shard.removalsSafe()).isEqualTo(Outcome.DONE);
        return removal;
    }

    /** Sends until the segments before are old, then lets the cleaner at them. */
    private long fillAndClean(SpokenTo from, long firstId, String to) throws IOException {
        long id = firstId;
        for (int i = 0; i < 40; i++) {
            send(from, id++, to, BODY);
        }
        for (int i = 0; i < 20; i++) {
            cycle();
        }
        return id;
    }

    @Test
    void whoever_never_logged_in_is_forgotten_when_nothing_waits_any_more() throws IOException {
        SpokenTo alice = login("alice");
        for (int i = 0; i < 80; i++) {
            send(alice, session(alice).firstId() + i, "invented-" + i, BODY);
        }
        assertThat(shard.users()).isEqualTo(81);
        long id = session(alice).firstId() + 100;
        for (int i = 0; i < 4; i++) {
            millis += AGE;
            alice = login("alice");
            id = fillAndClean(alice, Math.max(id, session(alice).firstId()), "alice");
        }
        assertThat(shard.users()).isEqualTo(1);
    }

    @Test
    void a_name_that_a_rejected_message_is_for_and_one_that_a_refused_login_is_for_are_not_remembered()
            throws IOException {
        SpokenTo bob = new SpokenTo();
        assertThat(shard.login(bob, "bob".getBytes(UTF_8), 1L << 50, true)).isEqualTo(Outcome.ENDED);
        assertThat(shard.users()).isZero();
        cycle();
        SpokenTo alice = login("alice");
        disk.roomFor(0);
        for (int i = 0;
                i < 2000 && !alice.heard.contains("rejected " + (session(alice).firstId() + i) + " STORAGE_FULL");
                i++) {
            send(alice, session(alice).firstId() + i, "alice", BODY);
        }
        long users = shard.users();
        send(alice, session(alice).firstId() + 3000, "carol", BODY);
        assertThat(alice.heard.getLast()).endsWith("STORAGE_FULL");
        assertThat(shard.users()).isEqualTo(users);
    }

    @Test
    void the_last_tenth_of_the_store_is_for_those_who_log_in() throws IOException {
        SpokenTo alice = login("alice");
        for (int i = 0; i < 100; i++) {
            send(alice, session(alice).firstId() + i, "invented-" + i, BODY);
        }
        assertThat(shard.users()).isEqualTo(90);
        assertThat(alice.heard.getLast()).endsWith("UNAVAILABLE");
        for (int i = 0; i < 10; i++) {
            assertThat(login("new-" + i).heard).contains("welcome");
        }
        SpokenTo late = new SpokenTo();
        assertThat(shard.login(late, "late".getBytes(UTF_8), 0, true)).isEqualTo(Outcome.ENDED);
        assertThat(login("alice").heard).contains("welcome");
    }

    @Test
    void names_that_nobody_knew_are_counted_once() throws IOException {
        SpokenTo alice = login("alice");
        long id = session(alice).firstId();
        for (String to : List.of("bob", "carol", "bob", "alice", "dave")) {
            send(alice, id++, to, BODY);
        }
        assertThat(shard.takeNewNames()).isEqualTo(3);
        assertThat(shard.takeNewNames()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void what_waited_for_a_removed_user_never_comes_back_and_what_comes_later_does(End end) throws IOException {
        SpokenTo alice = login("alice");
        long id = session(alice).firstId();
        for (int i = 0; i < 100; i++) {
            send(alice, id++, "bob", BODY);
        }
        SpokenTo bob = login("bob");
        String last = bob.heard.getLast();
        long seen = Long.parseLong(last.substring("deliver ".length()));
        long users = shard.users();
        long live = shard.liveBytes();

        Removal removal = remove("bob");
        assertThat(removal).isEqualTo(new Removal(Removal.State.DONE, 100));
        assertThat(bob.heard).contains("goodbye OVERLOADED");
        assertThat(shard.users()).isEqualTo(users - 1);
        assertThat(shard.liveBytes()).isLessThan(live).isZero();
        assertThat(remove("bob").state()).isEqualTo(Removal.State.UNKNOWN);

        // In the same run, and with the cursor of before.
        send(alice, id++, "bob", BODY);
        restart(end);
        SpokenTo again = new SpokenTo();
        assertThat(shard.login(again, "bob".getBytes(UTF_8), seen, true)).isEqualTo(Outcome.DONE);
        cycle();
        assertThat(again.heard).hasSize(2).startsWith("welcome");
        assertThat(Long.parseLong(again.heard.getLast().substring("deliver ".length())))
                .isGreaterThan(100);
        assertThat(remove("bob").messages()).isEqualTo(1);

        restart(end);
        assertThat(login("bob").heard).containsExactly("welcome");
    }

    @ParameterizedTest
    @EnumSource
    void a_removal_outlives_every_segment_that_holds_something_of_the_user(End end) throws IOException {
        SpokenTo alice = login("alice");
        long id = session(alice).firstId();
        send(alice, id++, "keeper", BODY);
        send(alice, id++, "bob", BODY);
        id = fillAndClean(alice, id, "carol");
        assertThat(remove("bob").messages()).isEqualTo(1);
        assertThat(remove("carol").messages()).isEqualTo(40);
        for (int i = 0; i < 10; i++) {
            SpokenTo dave = login("dave");
            id = fillAndClean(alice, id, "dave");
            assertThat(dave.heard).contains("welcome");
            remove("dave");
        }
        restart(end);
        assertThat(shard.users()).isEqualTo(2);
        assertThat(login("bob").heard).containsExactly("welcome");
        assertThat(login("carol").heard).containsExactly("welcome");
        assertThat(login("keeper").heard).containsExactly("welcome", "deliver 1");
    }

    @ParameterizedTest
    @EnumSource
    void a_removed_sender_is_not_known_again_because_what_it_sent_still_waits(End end) throws IOException {
        SpokenTo alice = login("alice");
        send(alice, session(alice).firstId(), "bob", BODY);
        remove("alice");
        assertThat(shard.users()).isEqualTo(1);
        restart(end);
        assertThat(shard.users()).isEqualTo(1);
        assertThat(login("bob").heard).containsExactly("welcome", "deliver 1");
    }
}
