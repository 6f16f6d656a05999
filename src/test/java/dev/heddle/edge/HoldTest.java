package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
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
}
