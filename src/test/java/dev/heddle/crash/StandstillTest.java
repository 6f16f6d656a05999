package dev.heddle.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server whose process is stopped for longer than any client may be silent, and goes on. */
@Timeout(120)
final class StandstillTest {
    private static final int HEARTBEAT_SECONDS = 2;
    private static final int LOGIN_SECONDS = 5;
    private static final int STOPPED_SECONDS = 8;
    private static final int MANY = 100;

    @TempDir
    private Path folder;

    /** A client that says what it is told to. */
    private static final class Client implements AutoCloseable {
        private final Socket socket;
        private final DataInputStream in;

        Client(int port) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(20_000);
            in = new DataInputStream(socket.getInputStream());
        }

        void login(String user) throws IOException {
            byte[] name = user.getBytes(StandardCharsets.UTF_8);
            ByteBuffer login = ByteBuffer.allocate(ClientFrames.loginSize(name.length, 0));
            ClientFrames.login(login, name, 0, new byte[0]);
            socket.getOutputStream().write(login.array());
        }

        void ping(long opaque) throws IOException {
            ByteBuffer ping = ByteBuffer.allocate(ClientFrames.PING_BYTES);
            ClientFrames.ping(ping, opaque);
            socket.getOutputStream().write(ping.array());
        }

        /** The type of the next frame, and its body. */
        ByteBuffer next() throws IOException {
            return ByteBuffer.wrap(in.readNBytes(in.readInt()));
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static void signal(String signal, long pid) throws Exception {
        int status = new ProcessBuilder("kill", "-" + signal, Long.toString(pid))
                .inheritIO()
                .start()
                .waitFor();
        assertThat(status).isZero();
    }

    @Test
    void nobody_is_sent_away_for_a_pause_of_the_server() throws Exception {
        int port = ServerProcess.freePort();
        List<Client> clients = new ArrayList<>();
        try (ServerProcess server = ServerProcess.start(
                        folder.resolve("data"),
                        port,
                        "--set",
                        "heartbeat.seconds=" + HEARTBEAT_SECONDS,
                        "--set",
                        "login.seconds=" + LOGIN_SECONDS);
                Client late = new Client(port);
                Client silent = new Client(port)) {
            for (int i = 0; i < MANY; i++) {
                Client client = new Client(port);
                clients.add(client);
                client.login("user" + i);
                assertThat(client.next().get(0)).isEqualTo((byte) Protocol.WELCOME);
            }
            silent.login("silent");
            assertThat(silent.next().get(0)).isEqualTo((byte) Protocol.WELCOME);

            signal("STOP", server.pid());
            // Not a wait for something, but the length of the pause, in which every client keeps to its heartbeat.
            for (int second = 0; second < STOPPED_SECONDS; second++) {
                TimeUnit.SECONDS.sleep(1);
                for (Client each : clients) {
                    each.ping(second);
                }
            }
            signal("CONT", server.pid());

            for (Client each : clients) {
                for (int second = 0; second < STOPPED_SECONDS; second++) {
                    ByteBuffer pong = each.next();
                    assertThat(pong.get(0)).isEqualTo((byte) Protocol.PONG);
                    assertThat(pong.getLong(1)).isEqualTo(second);
                }
            }
            late.login("late");
            assertThat(late.next().get(0)).as("who had not logged in yet").isEqualTo((byte) Protocol.WELCOME);
            // Who says nothing any more is still found out.
            await().atMost(Duration.ofSeconds(20))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> {
                        for (Client each : clients) {
                            each.ping(99);
                            assertThat(each.next().get(0)).isEqualTo((byte) Protocol.PONG);
                        }
                        return silent.in.available() > 0;
                    });
            assertThat(silent.next().get(0)).isEqualTo((byte) Protocol.GOODBYE);
        } finally {
            for (Client each : clients) {
                each.close();
            }
        }
    }
}
