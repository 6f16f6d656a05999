package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.edge.ClientQueue.Pass;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.RejectCode;
import dev.heddle.wire.ServerFrames;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutletTest {
    private static final byte[] ALICE = "alice".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path path;

    private final List<ByteBuffer> held = new ArrayList<>();
    private EdgeRig rig;
    private SocketPair sockets;
    private SocketPair apart;
    private Connection connection;
    private ClientQueue queue;
    private Outlet outlet;
    private int smallBuffers;
    private int largeBuffers;

    /** The outlet's queue is not the connection's, so that nothing is written but by the test. */
    @BeforeEach
    void open() throws IOException {
        rig = new EdgeRig(path);
        sockets = new SocketPair();
        apart = new SocketPair();
        connection = rig.connection(sockets);
        queue = new ClientQueue(apart.server(), rig.edge.pool());
        outlet = new Outlet(connection, queue, rig.edge.pool(), rig.loop, 0);
        smallBuffers = rig.smallLeft();
        largeBuffers = rig.edge.pool().largeAvailable();
    }

    @AfterEach
    void close() throws Exception {
        apart.close();
        sockets.close();
        rig.close();
    }

    private static byte[] random(int bytes) {
        byte[] body = new byte[bytes];
        new Random(bytes).nextBytes(body);
        return body;
    }

    private void deliver(long seq, byte[] body) {
        outlet.deliver(seq, 1, 2, 0, ALICE, ByteBuffer.wrap(body), 0, body.length);
    }

    private static String delivered(long seq, byte[] body) {
        return "DELIVER " + seq + " alice " + Frames.digest(body);
    }

    private List<String> drain() throws IOException {
        return Frames.of(apart.drain(queue));
    }

    /** Leaves no more than half of the large buffers. */
    private void crowd() {
        while (rig.edge.pool().isRoomy()) {
            held.add(Objects.requireNonNull(rig.edge.pool().large()));
        }
    }

    @Test
    void frames_arrive_whole_and_in_the_order_they_were_said_in() throws IOException {
        byte[] body = random(100);
        ByteBuffer logged = ByteBuffer.allocate(105).put(ALICE).put(body);
        outlet.rejected(7, RejectCode.INBOX_FULL, "full");
        deliver(1, body);
        outlet.deliver(2, 1, 2, 0, logged, 0, ALICE.length, 100);
        outlet.presence(0, PresenceState.ONLINE, 5, ALICE);
        outlet.signalled(ALICE, ByteBuffer.wrap(body), 0, 100);
        outlet.pong(3);
        outlet.goodbye(GoodbyeCode.BYE, 0, "bye");
        assertThat(queue.bytes()).as("before it is released").isZero();
        outlet.release();
        assertThat(drain())
                .containsExactly(
                        "REJECTED 7 INBOX_FULL",
                        delivered(1, body),
                        delivered(2, body),
                        "PRESENCE alice ONLINE",
                        "SIGNALLED alice " + Frames.digest(body),
                        "PONG 3",
                        "GOODBYE BYE");
        assertThat(rig.smallLeft()).isEqualTo(smallBuffers);
    }

    @Test
    void frames_of_every_size_arrive_whole_and_every_buffer_comes_back() throws IOException {
        for (int size = 0; size < 200_000; size = size * 3 / 2 + 1) {
            byte[] body = random(size);
            deliver(1, body);
            outlet.pong(size);
            outlet.release();
            assertThat(drain()).as("%d bytes", size).containsExactly(delivered(1, body), "PONG " + size);
            assertThat(queue.bytes()).isZero();
        }
        assertThat(rig.smallLeft()).isEqualTo(smallBuffers);
        assertThat(rig.edge.pool().largeAvailable()).isEqualTo(largeBuffers);
    }

    @Test
    void many_frames_in_one_cycle_arrive_in_order() throws IOException {
        List<String> said = new ArrayList<>();
        Random random = new Random(1);
        for (int i = 0; i < 300; i++) {
            byte[] body = random(random.nextInt(3000));
            deliver(i, body);
            said.add(delivered(i, body));
        }
        List<String> heard = new ArrayList<>();
        for (int i = 0; i < 100 && heard.size() < said.size(); i++) {
            outlet.release();
            heard.addAll(drain());
        }
        assertThat(heard).isEqualTo(said);
    }

    @Test
    void a_large_frame_is_queued_as_one() throws IOException {
        byte[] body = random(200_000);
        deliver(1, body);
        outlet.release();
        assertThat(queue.bytes()).isEqualTo(ServerFrames.deliverSize(ALICE.length, 200_000));
        for (int i = 1; i < ClientQueue.CAPACITY; i++) {
            assertThat(queue.offer(new Chunk(ByteBuffer.allocate(0)))).isTrue();
        }
        assertThat(drain()).containsExactly(delivered(1, body));
    }

    @Test
    void a_client_has_half_a_mebibyte_while_there_is_plenty() {
        assertThat(outlet.hasRoom(200_000)).isTrue();
        deliver(1, random(200_000));
        assertThat(outlet.hasRoom(200_000)).isTrue();
        deliver(2, random(200_000));
        assertThat(outlet.hasRoom(200_000)).isFalse();
        assertThat(outlet.hasRoom(100_000)).isTrue();
        outlet.release();
        assertThat(outlet.hasRoom(200_000)).as("queued counts like staged").isFalse();
    }

    @Test
    void a_client_has_a_small_buffer_when_there_is_little() {
        crowd();
        assertThat(outlet.hasRoom(4000)).isTrue();
        deliver(1, random(2000));
        assertThat(outlet.hasRoom(1000)).isTrue();
        assertThat(outlet.hasRoom(3000)).isFalse();
        outlet.release();
        assertThat(outlet.hasRoom(3000)).isFalse();
    }

    @Test
    void the_largest_frame_gets_its_turn_when_nothing_else_waits() {
        crowd();
        assertThat(outlet.hasRoom(EdgeRig.FRAME_LIMIT)).isTrue();
        outlet.pong(1);
        assertThat(outlet.hasRoom(EdgeRig.FRAME_LIMIT)).isFalse();
    }

    @Test
    void nothing_has_room_after_goodbye() {
        outlet.goodbye(GoodbyeCode.BYE, 0, "bye");
        assertThat(outlet.hasRoom(1)).isFalse();
    }

    @Test
    void a_client_that_does_not_read_its_answers_is_congested_and_holds_a_few_small_buffers() throws IOException {
        crowd();
        int pongs = 0;
        while (!outlet.isCongested()) {
            outlet.pong(pongs++);
            outlet.release();
        }
        assertThat(pongs * ServerFrames.PONG_BYTES).isBetween(2 * 1024, 3 * 1024);
        assertThat(smallBuffers - rig.smallLeft()).isLessThanOrEqualTo(2);
        List<String> heard = new ArrayList<>(drain());
        outlet.release();
        heard.addAll(drain());
        assertThat(heard).hasSize(pongs);
        assertThat(outlet.isCongested()).isFalse();
        assertThat(rig.smallLeft()).isEqualTo(smallBuffers);
    }

    @Test
    void a_queue_that_drains_is_the_shards_affair_only_if_something_did_not_fit() {
        int before = rig.cycles.get();
        outlet.queueDrained();
        assertThat(rig.cycles).hasValue(before);

        outlet.pong(1);
        assertThat(outlet.hasRoom(1 << 20)).isFalse();
        outlet.queueDrained();
        assertThat(rig.cycles).hasValue(before + 1);
        outlet.queueDrained();
        assertThat(rig.cycles).as("once").hasValue(before + 1);
    }

    @Test
    void accepted_is_said_when_the_rejections_before_it_are_queued() throws IOException {
        while (queue.offer(new Chunk(ByteBuffer.allocate(1)))) {
            // until it is full
        }
        outlet.rejected(1, RejectCode.INBOX_FULL, "full");
        outlet.accepted(2, 1);
        outlet.release();
        assertThat(queue.take()).isTrue();
        assertThat(queue.write(Integer.MAX_VALUE)).isEqualTo(Pass.DONE);
        apart.read(ClientQueue.CAPACITY);
        connection.answered(0, 0, 1);
        connection.flush();
        assertThat(Frames.of(sockets.read(ServerFrames.ACCEPTED_BYTES)))
                .as("not 2 before")
                .containsExactly("ACCEPTED 1");

        outlet.release();
        assertThat(Frames.of(sockets.read(ServerFrames.ACCEPTED_BYTES))).containsExactly("ACCEPTED 2");
        assertThat(drain()).containsExactly("REJECTED 1 INBOX_FULL");
    }

    @Test
    void what_is_staged_when_all_ends_is_given_back() {
        deliver(1, random(200_000));
        deliver(2, random(10));
        outlet.pong(1);
        outlet.discard();
        assertThat(rig.smallLeft()).isEqualTo(smallBuffers);
        assertThat(rig.edge.pool().largeAvailable()).isEqualTo(largeBuffers);
    }

    @Test
    void what_could_not_be_written_to_a_client_that_has_gone_is_given_back() throws IOException {
        ByteBuffer waste = ByteBuffer.allocate(1 << 16);
        while (sockets.server().write(waste.clear()) > 0) {
            // until the socket is full
        }
        connection.answered(0, 1, 7);
        connection.flush();
        sockets.server().close();
        connection.writable();
        await().atMost(Duration.ofSeconds(10)).until(() -> rig.smallLeft() == smallBuffers);
        assertThat(rig.smallLeft()).isEqualTo(smallBuffers);
    }
}
