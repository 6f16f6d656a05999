package dev.heddle.config;

import java.nio.file.InvalidPathException;
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
 * <p>A relative path begins at the folder of the file where the file gives it, or nobody does, so that it does not matter from
 * where a server is started; in the environment and on the command line at the current folder. Without a file all begin there.
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
        Map<String, Given> all = new HashMap<>();
        if (file != null) {
            all.putAll(SettingsFile.read(file));
            Settings.BY_NAME.values().stream()
                    .filter(setting -> setting.kind().isPath())
                    .forEach(setting -> all.compute(setting.name(), (name, given) -> beside(file, setting, given)));
        }
        environment.forEach((variable, value) -> {
            if (isSetting(variable) && !value.isBlank()) {
                all.put(name(variable), new Given(value.strip(), variable));
            }
        });
        all.putAll(flags);
        return Values.of(all);
    }

    /** What is given, or else the default, as a path that begins at the file's folder; what is no path stays as it is. */
    private static @Nullable Given beside(Path file, Setting<?> setting, @Nullable Given given) {
        String text = given == null ? setting.otherwise() : given.text();
        if (text.isEmpty()) {
            return given;
        }
        try {
            return new Given(file.toAbsolutePath().resolveSibling(text).toString(), given == null ? "" : given.where());
        } catch (InvalidPathException impossible) {
            return given;
        }
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
