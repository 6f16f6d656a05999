package dev.heddle.server;

import dev.heddle.config.Given;
import dev.heddle.config.SettingsException;
import dev.heddle.config.SettingsFile;
import dev.heddle.config.StorageSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What never changes of a data folder: its format, and how many shards it has; one thread at a time.
 *
 * <p>The file has another name, {@code heddle.properties.begun}, until every shard has been opened for the first time. So a
 * folder that a crash left half made is told from one that something was taken out of: the former is finished, the latter
 * refused.
 */
final class FolderProperties {
    private static final String FORMAT = "1";
    private static final String WHOLE = "heddle.properties";
    private static final String BEGUN = "heddle.properties.begun";

    private final Path folder;

    FolderProperties(Path folder) {
        this.folder = folder;
    }

    /** Whether it has been a data folder with all its shards. */
    boolean areWhole() {
        return Files.exists(whole());
    }

    /** Whether there may be shards that are still to be made. */
    boolean areBegun() {
        return Files.exists(begun());
    }

    /** The file that has them now; none may be there yet. */
    Path file() {
        return areWhole() || !areBegun() ? whole() : begun();
    }

    private Path whole() {
        return folder.resolve(WHOLE);
    }

    private Path begun() {
        return folder.resolve(BEGUN);
    }

    /**
     * How many shards the folder has; a new one is to have as many as are wanted from now on.
     *
     * @param wanted 0: whatever it has
     * @throws SettingsException if it has another number, another format, shards and no properties, or half a backup
     */
    int shards(int wanted) throws IOException {
        if (Files.exists(folder.resolve(BackupPlace.MARK))) {
            throw new SettingsException(folder + " has a backup in it that did not end; remove what is in it");
        }
        boolean hasShards = Files.exists(folder.resolve(DataFolder.shardName(0)));
        if (!areWhole() && !(areBegun() && hasShards)) {
            if (hasShards) {
                throw new SettingsException("the data folder " + folder + " has shards, but " + whole()
                        + " is missing, which says how many");
            }
            int shards = Math.max(1, wanted);
            Durably.write(begun(), content(shards));
            return shards;
        }
        Path file = file();
        Map<String, Given> properties = SettingsFile.read(file);
        String format = text(properties, "format");
        if (!FORMAT.equals(format)) {
            throw new SettingsException(
                    "data folder " + folder + " has format " + format + ", this server knows " + FORMAT);
        }
        int shards = number(file, text(properties, "shards"));
        if (wanted != 0 && wanted != shards) {
            throw new SettingsException("data folder " + folder + " was made with shards=" + shards
                    + ", which cannot be changed; leave the setting out");
        }
        return shards;
    }

    /** Every shard has been opened: from now on each of them has to be there. */
    void complete() throws IOException {
        if (areBegun()) {
            Durably.rename(begun(), whole());
        }
    }

    /** Of a copy, whose shards are whole: a server starts on it from now on. */
    void completeCopy(int shards) throws IOException {
        Durably.write(whole(), content(shards));
    }

    private static String content(int shards) {
        return "format=" + FORMAT + "\nshards=" + shards + "\n";
    }

    private static @Nullable String text(Map<String, Given> properties, String name) {
        Given given = properties.get(name);
        return given == null ? null : given.text();
    }

    private static int number(Path file, @Nullable String shards) {
        try {
            int number = Integer.parseInt(String.valueOf(shards));
            if (number >= 1 && number <= StorageSettings.MOST_SHARDS) {
                return number;
            }
        } catch (NumberFormatException noNumber) {
            // Said below.
        }
        throw new SettingsException(file + " has shards=" + shards + ": must be 1 to " + StorageSettings.MOST_SHARDS);
    }
}
