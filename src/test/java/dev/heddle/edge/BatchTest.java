package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.routing.Command;
import dev.heddle.routing.Turn;
import dev.heddle.shard.Outcome;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchTest {
    private static final byte[] ALICE = "alice".getBytes(StandardCharsets.UTF_8);
    private static final byte[] NOBODY = {};

    @TempDir
    private Path path;

    private final ByteBuffer in = ByteBuffer.allocate(BufferPool.LARGE);
    private EdgeRig rig;
    private SocketPair sockets;
    private SocketPair apart;
    private ClientQueue queue;
    private Outlet outlet;
    private Batch batch;

    @BeforeEach
    void logIn() throws Exception {
        rig = new EdgeRig(path);
        rig.loop.start();
        sockets = new SocketPair();
        apart = new SocketPair();
        Connection connection = rig.connection(sockets);
        queue = new ClientQueue(apart.server(), rig.edge.pool());
        outlet = new Outlet(connection, queue, rig.edge.pool(), rig.loop, 0);
        batch = new Batch(new Dispatch(connection, queue, rig.edge, 0), outlet, rig.router, 0);
        assertThat(run(turn -> turn.shard().login(outlet, ALICE, 0, turn.mayLoad())))
                .isEqualTo(Outcome.DONE);
        assertThat(heard()).containsExactly("WELCOME");
    }

    @AfterEach
    void close() throws Exception {
        apart.close();
        sockets.close();
        rig.close();
    }

    /** Has a command run and finished, by whoever owns the shard then. */
    private Outcome run(Command command) throws InterruptedException {
        BlockingQueue<Outcome> ended = new ArrayBlockingQueue<>(1);
        Command reporting = new Command() {
            @Override
            public Outcome run(Turn turn) {
                return command.run(turn);
            }

            @Override
            public void finished(Outcome outcome) {
                ended.add(outcome);
            }
        };
        assertThat(rig.loop.submit(reporting)).isTrue();
        return Objects.requireNonNull(ended.poll(30, TimeUnit.SECONDS));
    }

    private Outcome handle() throws InterruptedException {
        batch.fill(in, 0, in.position());
        return run(batch);
    }

    private List<String> heard() throws IOException {
        return Frames.of(apart.drain(queue));
    }

    private void sends(int from, int to) {
        long firstId = Objects.requireNonNull(outlet.session()).firstId();
        for (int i = from; i < to; i++) {
            byte[] recipient = ("user-" + i).getBytes(StandardCharsets.UTF_8);
            ClientFrames.send(in, firstId + i, recipient, new byte[10]);
        }
    }

    @Test
    void whole_frames_are_handled_in_order_and_part_of_one_is_left() throws Exception {
        for (int i = 0; i < 5; i++) {
            ClientFrames.ping(in, i);
        }
        int whole = in.position();
        in.put(new byte[] {0, 0, 0, 9, Protocol.PING, 1});
        assertThat(handle()).isEqualTo(Outcome.DONE);
        assertThat(batch.handled()).isEqualTo(whole);
        assertThat(heard()).containsExactly("PONG 0", "PONG 1", "PONG 2", "PONG 3", "PONG 4");
    }

    @Test
    void a_batch_that_was_handled_does_nothing_when_it_is_run_again() throws Exception {
        ClientFrames.ping(in, 1);
        assertThat(handle()).isEqualTo(Outcome.DONE);
        assertThat(run(batch)).isEqualTo(Outcome.DONE);
        assertThat(heard()).containsExactly("PONG 1");
    }

    @Test
    void what_needs_the_store_goes_on_where_it_stopped_and_each_is_stored_once() throws Exception {
        sends(0, 50);
        assertThat(handle()).isEqualTo(Outcome.DONE);
        assertThat(batch.handled()).isEqualTo(in.position());
        await().until(() -> countedUsers() == 51);
        List<Long> waiting = new ArrayList<>();
        assertThat(run(turn -> {
                    waiting.add(turn.shard().liveBytes());
                    return Outcome.DONE;
                }))
                .isEqualTo(Outcome.DONE);
        long each = waiting.getFirst() / 50;
        assertThat(each).isBetween(50L, 100L);
    }

    private long countedUsers() throws InterruptedException {
        List<Long> users = new ArrayList<>();
        assertThat(run(turn -> {
                    users.add(turn.shard().users());
                    return Outcome.DONE;
                }))
                .isEqualTo(Outcome.DONE);
        return users.getFirst();
    }

    @Test
    void the_store_is_told_ahead_of_those_who_are_not_on_the_heap() throws Exception {
        for (int i = 0; i < 50; i++) {
            ClientFrames.query(in, i, ("user-" + i).getBytes(StandardCharsets.UTF_8));
            if (i == 10) {
                ClientFrames.ping(in, 1);
                ClientFrames.query(in, 1, ALICE);
            }
        }
        assertThat(handle()).isEqualTo(Outcome.DONE);
        List<String> expected = new ArrayList<>();
        for (int i = 1; i < 50; i++) {
            expected.add("user-" + i);
            // Thirty-two frames ahead, two of which are about nobody who has to be looked up.
            if (i == 30) {
                expected.add("|");
            }
        }
        expected.add("|");
        assertThat(rig.expected).containsExactlyElementsOf(expected);
    }

    @Test
    void nobody_is_told_of_ahead_where_all_are_on_the_heap() throws Exception {
        for (int i = 0; i < 50; i++) {
            ClientFrames.query(in, i, ALICE);
        }
        assertThat(handle()).isEqualTo(Outcome.DONE);
        assertThat(rig.expected).isEmpty();
    }

    @Test
    void of_a_read_of_the_smallest_frames_a_part_is_handled_at_a_time_and_others_in_between() throws Exception {
        int frames = 2 * Batch.MOST_FRAMES + 10;
        for (int i = 0; i < frames; i++) {
            ClientFrames.ack(in, 0);
        }
        assertThat(handle()).isEqualTo(Outcome.PAUSED);
        assertThat(batch.handled()).isEqualTo(in.position() / frames * Batch.MOST_FRAMES);
        assertThat(run(batch)).isEqualTo(Outcome.PAUSED);
        assertThat(run(batch)).isEqualTo(Outcome.DONE);
        assertThat(batch.handled()).isEqualTo(in.position());
    }

    @Test
    void who_does_not_read_its_answers_is_handled_no_further_and_later_from_there() throws Exception {
        int pings = 4000;
        for (int i = 0; i < pings; i++) {
            ClientFrames.ping(in, i);
        }
        Outcome outcome = handle();
        while (outcome == Outcome.PAUSED) {
            outcome = run(batch);
        }
        assertThat(outcome).isEqualTo(Outcome.CONGESTED);
        assertThat(batch.handled()).isBetween(48 * 1024, 49 * 1024);
        List<String> heard = new ArrayList<>(heard());
        for (int i = 0; i < 20 && outcome != Outcome.DONE; i++) {
            outcome = run(batch);
            heard.addAll(heard());
        }
        assertThat(outcome).isEqualTo(Outcome.DONE);
        outlet.release();
        heard.addAll(heard());
        assertThat(heard).hasSize(pings);
        for (int i = 0; i < pings; i++) {
            assertThat(heard.get(i)).isEqualTo("PONG " + i);
        }
    }

    @Test
    void a_frame_of_length_0_ends_the_connection_after_what_was_before_it() throws Exception {
        ClientFrames.ping(in, 1);
        in.putInt(0);
        ClientFrames.ping(in, 2);
        assertThat(handle()).isEqualTo(Outcome.ENDED);
        assertThat(heard()).containsExactly("PONG 1", "GOODBYE MALFORMED");
    }

    @Test
    void a_frame_above_the_limit_ends_the_connection_before_it_is_read() throws Exception {
        in.putInt(EdgeRig.FRAME_LIMIT + 1);
        assertThat(handle()).isEqualTo(Outcome.ENDED);
        assertThat(heard()).containsExactly("GOODBYE FRAME_TOO_LARGE");
    }

    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x0a, 0x7f, 0x81, 0xff})
    void a_frame_of_no_known_type_ends_the_connection(int type) throws Exception {
        in.putInt(1).put((byte) type);
        assertThat(handle()).isEqualTo(Outcome.ENDED);
        assertThat(heard()).containsExactly("GOODBYE MALFORMED");
    }

    @Test
    void a_second_login_ends_the_connection() throws Exception {
        ClientFrames.login(in, ALICE, 0, NOBODY);
        assertThat(handle()).isEqualTo(Outcome.ENDED);
        assertThat(heard()).containsExactly("GOODBYE MALFORMED");
    }

    @Test
    void a_name_that_is_none_is_rejected_in_send_ignored_in_signal_and_the_end_in_query() throws Exception {
        ClientFrames.send(in, Objects.requireNonNull(outlet.session()).firstId(), NOBODY, NOBODY);
        ClientFrames.signal(in, NOBODY, NOBODY);
        ClientFrames.query(in, 1, NOBODY);
        assertThat(handle()).isEqualTo(Outcome.ENDED);
        List<String> heard = heard();
        assertThat(heard).hasSize(2);
        assertThat(heard.getFirst()).startsWith("REJECTED ").endsWith(" BAD_RECIPIENT");
        assertThat(heard.getLast()).isEqualTo("GOODBYE MALFORMED");
    }

    @Test
    void what_comes_after_logout_is_not_handled() throws Exception {
        ClientFrames.logout(in);
        ClientFrames.ping(in, 1);
        assertThat(handle()).isEqualTo(Outcome.ENDED);
        assertThat(heard()).containsExactly("GOODBYE BYE");
    }
}
