package dev.heddle.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @Test
    void what_is_not_set_has_its_default() {
        Settings settings = Settings.of(Map.of());

        assertThat(settings.listen().bind()).isEqualTo("127.0.0.1");
        assertThat(settings.listen().port()).hasValue(7400);
        assertThat(settings.storage().data()).isEqualTo(Path.of("data").toAbsolutePath());
        assertThat(settings.storage().sync()).isEqualTo(StorageSettings.Sync.ALWAYS);
        assertThat(settings.storage().shards()).isZero();
        assertThat(settings.connections().most()).isZero();
        assertThat(settings.storage().maxUsers()).isEqualTo(1_000_000);
        assertThat(settings.connections().frameBytes()).isEqualTo(1 << 20);
        assertThat(settings.connections().heartbeatSeconds()).isEqualTo(60);
    }

    @Test
    void sizes_may_be_written_as_people_write_them() {
        Settings settings = Settings.of(Map.of("log.bytes", "2g", "segment.bytes", " 4M ", "frame.bytes", "64k"));

        assertThat(settings.storage().logBytes()).isEqualTo(2L << 30);
        assertThat(settings.storage().segmentBytes()).isEqualTo(4 << 20);
        assertThat(settings.connections().frameBytes()).isEqualTo(64 << 10);
    }

    @Test
    void an_unknown_setting_is_named() {
        assertThatThrownBy(() -> Settings.of(Map.of("port", "1", "prot", "1")))
                .isInstanceOf(SettingsException.class)
                .hasMessage("unknown setting prot");
    }

    @ParameterizedTest
    @CsvSource({
        "shards, 0, 64",
        "max.connections, 0, 1000000",
        "max.users, 16, 100000000",
        "frame.bytes, 512, 1048576",
        "login.seconds, 1, 3600",
        "heartbeat.seconds, 1, 32767",
        "inbox.messages, 1, 100000000",
        "inbox.bytes, 1, 1125899906842624",
        "message.days, 1, 36500",
        "log.bytes, 4194304, 1125899906842624",
        "segment.bytes, 2097152, 1073741824",
        "send.buffer.bytes, 4096, 4194304",
        "receive.buffer.bytes, 4096, 4194304",
        "shared.buffer.bytes, 4194304, 17179869184",
        "rate.user.messages, 0, 1000000000",
        "rate.user.bytes, 0, 1073741824",
        "rate.user.names, 0, 1000000000",
        "rate.address.messages, 0, 1000000000",
        "rate.address.bytes, 0, 1073741824",
        "rate.address.connections, 0, 1000000000",
        "rate.address.logins, 0, 1000000000",
        "max.connections.per.address, 0, 1000000",
        "rate.reserve.seconds, 1, 3600",
        "watches.per.session, 0, 1000000",
        "watches.total, 0, 100000000"
    })
    void a_range_includes_its_ends_and_nothing_beyond(String name, long least, long most) {
        Settings.of(Map.of(name, Long.toString(least)));
        Settings.of(Map.of(name, Long.toString(most)));

        String range = ": must be a number from " + least + " to " + most;
        for (long wrong : new long[] {least - 1, most + 1}) {
            assertThatThrownBy(() -> Settings.of(Map.of(name, Long.toString(wrong))))
                    .isInstanceOf(SettingsException.class)
                    .hasMessage(name + "=" + wrong + range);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k", "many", "1.5g", "0x10", "1 k", "99999999999999999999", "9999999999t"})
    void what_is_no_number_is_refused_by_name(String text) {
        assertThatThrownBy(() -> Settings.of(Map.of("log.bytes", text)))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("log.bytes=" + text + ": must be a number from ");
    }

    @Test
    void sync_is_always_or_os() {
        assertThat(Settings.of(Map.of("sync", "os")).storage().sync()).isEqualTo(StorageSettings.Sync.OS);
        assertThatThrownBy(() -> Settings.of(Map.of("sync", "sometimes")))
                .isInstanceOf(SettingsException.class)
                .hasMessage("sync=sometimes: must be always or os");
    }

    @Test
    void a_path_that_cannot_be_one_is_refused_by_name() {
        assertThatThrownBy(() -> Settings.of(Map.of("data", "a\0b")))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("data=");
    }

    @Test
    void the_callers_map_is_left_alone() {
        Map<String, String> values = new HashMap<>(Map.of("port", "1"));
        Settings.of(values);
        assertThat(values).containsEntry("port", "1");
    }

    @ParameterizedTest
    @CsvSource({"0, 0 B", "10239, 10239 B", "10240, 10 KiB", "536870912, 512 MiB", "1099511627776, 1024 GiB"})
    void sizes_are_written_short(long bytes, String text) {
        assertThat(Sizes.format(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1023, 1024, 1025, 64 << 10, 10 << 20, 16L << 30, 1L << 50})
    void a_size_that_is_written_is_read_again(long bytes) {
        assertThat(Sizes.parse(Sizes.write(bytes))).isEqualTo(bytes);
    }

    @Test
    void every_setting_has_a_variable_and_an_option_of_its_own() {
        assertThat(Settings.BY_NAME.values()).doesNotHaveDuplicates().allSatisfy(setting -> {
            assertThat(setting.name()).matches("[a-z]+([.][a-z]+)*");
            assertThat(setting.meaning()).isNotBlank().doesNotContain("|", "\n");
            assertThat(Sources.NO_SETTINGS).doesNotContain(setting.variable());
        });
    }
}
