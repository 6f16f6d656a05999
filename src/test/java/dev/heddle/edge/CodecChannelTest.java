package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How another protocol's bytes are read. */
@Timeout(60)
final class CodecChannelTest {
    private static final int MOST = 64 * 1024 + BufferPool.SMALL;

    @TempDir
    private Path path;

    /** Passes over all that it hears. */
    private static final class Deaf implements Codec {
        @Override
        public void decode(ByteBuffer bytes, ByteBuffer frames, boolean more) {
            bytes.position(bytes.limit());
        }

        @Override
        public int body() {
            return 0;
        }

        @Override
        public void passed(int count) {}

        @Override
        public boolean hasEnded() {
            return false;
        }

        @Override
        public boolean wantsIn() {
            return false;
        }

        @Override
        public void opened(long firstId) {}

        @Override
        public void encode(ByteBuffer frames) {}

        @Override
        public int unacknowledged() {
            return 0;
        }

        @Override
        public int acknowledgedAhead() {
            return 0;
        }

        @Override
        public void closed() {}
    }

    @Test
    void one_read_passes_over_no_more_than_it_would_bring_and_says_how_much_that_was() throws Exception {
        try (EdgeRig rig = new EdgeRig(path);
                SocketPair sockets = new SocketPair()) {
            Connection connection = rig.connection(sockets);
            CodecChannel channel = new CodecChannel(sockets.server(), new Deaf(), connection, rig.edge.pool());
            int sent = 4 * MOST;
            Thread client = Thread.ofVirtual().start(() -> {
                try {
                    sockets.write(new byte[sent]);
                } catch (IOException closed) {
                    throw new AssertionError(closed);
                }
            });
            ByteBuffer target = ByteBuffer.allocate(BufferPool.LARGE);
            int all = 0;
            while (all < sent) {
                assertThat(channel.read(target)).isZero();
                int passedOver = channel.takePassedOver();
                assertThat(passedOver).isLessThanOrEqualTo(MOST);
                all += passedOver;
            }
            assertThat(all).isEqualTo(sent);
            assertThat(channel.takePassedOver()).isZero();
            client.join();
        }
    }
}
