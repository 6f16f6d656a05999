package dev.heddle.config;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where settings come from: a file, over it the environment, over both the command line. Can be read again and again; only
 * the file can have changed in between.
 *
 * @param file null: there is none
 * @param environment all variables of the process; those that begin with HEDDLE_ are settings
 * @param flags what the command line gives, by the setting's name
 */
public record Sources(@Nullable Path file, Map<String, String> environment, Map<String, Given> flags) {
    /** The file that is read when the command line names none. */
    public static final String FILE_VARIABLE = "HEDDLE_CONFIG";

    /** Variables of the scripts and of clients, which are no settings of a server. */
    static final Set<String> NO_SETTINGS = Set.of(
            FILE_VARIABLE,
            "HEDDLE_HEAP",
            "HEDDLE_HOME",
            "HEDDLE_JAVA_OPTS",
            "HEDDLE_JDK",
            "HEDDLE_JDK_FOLDERS",
            "HEDDLE_OWN_NETWORK",
            "HEDDLE_TOKEN");

    private static final String TESTS = "HEDDLE_TEST_";

    /**
     * What all sources together say now.
     *
     * @throws SettingsException if the file cannot be read, or something unknown is set
     */
    public Values read() {
        Map<String, Given> all = new HashMap<>(file == null ? Map.of() : SettingsFile.read(file));
        environment.forEach((variable, value) -> {
            if (isSetting(variable) && !value.isBlank()) {
                all.put(name(variable), new Given(value.strip(), variable));
            }
        });
        all.putAll(flags);
        return Values.of(all);
    }

    private static boolean isSetting(String variable) {
        return variable.startsWith(Setting.VARIABLE) && !variable.startsWith(TESTS) && !NO_SETTINGS.contains(variable);
    }

    private static String name(String variable) {
        return variable.substring(Setting.VARIABLE.length())
                .toLowerCase(Locale.ROOT)
                .replace('_', '.');
    }
}
