package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.shard.Outcome;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.ServerFrames;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
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
        client.connect(rig.edge.addresses().getFirst());
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
        client.getOutputStream().write(ping(3));
        assertThat(pong()).isEqualTo("PONG 3");
    }

    @Test
    void who_is_silent_for_two_heartbeats_is_told_so() throws IOException {
        client.getOutputStream().write(login());
        assertThat(welcome()).containsExactly("WELCOME");
        pass(2 * EdgeRig.HEARTBEAT_SECONDS + 1);
        // Its socket is read once more, and then it is over.
        await().until(() -> {
            pass(1);
            return client.getInputStream().available() > 0;
        });
        assertThat(rest()).containsExactly("GOODBYE IDLE");
    }

    private static void pass(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static byte[] ping(long opaque) {
        ByteBuffer ping = ByteBuffer.allocate(ClientFrames.PING_BYTES);
        ClientFrames.ping(ping, opaque);
        return ping.array();
    }

    private String pong() throws IOException {
        return Frames.of(ByteBuffer.wrap(client.getInputStream().readNBytes(ServerFrames.PONG_BYTES)))
                .getFirst();
    }

    @Test
    void a_frame_that_comes_alone_is_handled_by_the_poller_and_wants_no_reader() throws IOException {
        client.getOutputStream().write(login());
        assertThat(welcome()).containsExactly("WELCOME");
        // The reader may still be on its way to sleep.
        await().until(() -> {
            client.getOutputStream().write(ping(1));
            return pong().equals("PONG 1") && rig.latestOwner.equals("heddle-poller");
        });
        for (int i = 0; i < 100; i++) {
            client.getOutputStream().write(ping(i));
            assertThat(pong()).isEqualTo("PONG " + i);
            assertThat(rig.latestOwner).isEqualTo("heddle-poller");
        }
    }

    @Test
    void a_frame_that_comes_in_pieces_is_handled_when_it_is_whole() throws IOException {
        client.getOutputStream().write(login());
        assertThat(welcome()).containsExactly("WELCOME");
        for (int i = 0; i < 20; i++) {
            for (byte each : ping(i)) {
                client.getOutputStream().write(each);
                client.getOutputStream().flush();
            }
            assertThat(pong()).isEqualTo("PONG " + i);
        }
    }

    @Test
    void what_the_poller_cannot_finish_the_reader_does_and_others_are_served() throws Exception {
        client.getOutputStream().write(login());
        assertThat(welcome()).containsExactly("WELCOME");
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        Thread owner = Thread.ofPlatform().start(() -> {
            boolean _ = rig.loop.submit(turn -> {
                entered.countDown();
                pass(leave);
                return Outcome.DONE;
            });
        });
        entered.await();
        client.getOutputStream().write(ping(7));
        try (Socket other = new Socket()) {
            other.connect(rig.edge.addresses().getFirst());
            await().until(() -> rig.edge.connections() == 2);
            pass(EdgeRig.LOGIN_SECONDS + 1);
            assertThat(Frames.of(ByteBuffer.wrap(other.getInputStream().readAllBytes())))
                    .containsExactly("GOODBYE LOGIN_TIMEOUT");
        } finally {
            leave.countDown();
        }
        assertThat(pong()).isEqualTo("PONG 7");
        owner.join();
        client.getOutputStream().write(ping(8));
        assertThat(pong()).isEqualTo("PONG 8");
    }

    @Test
    void who_goes_is_forgotten() throws IOException {
        client.getOutputStream().write(login());
        assertThat(welcome()).containsExactly("WELCOME");
        client.close();
        await().until(() -> rig.edge.connections() == 0);
    }
}
