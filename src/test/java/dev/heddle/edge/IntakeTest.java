package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** In which buffers a stream is read. */
final class IntakeTest {
    /** No divisor of a buffer's size: a frame is left over after each full read. */
    private static final int FRAME_BYTES = 90;

    private static final int HALF = FRAME_BYTES / 2;

    @TempDir
    private Path path;

    private EdgeRig rig;
    private Intake intake;
    private final Stream stream = new Stream();

    /** Frames without end, of which so many bytes have come. */
    private static final class Stream implements ReadableByteChannel {
        private long at;
        private int come;

        @Override
        public int read(ByteBuffer into) {
            int count = Math.min(come, into.remaining());
            for (int i = 0; i < count; i++) {
                int inFrame = (int) (at++ % FRAME_BYTES);
                into.put((byte) (inFrame == 3 ? FRAME_BYTES - 4 : inFrame < 3 ? 0 : at));
            }
            come -= count;
            return count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @BeforeEach
    void open() throws IOException {
        rig = new EdgeRig(path);
        intake = new Intake(rig.edge, () -> {});
    }

    @AfterEach
    void close() throws IOException {
        rig.close();
    }

    /** Reads what there is, of so many bytes that have come, and handles all whole frames; returns how much it was. */
    private int read(int bytes) throws IOException {
        stream.come = bytes;
        int count = intake.read(stream);
        stream.come = 0;
        int from = intake.length() / FRAME_BYTES * FRAME_BYTES;
        assertThat(intake.keep(from)).isTrue();
        assertThat(intake.length()).isLessThan(FRAME_BYTES);
        if (intake.length() > 3) {
            assertThat(intake.buffer().getInt(0)).isEqualTo(FRAME_BYTES - 4);
        }
        return count;
    }

    @Test
    void aStreamGoesOnInALargeBufferAlthoughAFrameIsAlwaysLeftOver() throws IOException {
        assertThat(read(BufferPool.LARGE)).isEqualTo(BufferPool.SMALL);
        int left = intake.length();

        assertThat(left).isPositive();
        assertThat(read(BufferPool.LARGE)).isEqualTo(BufferPool.LARGE - left);
        assertThat(read(BufferPool.LARGE / 2)).as("what does not fill it").isEqualTo(BufferPool.LARGE / 2);
        assertThat(intake.buffer().capacity()).isEqualTo(BufferPool.LARGE);
    }

    @Test
    void whatComesSlowlyAgainGivesTheLargeBufferBackWithAFrameHalfRead() throws IOException {
        int large = rig.edge.pool().largeAvailable();
        read(BufferPool.LARGE);
        read(BufferPool.LARGE);
        assertThat(rig.edge.pool().largeAvailable()).isEqualTo(large - 1);

        read(FRAME_BYTES - intake.length() + HALF);

        assertThat(intake.length()).isEqualTo(HALF);
        assertThat(intake.buffer().capacity()).isEqualTo(BufferPool.SMALL);
        assertThat(rig.edge.pool().largeAvailable()).isEqualTo(large);
    }

    @Test
    void whereLargeBuffersAreScarceAStreamGoesOnInASmallOne() throws IOException {
        while (rig.edge.pool().isRoomy()) {
            assertThat(rig.edge.pool().large()).isNotNull();
        }
        read(BufferPool.LARGE);

        assertThat(read(BufferPool.LARGE)).isLessThan(BufferPool.SMALL);
    }

    @Test
    void nothingIsHeldBetweenFrames() throws IOException {
        int small = rig.smallLeft();
        read(FRAME_BYTES * 10);

        assertThat(intake.length()).isZero();
        assertThat(rig.smallLeft()).isEqualTo(small);
    }
}
