package dev.heddle.server;

import dev.heddle.config.SettingsException;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a backup is written; one thread at a time.
 *
 * <p>A folder that is there is used as it is, because it may be a file system of its own, onto which nothing can be renamed. One
 * that is not there yet is {@code DIR.partial} until it is complete. In both {@code heddle.partial} is the first file and is
 * deleted last, and no server starts beside it.
 *
 * @param folder that is to hold the backup, where links lead
 * @param work that it is written to
 */
record BackupPlace(Path folder, Path work) {
    static final String MARK = "heddle.partial";

    /** What mkfs puts into each new file system of some kinds. */
    private static final String LOST_AND_FOUND = "lost+found";

    /**
     * A place for a backup of the data folder {@code data}, whose path leads through no links.
     *
     * @throws SettingsException if there is something in it, or one of the two folders is in the other
     */
    static BackupPlace of(Path wanted, Path data) throws IOException {
        Path folder = behindLinks(wanted);
        if (folder.getParent() == null || folder.startsWith(data) || data.startsWith(folder)) {
            throw new SettingsException(folder + " cannot hold a backup of " + data);
        }
        if (Files.exists(folder)) {
            if (Files.exists(folder.resolve(MARK))) {
                throw new SettingsException(folder + " has a backup in it that did not end; remove what is in it");
            }
            if (!isEmptyFolder(folder)) {
                throw new SettingsException(folder + " is not empty");
            }
            return new BackupPlace(folder, folder);
        }
        Path work = folder.resolveSibling(folder.getFileName() + ".partial");
        if (Files.exists(work)) {
            throw new SettingsException(work + " is there, from a backup that did not end; remove it");
        }
        return new BackupPlace(folder, work);
    }

    /** Where a path leads: names alone do not say whether one folder is in another. The end of it need not be there yet. */
    private static Path behindLinks(Path path) throws IOException {
        Path whole = path.toAbsolutePath();
        Path there = whole;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there.toRealPath().resolve(there.relativize(whole)).normalize();
    }

    private static boolean isEmptyFolder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            for (Path entry : entries) {
                if (!entry.endsWith(LOST_AND_FOUND)) {
                    return false;
                }
            }
            return true;
        }
    }

    private boolean isNew() {
        return !work.equals(folder);
    }

    /** Makes it, for the server's user alone, and marks it; of several that want it, one does. */
    void begin() throws IOException {
        if (isNew()) {
            Path parent = Objects.requireNonNull(work.getParent(), "it has a name");
            Durably.makeFolder(parent);
            Files.createDirectory(work, DataFolder.OWNER_ONLY);
            Durably.forceNames(parent);
        }
        Files.createFile(work.resolve(MARK));
        Durably.forceNames(work);
    }

    /** All of it is on the disk: from now on it is a backup. */
    void complete() throws IOException {
        Files.delete(work.resolve(MARK));
        Durably.forceNames(work);
        if (isNew()) {
            Files.move(work, folder, StandardCopyOption.ATOMIC_MOVE);
            Durably.forceNames(folder.getParent());
        }
    }

    /** Removes what was written, the mark last, and says how that went. */
    String remove() {
        try {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(work)) {
                for (Path entry : entries) {
                    if (!entry.endsWith(MARK) && !entry.endsWith(LOST_AND_FOUND)) {
                        removeTree(entry);
                    }
                }
            }
            Files.deleteIfExists(work.resolve(MARK));
            if (isNew()) {
                Files.delete(work);
            }
            return "nothing of it is left";
        } catch (IOException stays) {
            return work + " is of no use, and could not be removed";
        }
    }

    private static void removeTree(Path tree) throws IOException {
        Files.walkFileTree(tree, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure) throws IOException {
                Files.delete(left);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
