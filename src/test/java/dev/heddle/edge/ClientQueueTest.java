package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.edge.ClientQueue.Pass;
import dev.heddle.wire.ServerFrames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClientQueueTest {
    private static final int ALL = Integer.MAX_VALUE;
    private static final int SMALL_BUFFERS = 256;

    private final BufferPool pool = new BufferPool(SMALL_BUFFERS - 1, 47);
    private SocketPair sockets;
    private ClientQueue queue;

    @BeforeEach
    void open() throws IOException {
        sockets = new SocketPair();
        queue = new ClientQueue(sockets.server(), pool);
    }

    @AfterEach
    void close() throws IOException {
        sockets.close();
    }

    private ByteBuffer taken() {
        ByteBuffer buffer = pool.small();
        if (buffer == null) {
            throw new IllegalStateException("no buffer left");
        }
        return buffer;
    }

    /** A chunk of PONGs with these numbers. */
    private Chunk pongs(int... numbers) {
        ByteBuffer bytes = taken();
        for (int number : numbers) {
            ServerFrames.pong(bytes, number);
        }
        return new Chunk(bytes.flip());
    }

    /** A chunk without room for anything more. */
    private Chunk filled() {
        ByteBuffer bytes = taken();
        while (bytes.remaining() >= ServerFrames.PONG_BYTES) {
            ServerFrames.pong(bytes, 0);
        }
        return new Chunk(bytes.flip());
    }

    private int offer(Chunk chunk) {
        int size = chunk.remaining();
        assertThat(queue.offer(chunk)).isTrue();
        return size;
    }

    private Pass write(int share) throws IOException {
        assertThat(queue.take()).isTrue();
        return queue.write(share);
    }

    private int buffersLeft() {
        List<ByteBuffer> all = new ArrayList<>();
        for (ByteBuffer buffer = pool.small(); buffer != null; buffer = pool.small()) {
            all.add(buffer);
        }
        all.forEach(pool::release);
        return all.size();
    }

    @Test
    void what_is_queued_arrives_in_order_and_the_buffers_come_back() throws IOException {
        int size = offer(pongs(1, 2)) + offer(pongs(3)) + offer(pongs(4, 5));
        assertThat(queue.bytes()).isEqualTo(size);
        assertThat(queue.hasChunks()).isTrue();
        assertThat(write(ALL)).isEqualTo(Pass.DONE);
        assertThat(Frames.of(sockets.read(size))).containsExactly("PONG 1", "PONG 2", "PONG 3", "PONG 4", "PONG 5");
        assertThat(queue.bytes()).isZero();
        assertThat(queue.isIdle()).isTrue();
        assertThat(buffersLeft()).isEqualTo(SMALL_BUFFERS);
    }

    @Test
    void accepted_goes_behind_what_was_queued_before_it() throws IOException {
        int size = offer(pongs(1)) + offer(pongs(2));
        queue.accepted(7);
        assertThat(write(ALL)).isEqualTo(Pass.DONE);
        assertThat(Frames.of(sockets.read(size + ServerFrames.ACCEPTED_BYTES)))
                .containsExactly("PONG 1", "PONG 2", "ACCEPTED 7");
        assertThat(queue.bytes()).isZero();
    }

    @Test
    void only_the_latest_accepted_is_sent_and_it_needs_no_chunk() throws IOException {
        queue.accepted(7);
        queue.accepted(8);
        assertThat(queue.isIdle()).isFalse();
        assertThat(queue.hasChunks()).isFalse();
        assertThat(write(ALL)).isEqualTo(Pass.DONE);
        queue.accepted(9);
        assertThat(write(ALL)).isEqualTo(Pass.DONE);
        assertThat(Frames.of(sockets.read(2 * ServerFrames.ACCEPTED_BYTES)))
                .containsExactly("ACCEPTED 8", "ACCEPTED 9");
        assertThat(buffersLeft()).isEqualTo(SMALL_BUFFERS);
    }

    @Test
    void accepted_goes_behind_the_next_chunk_where_the_last_has_no_room() throws IOException {
        int full = offer(filled());
        queue.accepted(7);
        assertThat(write(ALL)).isEqualTo(Pass.DONE);
        List<String> frames = Frames.of(sockets.read(full + ServerFrames.ACCEPTED_BYTES));
        assertThat(frames.getLast()).isEqualTo("ACCEPTED 7");
        assertThat(queue.bytes()).isZero();
        assertThat(buffersLeft()).isEqualTo(SMALL_BUFFERS);
    }

    @Test
    void accepted_is_sent_though_the_pool_is_empty() throws IOException {
        List<ByteBuffer> held = new ArrayList<>();
        for (ByteBuffer buffer = pool.small(); buffer != null; buffer = pool.small()) {
            held.add(buffer);
        }
        queue.accepted(7);
        assertThat(write(ALL)).isEqualTo(Pass.DONE);
        assertThat(Frames.of(sockets.read(ServerFrames.ACCEPTED_BYTES))).containsExactly("ACCEPTED 7");
        assertThat(held).hasSize(SMALL_BUFFERS);
    }

    @Test
    void nothing_comes_between_the_pieces_of_a_frame() throws IOException {
        ByteBuffer first = taken();
        byte[] sender = {'a'};
        byte[] body = new byte[BufferPool.SMALL];
        ServerFrames.deliverHeader(first, 1, 2, 3, 0, sender.length, body.length);
        first.put(sender);
        int here = first.remaining();
        first.put(body, 0, here);
        ByteBuffer second = taken();
        second.put(body, here, body.length - here);
        Chunk chunk = new Chunk(first.flip());
        chunk.next = new Chunk(second.flip());
        int size = offer(chunk);
        assertThat(queue.bytes()).isEqualTo(size).isEqualTo(ServerFrames.deliverSize(1, body.length));
        queue.accepted(9);
        assertThat(write(ALL)).isEqualTo(Pass.DONE);
        assertThat(Frames.of(sockets.read(size + ServerFrames.ACCEPTED_BYTES)))
                .containsExactly("DELIVER 1 a " + Frames.digest(body), "ACCEPTED 9");
        assertThat(buffersLeft()).isEqualTo(SMALL_BUFFERS);
    }

    @Test
    void a_full_queue_leaves_the_chunk_to_the_caller() {
        int size = 0;
        for (int i = 0; i < ClientQueue.CAPACITY; i++) {
            size += offer(pongs(i));
        }
        Chunk refused = pongs(99);
        assertThat(queue.offer(refused)).isFalse();
        assertThat(queue.bytes()).isEqualTo(size);
        assertThat(refused.remaining()).isEqualTo(ServerFrames.PONG_BYTES);
    }

    @Test
    void one_writes_at_a_time() throws IOException {
        assertThat(queue.take()).isTrue();
        assertThat(queue.take()).isFalse();
        assertThat(queue.resume()).isFalse();
        assertThat(queue.write(ALL)).isEqualTo(Pass.DONE);
        assertThat(queue.take()).isTrue();
    }

    @Test
    void a_writer_stops_when_its_share_is_used_up_and_remains_the_writer() throws IOException {
        int size = offer(pongs(1, 2, 3)) + offer(pongs(4)) + offer(pongs(5));
        assertThat(write(1)).isEqualTo(Pass.MORE);
        assertThat(queue.bytes()).isEqualTo(2 * ServerFrames.PONG_BYTES);
        assertThat(queue.take()).isFalse();
        assertThat(queue.write(ALL)).isEqualTo(Pass.DONE);
        assertThat(Frames.of(sockets.read(size))).hasSize(5);
    }

    @Test
    void a_socket_that_takes_no_more_blocks_it_and_every_byte_stays_counted() throws IOException {
        int offered = 0;
        int sent = 0;
        while (true) {
            offered += offer(filled());
            if (write(ALL) == Pass.BLOCKED) {
                break;
            }
            assertThat(queue.bytes()).isZero();
        }
        while (queue.offer(filled())) {
            offered += filledBytes();
        }
        assertThat(queue.take()).as("it is not idle").isFalse();
        Pass pass = Pass.BLOCKED;
        while (pass != Pass.DONE) {
            int there = offered - sent - queue.bytes();
            assertThat(Frames.of(sockets.read(there - there % ServerFrames.PONG_BYTES)))
                    .isNotNull();
            sent += there - there % ServerFrames.PONG_BYTES;
            if (pass == Pass.BLOCKED) {
                assertThat(queue.resume()).isTrue();
                assertThat(queue.resume()).isFalse();
            }
            pass = queue.write(ALL);
        }
        assertThat(queue.bytes()).isZero();
        assertThat(Frames.of(sockets.read(offered - sent))).isNotNull();
    }

    private static int filledBytes() {
        return BufferPool.SMALL / ServerFrames.PONG_BYTES * ServerFrames.PONG_BYTES;
    }

    @Test
    void a_queue_that_fails_gives_its_buffers_back_and_takes_no_writer() throws IOException {
        for (int i = 0; i < 5; i++) {
            offer(filled());
        }
        assertThat(queue.take()).isTrue();
        sockets.close();
        assertThatThrownBy(() -> queue.write(ALL)).isInstanceOf(IOException.class);
        queue.fail();
        assertThat(queue.bytes()).isZero();
        assertThat(queue.take()).isFalse();
        assertThat(queue.resume()).isFalse();
        assertThat(buffersLeft()).isEqualTo(SMALL_BUFFERS);
    }

    @Test
    void a_queue_that_dies_while_blocked_gives_its_buffers_back() throws IOException {
        do {
            offer(filled());
        } while (write(ALL) != Pass.BLOCKED);
        offer(filled());
        queue.die();
        assertThat(queue.resume()).isFalse();
        assertThat(buffersLeft()).isEqualTo(SMALL_BUFFERS);
    }

    @Test
    void a_writer_at_work_is_left_to_end_by_itself() throws IOException {
        int size = offer(pongs(1));
        assertThat(queue.take()).isTrue();
        queue.die();
        assertThat(queue.write(ALL)).isEqualTo(Pass.DONE);
        assertThat(Frames.of(sockets.read(size))).containsExactly("PONG 1");
        assertThat(buffersLeft()).isEqualTo(SMALL_BUFFERS);
    }

    @Test
    void whoever_queues_while_another_ends_is_not_forgotten() throws Exception {
        int count = 50_000;
        AtomicBoolean over = new AtomicBoolean();
        Thread poller = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                if (queue.resume()) {
                    writeAll();
                }
                LockSupport.parkNanos(1000);
            }
        });
        Thread producer = Thread.ofPlatform().start(() -> {
            for (int i = 1; i <= count; i++) {
                ByteBuffer bytes = ByteBuffer.allocate(ServerFrames.PONG_BYTES);
                ServerFrames.pong(bytes, i);
                Chunk chunk = new Chunk(bytes.flip());
                while (!queue.offer(chunk)) {
                    LockSupport.parkNanos(1000);
                }
                if (queue.take()) {
                    writeAll();
                }
            }
        });
        List<String> frames = Frames.of(sockets.read(count * ServerFrames.PONG_BYTES));
        assertThat(producer.join(Duration.ofSeconds(30))).isTrue();
        over.set(true);
        assertThat(poller.join(Duration.ofSeconds(30))).isTrue();
        for (int i = 0; i < count; i++) {
            assertThat(frames.get(i)).isEqualTo("PONG " + (i + 1));
        }
        assertThat(queue.isIdle()).isTrue();
        assertThat(queue.bytes()).isZero();
    }

    private void writeAll() {
        try {
            Pass pass = queue.write(100);
            while (pass == Pass.MORE) {
                pass = queue.write(100);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
