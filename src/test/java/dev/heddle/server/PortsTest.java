package dev.heddle.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.crash.ServerProcess;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several servers on one machine, and how addresses are shown. */
@Timeout(60)
class PortsTest {
    @TempDir
    private Path folder;

    private final List<String> said = new ArrayList<>();

    private Server start(String... pairs) throws Exception {
        Map<String, String> settings = new TreeMap<>(Map.of(
                "data", folder.resolve("data").toString(), "max.users", "1000", "port", "0", "admin.port", "off"));
        for (int i = 0; i < pairs.length; i += 2) {
            settings.put(pairs[i], pairs[i + 1]);
        }
        return Server.start(Settings.of(settings), said::add);
    }

    private static ServerSocket taken(int port) throws Exception {
        return new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
    }

    @Test
    void where_the_next_port_is_taken_the_admin_port_is_the_first_free_one_after_it() throws Exception {
        int port = ServerProcess.freePort();
        try (ServerSocket _ = taken(port + 1)) {
            // The port after that is to be free for clients of the old protocol.
            Server server = start("port", "" + port, "admin.port", "next", "legacy.port", "" + (port + 2));
            try {
                int admin = server.admin().orElseThrow().getPort();
                assertThat(admin).isGreaterThan(port + 2);
                assertThat(said).contains("admin.port=next: " + (port + 1) + " is taken, the admin port is " + admin);
            } finally {
                server.close();
            }
            assertThatThrownBy(() -> start("admin.port", "" + (port + 1)))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageStartingWith(
                            "cannot open the admin port on 127.0.0.1:" + (port + 1) + " (admin.port): ");
        }
    }

    @Test
    void a_port_that_is_taken_is_named_by_its_setting_and_by_the_server_that_has_it() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/tcp")), "skipped: this system does not say who has a port");
        int port = ServerProcess.freePort();
        Path other = folder.resolve("other").toAbsolutePath();
        try (ServerProcess server = ServerProcess.start(other, port)) {
            String holder = "the Heddle server with pid " + server.pid() + " on " + other;
            int admin = AdminDoor.read(other.resolve("heddle.admin")).uri().getPort();
            assertThatThrownBy(() -> start("port", "" + port))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageStartingWith("cannot listen on 127.0.0.1:" + port + ": ")
                    .hasMessageEndingWith(", by " + holder + "; port can be another one");
            assertThatThrownBy(() -> start("port", "" + admin))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageEndingWith(", by the admin port of " + holder + "; port can be another one");
            assertThatThrownBy(() -> start("legacy.port", "" + port))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageEndingWith(", by " + holder + "; legacy.port can be another one");
            assertThatThrownBy(() -> start("admin.port", "" + port))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining(", by " + holder + "; admin.port can be");
        }
    }

    @Test
    void addresses_are_shown_as_they_were_given() throws Exception {
        Server server = start("bind", "0.0.0.0", "insecure", "yes");
        try {
            assertThat(server.addresses()).matches("0\\.0\\.0\\.0:\\d+");
        } finally {
            server.close();
        }
        byte[] loopback = new byte[16];
        loopback[15] = 1;
        assertThat(Doors.text(new InetSocketAddress(InetAddress.getByAddress(loopback), 7400)))
                .isEqualTo("[0:0:0:0:0:0:0:1]:7400");
    }

    @Test
    void one_port_cannot_be_for_clients_with_and_without_tls() {
        assertThatThrownBy(() -> Doors.of(
                        Settings.of(Map.of("port", "7400", "tls.port", "7400", "data", folder.toString())),
                        false,
                        warning -> {}))
                .isInstanceOf(SettingsException.class)
                .hasMessage("port and tls.port are both 7400");
    }
}
