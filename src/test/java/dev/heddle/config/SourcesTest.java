package dev.heddle.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where settings come from, which source comes before which, and what is said of a wrong one. */
class SourcesTest {
    @TempDir
    private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("heddle.properties"), text);
    }

    private static Settings read(@Nullable Path file, Map<String, String> environment, Map<String, Given> flags) {
        return Settings.of(new Sources(file, environment, flags).read());
    }

    private Settings read(String text) throws IOException {
        return read(file(text), Map.of(), Map.of());
    }

    @Test
    void the_command_line_comes_before_the_environment_and_that_before_the_file() throws IOException {
        Path file = file("port=1\nlogin.seconds=1\nmessage.days=1\n");
        Map<String, String> environment =
                Map.of("HEDDLE_PORT", "2", "HEDDLE_LOGIN_SECONDS", "2", "HEDDLE_HEARTBEAT_SECONDS", " 2 ");
        Settings settings = read(file, environment, Map.of("port", new Given("3", "--port")));

        assertThat(settings.listen().port()).hasValue(3);
        assertThat(settings.connections().loginSeconds()).isEqualTo(2);
        assertThat(settings.connections().heartbeatSeconds()).isEqualTo(2);
        assertThat(settings.inbox().days()).isEqualTo(1);
        assertThat(settings.inbox().messages()).isEqualTo(1_000_000);
    }

    @Test
    void an_error_names_file_and_line_or_variable_or_option() throws IOException {
        Path file = file("# one\n\nport = 70000\n");
        assertThatThrownBy(() -> read(file, Map.of(), Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessage(file + ":3: port=70000: must be off, or a port from 0 to 65535");
        assertThatThrownBy(() -> read(file, Map.of("HEDDLE_PORT", "tcp://10.0.0.1:7400"), Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessage("HEDDLE_PORT: port=tcp://10.0.0.1:7400: must be off, or a port from 0 to 65535");
        assertThatThrownBy(() -> read(file, Map.of(), Map.of("port", new Given("x", "--port"))))
                .isInstanceOf(SettingsException.class)
                .hasMessage("--port: port=x: must be off, or a port from 0 to 65535");
    }

    @Test
    void a_wrong_value_that_another_source_replaces_does_no_harm() throws IOException {
        Path file = file("port=70000\n");
        assertThat(read(file, Map.of("HEDDLE_PORT", "2"), Map.of()).listen().port())
                .hasValue(2);
    }

    @Test
    void an_unknown_name_is_refused_with_where_it_stands() throws IOException {
        Path file = file("port=1\nprot=1\n");
        assertThatThrownBy(() -> read(file, Map.of(), Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessage(file + ":2: unknown setting prot");
        assertThatThrownBy(() -> read("", "HEDDLE_PROT"))
                .isInstanceOf(SettingsException.class)
                .hasMessage("HEDDLE_PROT: unknown setting prot");
        assertThatThrownBy(() -> read(file(""), Map.of(), Map.of("prot", new Given("1", "--set"))))
                .isInstanceOf(SettingsException.class)
                .hasMessage("--set: unknown setting prot");
    }

    private Settings read(String text, String variable) throws IOException {
        return read(file(text), Map.of(variable, "1"), Map.of());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"HEDDLE_HEAP", "HEDDLE_JAVA_OPTS", "HEDDLE_CONFIG", "HEDDLE_TEST_THIS", "PORT", "HEDDLEPORT"})
    void a_variable_of_the_scripts_or_of_others_is_no_setting(String variable) throws IOException {
        assertThat(read(null, Map.of(variable, "1"), Map.of())).isEqualTo(Settings.of(Map.of()));
    }

    @Test
    void an_empty_variable_counts_as_not_set() {
        assertThat(read(null, Map.of("HEDDLE_PORT", " ", "HEDDLE_PROT", ""), Map.of()))
                .isEqualTo(Settings.of(Map.of()));
    }

    @Test
    void a_file_may_have_comments_and_white_space_and_any_letters() throws IOException {
        Settings settings = read("# comment\n\n  port =  7401 \r\n\t#data=x\ndata=/tmp/w\u00e4rme = x\n");
        assertThat(settings.listen().port()).hasValue(7401);
        assertThat(settings.storage().data()).isEqualTo(Path.of("/tmp/w\u00e4rme = x"));
    }

    @Test
    void a_file_may_begin_with_the_mark_of_utf8() throws IOException {
        assertThat(read("\ufeffport=7401\n").listen().port()).hasValue(7401);
        assertThat(read("\ufeff# comment\nport=7402\n").listen().port()).hasValue(7402);
        assertThat(read("\ufeff").listen().port()).hasValue(7400);
    }

    @Test
    void a_relative_path_begins_at_the_files_folder_and_one_from_elsewhere_at_the_current_one() throws IOException {
        Path file = file("auth.keys=k/keys\ntls.key=../tls.key\nadmin.token.file=/etc/token\n");
        Settings settings =
                read(file, Map.of("HEDDLE_DATA", "there"), Map.of("admin.token.file", new Given("token", "--set")));
        Path current = Path.of("").toAbsolutePath();
        assertThat(settings.access().keys()).isEqualTo(folder.resolve("k/keys"));
        assertThat(settings.tls().key()).hasToString(folder + "/../tls.key");
        assertThat(settings.tls().certificate()).as("the default").isEqualTo(folder.resolve("tls.crt"));
        assertThat(settings.storage().data()).isEqualTo(current.resolve("there"));
        assertThat(settings.admin().tokenFile()).hasValue(current.resolve("token"));
        assertThat(read(null, Map.of(), Map.of()).access().keys()).isEqualTo(current.resolve("heddle.keys"));
        assertThat(read("admin.token.file=\n").admin().tokenFile()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"port", "=1", "port: 1", "data=a\\"})
    void a_line_that_sets_nothing_is_refused(String line) throws IOException {
        Path file = file("#\n" + line + "\n");
        assertThatThrownBy(() -> SettingsFile.read(file))
                .isInstanceOf(SettingsException.class)
                .hasMessage(file + ":2: must be name=value, in one line");
    }

    @Test
    void a_name_that_is_set_twice_in_a_file_is_refused() throws IOException {
        Path file = file("port=7401\nport = 7401\n");
        assertThatThrownBy(() -> SettingsFile.read(file))
                .isInstanceOf(SettingsException.class)
                .hasMessage(file + ":2: port is set twice");
    }

    @Test
    void a_file_that_cannot_be_read_is_named() throws IOException {
        Path missing = folder.resolve("missing");
        Path binary = Files.write(folder.resolve("binary"), new byte[] {'p', (byte) 0xff, (byte) 0xfe});
        Path large = Files.writeString(folder.resolve("large"), "#".repeat((1 << 20) + 1));
        for (Path file : new Path[] {missing, binary, large, folder}) {
            assertThatThrownBy(() -> SettingsFile.read(file))
                    .isInstanceOf(SettingsException.class)
                    .hasMessageStartingWith("cannot read the configuration " + file + ": ");
        }
    }

    @ParameterizedTest
    @CsvSource({"data, ' '", "bind, ''", "port, ''"})
    void what_needs_a_value_is_not_set_to_nothing(String name, String value) throws IOException {
        Path file = file(name + "=" + value);
        assertThatThrownBy(() -> read(file, Map.of(), Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith(file + ":1: " + name + "=: must ");
    }
}
