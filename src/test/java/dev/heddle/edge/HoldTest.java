package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Memory that a connection holds, and who waits for it. */
@Timeout(60)
final class HoldTest {
    @TempDir
    private Path path;

    private EdgeRig rig;
    private SocketPair sockets;

    @BeforeEach
    void open() throws IOException {
        rig = new EdgeRig(path);
        sockets = new SocketPair();
    }

    @AfterEach
    void close() throws IOException {
        sockets.close();
        rig.close();
    }

    @Test
    void who_is_sent_away_in_the_middle_of_its_login_goes_at_once() throws IOException {
        Connection connection = rig.connection(sockets);
        assertThat(connection.move(Phase.NEW, Phase.LOGGING_IN)).isTrue();
        ByteBuffer buffer = Objects.requireNonNull(rig.edge.assembly().take(BufferPool.LARGE));
        Hold hold = rig.edge.assembly().holds(connection, buffer);

        hold.sendAway();

        assertThat(connection.phase()).isEqualTo(Phase.CLOSED);
    }

    /** One of whom it is known whether it was sent away. */
    private static final class Holder implements Assembly.Client {
        private volatile boolean sentAway;

        @Override
        public void isTooSlow() {
            sentAway = true;
        }

        @Override
        public boolean isEnding() {
            return sentAway;
        }
    }

    /** A record of 16 KiB of which the beginning has come, in memory that others wait for. */
    private TlsInput unfinishedRecord(Holder client) throws IOException {
        TlsInput input = new TlsInput(sockets.server(), rig.edge, client);
        sockets.write(new byte[] {23, 3, 3, 64, 0, 1, 2, 3});
        while (!input.hasHeader()) {
            int _ = input.fill();
        }
        assertThat(input.fill()).isZero();
        input.settle();
        return input;
    }

    private void useUp() {
        while (rig.edge.assembly().take(BufferPool.LARGE) != null) {
            // All that may be lent.
        }
    }

    @Test
    void a_record_behind_what_is_being_handled_is_not_late() throws Exception {
        Assembly assembly = rig.edge.assembly();
        Holder behind = new Holder();
        TlsInput input = unfinishedRecord(behind);
        Holder late = new Holder();
        rig.nanos.addAndGet(1);
        Hold other = assembly.holds(late, Objects.requireNonNull(assembly.take(BufferPool.LARGE)));
        useUp();
        AtomicBoolean goesOn = new AtomicBoolean(true);
        Thread waiter = Thread.ofVirtual().start(() -> {
            ByteBuffer _ = assembly.await(new Holder(), BufferPool.LARGE, Long.MAX_VALUE / 2, goesOn::get);
        });
        try {
            input.isHandled();
            rig.nanos.addAndGet(2 * Hold.GRACE_NANOS);
            await().atMost(Duration.ofSeconds(10)).until(() -> late.sentAway);
            assertThat(behind.sentAway).as("while it is handled").isFalse();

            assembly.holdsNot(other);
            input.isNotHandled();
            rig.nanos.addAndGet(2 * Hold.GRACE_NANOS);
            await().atMost(Duration.ofSeconds(10)).until(() -> behind.sentAway);
        } finally {
            goesOn.set(false);
            waiter.join();
            input.release();
        }
    }

    @Test
    void who_ends_waits_for_no_memory_for_a_record() throws Exception {
        useUp();
        Holder client = new Holder();
        AtomicBoolean ended = new AtomicBoolean();
        Thread reader = Thread.ofVirtual().start(() -> {
            try {
                TlsInput _ = unfinishedRecord(client);
            } catch (IOException noMemory) {
                ended.set(true);
            }
        });
        await().atMost(Duration.ofSeconds(10)).until(() -> rig.edge.assembly().waiting() == 1);
        client.isTooSlow();
        reader.join(Duration.ofSeconds(10));
        assertThat(ended).isTrue();
    }
}
