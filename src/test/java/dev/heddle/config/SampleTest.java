package dev.heddle.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people read about settings says what the table says. */
class SampleTest {
    private static final Path HOME = Path.of(System.getProperty("heddle.home", "."));

    @Test
    void the_sample_in_etc_is_what_the_table_prints() throws IOException {
        assertThat(HOME.resolve("etc/heddle.properties"))
                .as("bin/heddle settings > etc/heddle.properties")
                .hasContent(Sample.file());
    }

    @Test
    void the_table_in_the_readme_is_what_the_table_prints() throws IOException {
        assertThat(Files.readString(HOME.resolve("README.md")))
                .as("bin/heddle settings --markdown")
                .contains(Sample.markdown());
    }

    @Test
    void the_sample_sets_nothing_and_its_commented_lines_set_the_defaults(@TempDir Path folder) throws IOException {
        Path sample = Files.writeString(folder.resolve("sample"), Sample.file());
        assertThat(SettingsFile.read(sample)).isEmpty();

        String all = Sample.file()
                .lines()
                .map(line -> line.replaceFirst("^#(?=[a-z])", ""))
                .collect(Collectors.joining("\n"));
        Path every = Files.writeString(folder.resolve("every"), all);
        assertThat(SettingsFile.read(every).keySet()).containsExactlyElementsOf(Settings.BY_NAME.keySet());
        assertThat(Settings.of(new Sources(every, Map.of(), Map.of()).read()))
                .isEqualTo(Settings.of(new Sources(sample, Map.of(), Map.of()).read()));
    }
}
