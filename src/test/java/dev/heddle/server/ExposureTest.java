package dev.heddle.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.events.EventLog;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ExposureTest {
    private static Exposure at(String address, boolean tokens, boolean encrypted) throws Exception {
        return Exposure.clients("bind", InetAddress.getByName(address), tokens, encrypted);
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "127.8.9.1", "::1", "localhost"})
    void at_home_there_are_no_rules(String address) throws Exception {
        assertThat(at(address, false, false).judge(false)).isEmpty();
        assertThat(at(address, false, false).judge(true)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "10.0.0.1", "192.0.2.1", "2001:db8::1", "fe80::1", "169.254.0.1"})
    void where_others_come_it_takes_tokens_and_tls_or_the_word_for_it(String address) throws Exception {
        assertThat(at(address, true, true).judge(false)).isEmpty();
        assertThatThrownBy(() -> at(address, false, true).judge(false))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("bind=")
                .hasMessageContaining("needs auth=token (or --insecure");
        assertThatThrownBy(() -> at(address, true, false).judge(false)).hasMessageContaining("needs TLS (or");
        assertThatThrownBy(() -> at(address, false, false).judge(false))
                .hasMessageContaining("needs auth=token and TLS (or");
        assertThat(at(address, true, true).judge(true)).isEmpty();
        assertThat(at(address, true, false).judge(true))
                .startsWith("INSECURE: ")
                .contains("steal tokens");
        assertThat(at(address, false, true).judge(true))
                .startsWith("INSECURE: ")
                .contains("any user");
    }

    @Test
    void a_server_that_may_not_listen_there_does_not_start_and_makes_nothing(@TempDir Path folder) {
        Path data = folder.resolve("data");
        assertThatThrownBy(() -> Server.start(
                        Settings.of(Map.of("bind", "0.0.0.0", "port", "0", "data", data.toString())), line -> {}))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("bind=0.0.0.0 can be reached by others");
        assertThat(Files.exists(data)).isFalse();
    }

    @Test
    void a_server_that_listens_there_by_request_says_so_before_anything_else(@TempDir Path folder) throws Exception {
        List<String> said = new ArrayList<>();
        Server server = Server.start(
                Settings.of(Map.of(
                        "bind",
                        "0.0.0.0",
                        "port",
                        "0",
                        "insecure",
                        "yes",
                        "max.users",
                        "1000",
                        "data",
                        folder.resolve("data").toString())),
                said::add);
        server.close();
        assertThat(said.getFirst()).startsWith("INSECURE: bind=0.0.0.0");
    }

    private static Doors doors(boolean tokens, String... pairs) {
        Map<String, String> values = new HashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            values.put(pairs[i], pairs[i + 1]);
        }
        return Doors.of(Settings.of(values), tokens, warning -> {
            throw new AssertionError(warning);
        });
    }

    @Test
    void each_port_is_judged_by_itself() {
        assertThat(doors(true, "tls.port", "7443", "tls.bind", "0.0.0.0"))
                .hasToString("127.0.0.1:7400 and 0.0.0.0:7443 (TLS)");
        assertThat(doors(true, "port", "off", "bind", "0.0.0.0", "tls.port", "7443", "tls.bind", "0.0.0.0"))
                .hasToString("0.0.0.0:7443 (TLS)");
        assertThatThrownBy(() -> doors(true, "bind", "0.0.0.0", "tls.port", "7443", "tls.bind", "0.0.0.0"))
                .hasMessageStartingWith("bind=0.0.0.0 can be reached by others, and that needs TLS (or");
        assertThatThrownBy(() -> doors(false, "tls.port", "7443", "tls.bind", "0.0.0.0"))
                .hasMessageStartingWith("tls.bind=0.0.0.0 can be reached by others, and that needs auth=token (or");
    }

    @Test
    void a_server_without_any_port_is_refused() {
        assertThatThrownBy(() -> doors(true, "port", "off"))
                .hasMessage("port=off: tls.port is off, too, so nobody could connect");
    }

    @Test
    void a_server_without_its_certificate_does_not_start_and_makes_nothing(@TempDir Path folder) {
        Path data = folder.resolve("data");
        Path certificate = folder.resolve("tls.crt");
        Map<String, String> settings = Map.of(
                "tls.port", "0", "tls.certificate", certificate.toString(), "port", "0", "data", data.toString());
        assertThatThrownBy(() -> Server.start(Settings.of(settings), line -> {}))
                .isInstanceOf(SettingsException.class)
                .hasMessage("TLS: certificate file " + certificate + ": there is no such file");
        assertThat(Files.exists(data)).isFalse();
    }

    @Test
    void a_server_without_its_keys_does_not_start(@TempDir Path folder) {
        Path keys = folder.resolve("keys");
        assertThatThrownBy(() -> Server.start(
                        Settings.of(Map.of(
                                "auth",
                                "token",
                                "auth.keys",
                                keys.toString(),
                                "data",
                                folder.resolve("data").toString())),
                        line -> {}))
                .isInstanceOf(SettingsException.class)
                .hasMessage("auth=token: key file " + keys + ": there is no such file");
    }

    @Test
    void clients_of_the_old_protocol_need_no_other_port_but_tls_where_others_can_connect() {
        try (EventLog events = new EventLog()) {
            Settings loopback = Settings.of(Map.of("port", "off", "tls.port", "0", "legacy.port", "0"));
            assertThat(LegacyDoor.of(loopback, false, events)).isNotNull();
            Settings wide = Settings.of(Map.of("legacy.port", "0", "legacy.bind", "0.0.0.0"));
            assertThatThrownBy(() -> LegacyDoor.of(wide, false, events))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining(
                            "legacy.bind=0.0.0.0 can be reached by others, and that needs auth=token and TLS");
            assertThatThrownBy(() -> LegacyDoor.of(wide, true, events))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageContaining("and that needs TLS, which the protocol behind it does not have");
        }
    }
}
