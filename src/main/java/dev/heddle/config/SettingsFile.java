package dev.heddle.config;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of settings in UTF-8: lines of {@code name=value}, with white space wherever one likes; empty lines and lines that
 * begin with {@code #} are passed over. Simpler than what Java calls properties: no escapes, and no line goes on in the next.
 */
public final class SettingsFile {
    /** Far more than all settings with all their comments. */
    private static final long LARGEST = 1 << 20;

    /** What some editors put in front of a file in UTF-8. */
    private static final String MARK = "\ufeff";

    private SettingsFile() {}

    /**
     * What the file says, by name.
     *
     * @throws SettingsException if it cannot be read, or a line makes no sense or repeats a name; with the line
     */
    public static Map<String, Given> read(Path file) {
        Map<String, Given> values = new LinkedHashMap<>();
        int number = 0;
        for (String line : lines(file)) {
            number++;
            String text = (number == 1 && line.startsWith(MARK) ? line.substring(MARK.length()) : line).strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            String where = file + ":" + number;
            int equals = text.indexOf('=');
            if (equals < 1 || text.endsWith("\\")) {
                throw new SettingsException(where + ": must be name=value, in one line");
            }
            String name = text.substring(0, equals).strip();
            Given value = new Given(text.substring(equals + 1).strip(), where);
            if (values.putIfAbsent(name, value) != null) {
                throw new SettingsException(where + ": " + name + " is set twice");
            }
        }
        return values;
    }

    private static List<String> lines(Path file) {
        try {
            if (Files.size(file) > LARGEST) {
                throw new SettingsException("cannot read the configuration " + file + ": it is larger than a MiB");
            }
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException absent) {
            throw new SettingsException("cannot read the configuration " + file + ": there is no such file");
        } catch (CharacterCodingException binary) {
            throw new SettingsException("cannot read the configuration " + file + ": it is not UTF-8");
        } catch (IOException unreadable) {
            throw new SettingsException("cannot read the configuration " + file + ": " + unreadable.getMessage());
        }
    }
}
