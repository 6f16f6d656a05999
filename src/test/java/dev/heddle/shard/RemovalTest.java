package dev.heddle.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What becomes of a user whom an operator removes, and of others. */
class RemovalTest extends ShardOnDisk {
    private void watch(SpokenTo from, String whom) throws IOException {
        ByteBuffer watch = ByteBuffer.allocate(64);
        ClientFrames.watch(watch, whom.getBytes(UTF_8));
        apply(from, Protocol.WATCH, watch);
    }

    private void removeBobAndRestart() throws IOException {
        SpokenTo alice = login("alice");
        for (int i = 0; i < 10; i++) {
            send(alice, session(alice).firstId() + i, "bob", new byte[10]);
        }
        SpokenTo bob = login("bob");
        assertThat(bob.heard.getLast()).isEqualTo("deliver 10");
        assertThat(shard.remove("bob".getBytes(UTF_8), 0).state()).isEqualTo(Removal.State.DONE);
        cycle();
        cycle();
        assertThat(shard.end("alice".getBytes(UTF_8), GoodbyeCode.DRAINING, 0, "x"))
                .isTrue();
        cycle();
        assertThat(opened.checkpoint().balances()).isTrue();
        opened.close();
        open();
        assertThat(opened.opened().clean()).isTrue();
    }

    @Test
    void who_was_removed_comes_back_with_the_cursor_that_it_remembers() throws IOException {
        removeBobAndRestart();
        assertThat(shard.login(new SpokenTo(), "bob".getBytes(UTF_8), 10, true)).isEqualTo(Outcome.DONE);
    }

    @Test
    void so_it_does_while_somebody_watches() throws IOException {
        removeBobAndRestart();
        watch(login("alice"), "bob");
        SpokenTo bob = new SpokenTo();
        assertThat(shard.login(bob, "bob".getBytes(UTF_8), 10, true))
                .as(bob.heard.toString())
                .isEqualTo(Outcome.DONE);
    }

    @Test
    void who_watches_somebody_who_is_away_is_told_of_the_removal() throws IOException {
        SpokenTo bob = login("bob");
        shard.close(session(bob));
        cycle();
        SpokenTo alice = login("alice");
        watch(alice, "bob");
        assertThat(alice.heard.getLast()).isEqualTo("bob OFFLINE");
        assertThat(shard.remove("bob".getBytes(UTF_8), 0).state()).isEqualTo(Removal.State.DONE);
        millis += 5000;
        cycle();
        cycle();
        assertThat(alice.heard.getLast()).isEqualTo("bob NEVER_SEEN");
    }

    private long lastSeq(String name) {
        return Objects.requireNonNull(shard.insight().inbox(name.getBytes(UTF_8)))
                .lastSeq();
    }

    @Test
    void a_clean_restart_does_not_raise_the_seqs_of_others() throws IOException {
        SpokenTo alice = login("alice");
        for (int i = 0; i < 10; i++) {
            send(alice, session(alice).firstId() + i, "bob", new byte[10]);
        }
        login("carol");
        assertThat(shard.remove("bob".getBytes(UTF_8), 0).state()).isEqualTo(Removal.State.DONE);
        cycle();
        cycle();
        assertThat(lastSeq("carol")).isZero();
        assertThat(opened.checkpoint().balances()).isTrue();
        opened.close();
        open();
        assertThat(opened.opened().clean()).isTrue();
        assertThat(lastSeq("carol")).isZero();
    }
}
