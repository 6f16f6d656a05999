package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.ServerFrames;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PollerTest {
    private static final byte[] ALICE = "alice".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path path;

    private EdgeRig rig;
    private Socket client;

    @BeforeEach
    void connect() throws IOException {
        rig = new EdgeRig(path);
        rig.start();
        client = new Socket();
        client.setTcpNoDelay(true);
        client.connect(rig.edge.address());
        await().until(() -> rig.edge.connections() == 1);
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        rig.close();
    }

    private static byte[] login() {
        ByteBuffer login = ByteBuffer.allocate(ClientFrames.loginSize(ALICE.length, 0));
        ClientFrames.login(login, ALICE, 0, new byte[0]);
        return login.array();
    }

    private List<String> welcome() throws IOException {
        return Frames.of(ByteBuffer.wrap(client.getInputStream().readNBytes(ServerFrames.WELCOME_BYTES)));
    }

    private List<String> rest() throws IOException {
        return Frames.of(ByteBuffer.wrap(client.getInputStream().readAllBytes()));
    }

    private void pass(long seconds) {
        rig.nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
    }

    @Test
    void a_reader_is_woken_for_every_byte() throws IOException {
        for (byte each : login()) {
            client.getOutputStream().write(each);
            client.getOutputStream().flush();
        }
        assertThat(welcome()).containsExactly("WELCOME");
    }

    @Test
    void who_does_not_log_in_in_time_is_told_so() throws IOException {
        pass(EdgeRig.LOGIN_SECONDS + 1);
        assertThat(rest()).containsExactly("GOODBYE LOGIN_TIMEOUT");
    }

    @Test
    void who_logs_in_in_time_may_stay() throws IOException {
        pass(EdgeRig.LOGIN_SECONDS - 1);
        client.getOutputStream().write(login());
        assertThat(welcome()).containsExactly("WELCOME");
        pass(EdgeRig.HEARTBEAT_SECONDS);
        ByteBuffer ping = ByteBuffer.allocate(ClientFrames.PING_BYTES);
        ClientFrames.ping(ping, 3);
        client.getOutputStream().write(ping.array());
        assertThat(Frames.of(ByteBuffer.wrap(client.getInputStream().readNBytes(ServerFrames.PONG_BYTES))))
                .containsExactly("PONG 3");
    }

    @Test
    void who_is_silent_for_two_heartbeats_is_told_so() throws IOException {
        client.getOutputStream().write(login());
        assertThat(welcome()).containsExactly("WELCOME");
        pass(2 * EdgeRig.HEARTBEAT_SECONDS + 1);
        assertThat(rest()).containsExactly("GOODBYE IDLE");
    }

    @Test
    void who_goes_is_forgotten() throws IOException {
        client.getOutputStream().write(login());
        assertThat(welcome()).containsExactly("WELCOME");
        client.close();
        await().until(() -> rig.edge.connections() == 0);
    }
}
