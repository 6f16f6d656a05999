package dev.heddle.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A million frames and more, cut anywhere and damaged anyhow. */
final class FrameFuzzTest {
    private static final int LIMIT = 2000;
    private static final long SEED = Long.getLong("heddle.seed", System.nanoTime());

    private final SplittableRandom random = new SplittableRandom(SEED);
    private final ClientFrame frame = new ClientFrame();

    /** What a stream holds, whoever reads it: hash of type and body of each frame, then how it ended. */
    private record Reading(List<Integer> frames, FrameCursor.Step end) {}

    @Test
    void a_valid_stream_reads_the_same_however_it_is_cut() {
        long frames = 0;
        while (frames < 600_000) {
            ByteBuffer stream = ByteBuffer.allocate(64 * 1024);
            List<Integer> written = new ArrayList<>();
            while (stream.remaining() > LIMIT + Protocol.LENGTH_BYTES) {
                int start = stream.position();
                valid(stream);
                written.add(hash(stream, start + Protocol.LENGTH_BYTES, stream.position()));
            }
            Reading reading = read(stream.array(), stream.position(), true);
            assertThat(reading.frames).as("-Dheddle.seed=%d", SEED).isEqualTo(written);
            assertThat(reading.end).isEqualTo(FrameCursor.Step.INCOMPLETE);
            frames += written.size();
        }
    }

    @Test
    void a_damaged_stream_reads_the_same_however_it_is_cut_and_never_beyond_its_end() {
        long frames = 0;
        while (frames < 600_000) {
            ByteBuffer stream = ByteBuffer.allocate(32 * 1024);
            while (stream.remaining() > LIMIT + Protocol.LENGTH_BYTES) {
                valid(stream);
            }
            byte[] bytes = stream.array();
            int length = stream.position() - random.nextInt(20);
            for (int damages = random.nextInt(6); damages > 0; damages--) {
                bytes[random.nextInt(length)] = (byte) random.nextInt(256);
            }
            Reading whole = read(bytes, length, false);
            Reading cut = read(bytes, length, true);
            assertThat(cut).as("-Dheddle.seed=%d", SEED).isEqualTo(whole);
            frames += whole.frames.size() + 1;
        }
    }

    /** Reads as a connection does: what is no whole frame stays in front of what comes next. */
    private Reading read(byte[] stream, int length, boolean inPieces) {
        List<Integer> frames = new ArrayList<>();
        FrameCursor cursor = new FrameCursor(LIMIT);
        int from = 0;
        int to = 0;
        FrameCursor.Step step = FrameCursor.Step.INCOMPLETE;
        while (to < length && step == FrameCursor.Step.INCOMPLETE) {
            int piece = inPieces ? 1 + random.nextInt(random.nextInt(4) == 0 ? 5 : 4000) : length;
            to = Math.min(length, to + piece);
            // A buffer that ends where the data does: whoever reads on falls off.
            ByteBuffer region = ByteBuffer.wrap(stream, 0, to).slice();
            cursor.wrap(region, from, to);
            for (step = cursor.next(); step == FrameCursor.Step.FRAME; step = cursor.next()) {
                assertThat(cursor.bodyEnd()).isLessThanOrEqualTo(to);
                assertThat(cursor.bodyEnd() - cursor.bodyStart()).isBetween(0, LIMIT - 1);
                frames.add(hash(region, cursor.bodyStart() - 1, cursor.bodyEnd()));
                parse(region, cursor);
            }
            from = cursor.consumed();
        }
        return new Reading(frames, step);
    }

    private void parse(ByteBuffer region, FrameCursor cursor) {
        ByteBuffer own = region.slice(0, cursor.bodyEnd());
        if (frame.parse(own, cursor.type(), cursor.bodyStart(), cursor.bodyEnd())
                && cursor.type() != Protocol.ACK
                && cursor.type() != Protocol.PING
                && cursor.type() != Protocol.LOGOUT) {
            int _ = frame.name().length + (frame.nameValid() ? 1 : 0);
        }
    }

    private void valid(ByteBuffer out) {
        byte[] name = new byte[1 + random.nextInt(random.nextInt(20) == 0 ? 128 : 12)];
        for (int i = 0; i < name.length; i++) {
            name[i] = (byte) ('a' + random.nextInt(26));
        }
        byte[] body = new byte[random.nextInt(random.nextInt(30) == 0 ? LIMIT - 200 : 60)];
        random.nextBytes(body);
        int start = out.position();
        switch (random.nextInt(9)) {
            case 0 -> ClientFrames.login(out, name, random.nextLong(), body);
            case 1 -> ClientFrames.ack(out, random.nextLong());
            case 2 -> ClientFrames.query(out, random.nextInt(), name);
            case 3 -> ClientFrames.watch(out, name);
            case 4 -> ClientFrames.unwatch(out, name);
            case 5 -> ClientFrames.signal(out, name, body);
            case 6 -> ClientFrames.ping(out, random.nextLong());
            case 7 -> ClientFrames.logout(out);
            default -> ClientFrames.send(out, random.nextLong(), name, body);
        }
        assertThat(frame.parse(out, out.get(start + 4), start + 5, out.position()))
                .isTrue();
    }

    private static int hash(ByteBuffer source, int from, int to) {
        int hash = 1;
        for (int i = from; i < to; i++) {
            hash = 31 * hash + source.get(i);
        }
        return hash;
    }
}
