package dev.heddle.server;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Everything that can be set, checked once. Sizes are bytes, times are what the name says.
 *
 * @param bind address to listen on
 * @param port 0 to 65535; 0: any free one
 * @param data folder that holds the log
 * @param syncAlways ACCEPTED waits for the disk; otherwise for the operating system only
 * @param shards 0: as many as the data folder has, or 1 if it is new
 * @param maxConnections 0: as many as file descriptors and memory allow
 * @param maxUsers users that one shard remembers
 */
public record Settings(
        String bind,
        int port,
        Path data,
        boolean syncAlways,
        int shards,
        int maxConnections,
        long maxUsers,
        int frameLimit,
        int loginSeconds,
        int heartbeatSeconds,
        int inboxMessages,
        long inboxBytes,
        int messageDays,
        long logBytes,
        int segmentBytes,
        int sendBufferBytes,
        int receiveBufferBytes,
        long sharedBufferBytes,
        int watchesPerSession,
        int watchesTotal) {

    static final int MOST_SHARDS = 64;

    /** Reads settings from text, each once, and says of a wrong one which it is. */
    private static final class Source {
        private final Map<String, String> values;

        Source(Map<String, String> values) {
            this.values = new TreeMap<>(values);
        }

        String text(String name, String otherwise) {
            String value = values.remove(name);
            return value == null ? otherwise : value.strip();
        }

        Path path(String name, String otherwise) {
            String value = text(name, otherwise);
            try {
                return Path.of(value).toAbsolutePath().normalize();
            } catch (InvalidPathException impossible) {
                throw new SettingsException(name + "=" + value + ": " + impossible.getReason());
            }
        }

        long number(String name, long otherwise, long least, long most) {
            String value = values.remove(name);
            if (value == null) {
                return otherwise;
            }
            try {
                long number = Sizes.parse(value.strip());
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException noNumber) {
                // Said below, with the range.
            }
            throw new SettingsException(
                    name + "=" + value.strip() + ": must be a number from " + least + " to " + most);
        }

        int integer(String name, int otherwise, int least, int most) {
            return (int) number(name, otherwise, least, most);
        }

        boolean either(String name, String yes, String no) {
            String value = text(name, yes);
            if (!value.equals(yes) && !value.equals(no)) {
                throw new SettingsException(name + "=" + value + ": must be " + yes + " or " + no);
            }
            return value.equals(yes);
        }

        void finish() {
            if (!values.isEmpty()) {
                throw new SettingsException(
                        "unknown setting " + values.keySet().iterator().next());
            }
        }
    }

    /** Takes each name once. */
    private static final class Once extends Properties {
        private static final long serialVersionUID = 1L;

        @Override
        public synchronized @Nullable Object put(Object name, Object value) {
            if (containsKey(name)) {
                throw new IllegalArgumentException(name + " is set twice");
            }
            return super.put(name, value);
        }
    }

    /**
     * Settings by name, as the README's table has them; those not named have their default.
     *
     * @throws SettingsException if a name is unknown or a value is out of its range
     */
    public static Settings of(Map<String, String> values) {
        Source source = new Source(values);
        Settings settings = new Settings(
                source.text("bind", "127.0.0.1"),
                source.integer("port", 7400, 0, 65_535),
                source.path("data", "data"),
                source.either("sync", "always", "os"),
                source.integer("shards", 0, 0, MOST_SHARDS),
                source.integer("max.connections", 0, 0, 1_000_000),
                source.number("max.users", 1_000_000, 16, 100_000_000),
                source.integer("frame.bytes", 1 << 20, 512, 1 << 20),
                source.integer("login.seconds", 10, 1, 3600),
                source.integer("heartbeat.seconds", 60, 1, 32_767),
                source.integer("inbox.messages", 1_000_000, 1, 100_000_000),
                source.number("inbox.bytes", 256L << 20, 1, 1L << 50),
                source.integer("message.days", 30, 1, 36_500),
                source.number("log.bytes", 16L << 30, 4L << 20, 1L << 50),
                source.integer("segment.bytes", 64 << 20, 2 << 20, 1 << 30),
                source.integer("send.buffer.bytes", 64 << 10, 4 << 10, 1 << 22),
                source.integer("receive.buffer.bytes", 64 << 10, 4 << 10, 1 << 22),
                source.number("shared.buffer.bytes", 64L << 20, 4L << 20, 1L << 34),
                source.integer("watches.per.session", 500, 0, 1_000_000),
                source.integer("watches.total", 200_000, 0, 100_000_000));
        source.finish();
        return settings;
    }

    /**
     * The settings of a file in the form of {@link Properties}.
     *
     * @throws SettingsException if it cannot be read
     */
    public static Map<String, String> read(Path file) {
        Properties properties = new Once();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        } catch (NoSuchFileException absent) {
            throw new SettingsException("cannot read the configuration " + file + ": there is no such file");
        } catch (CharacterCodingException binary) {
            throw new SettingsException("cannot read the configuration " + file + ": it is not UTF-8");
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new SettingsException("cannot read the configuration " + file + ": " + unreadable.getMessage());
        }
        Map<String, String> values = new TreeMap<>();
        List<String> names = new ArrayList<>(properties.stringPropertyNames());
        names.forEach(name -> values.put(name, properties.getProperty(name)));
        return values;
    }
}
