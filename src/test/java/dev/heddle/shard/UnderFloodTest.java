package dev.heddle.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.log.ForceRequest;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What one is told while others send without a pause. */
class UnderFloodTest extends ShardOnDisk {
    @Test
    void a_repeat_is_answered_after_the_next_force_that_covers_the_original() throws IOException {
        SpokenTo alice = login("alice");
        SpokenTo carol = login("carol");
        long id = session(alice).firstId();
        long flood = session(carol).firstId();
        sendOnly(carol, flood++, "dave", new byte[1]);
        shard.endCycle();
        ForceRequest running = Objects.requireNonNull(shard.takeForce());
        // The force that runs does not cover it.
        sendOnly(alice, id, "bob", new byte[1]);
        assertThat(sendNow(alice, id, "bob", new byte[1])).isEqualTo(Outcome.NEEDS_FORCE);
        shard.endCycle();
        for (int forces = 0; forces < 2; forces++) {
            assertThat(sendNow(alice, id, "bob", new byte[1])).isEqualTo(Outcome.NEEDS_FORCE);
            running.run();
            sendOnly(carol, flood++, "dave", new byte[1]);
            shard.forced(running);
            sendOnly(carol, flood++, "dave", new byte[1]);
            Outcome again = sendNow(alice, id, "bob", new byte[1]);
            assertThat(again).as("after force %d", forces).isEqualTo(forces == 0 ? Outcome.NEEDS_FORCE : Outcome.DONE);
            shard.endCycle();
            running = Objects.requireNonNull(shard.takeForce());
        }
        assertThat(alice.heard).contains("rejected " + id + " DUPLICATE");
    }

    @Test
    void a_repeat_behind_which_a_state_was_written_waits_for_no_more_than_that() throws IOException {
        SpokenTo alice = login("alice");
        long id = session(alice).firstId();
        sendOnly(alice, id, "bob", new byte[1]);
        cycle();
        // Her state is written behind the message, and nothing that is urgent comes after it.
        shard.close(session(alice));
        shard.endCycle();
        alice = new SpokenTo();
        assertThat(shard.login(alice, "alice".getBytes(UTF_8), 0, true)).isEqualTo(Outcome.DONE);
        shard.endCycle();
        assertThat(sendNow(alice, id, "bob", new byte[1])).isEqualTo(Outcome.NEEDS_FORCE);
        shard.endCycle();
        ForceRequest force = Objects.requireNonNull(shard.takeForce());
        force.run();
        shard.forced(force);
        assertThat(sendNow(alice, id, "bob", new byte[1])).isEqualTo(Outcome.DONE);
        assertThat(alice.heard).contains("rejected " + id + " DUPLICATE");
    }

    @Test
    void signals_are_for_who_keeps_up() throws IOException {
        SpokenTo alice = login("alice");
        SpokenTo bob = login("bob");
        ByteBuffer signal = ByteBuffer.allocate(200);
        ClientFrames.signal(signal, "bob".getBytes(UTF_8), new byte[100]);
        bob.queued = 16 * 1024 - 200;
        applyOnly(alice, Protocol.SIGNAL, signal);
        assertThat(bob.heard).containsExactly("welcome", "signalled");
        bob.queued = 16 * 1024;
        applyOnly(alice, Protocol.SIGNAL, signal);
        assertThat(bob.heard).hasSize(2);
        bob.queued = 0;
        applyOnly(alice, Protocol.SIGNAL, signal);
        assertThat(bob.heard).hasSize(3);
    }
}
