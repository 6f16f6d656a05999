package dev.heddle.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import org.jspecify.annotations.Nullable;

/** Folders and small files that a power cut does not undo; any thread. */
final class Durably {
    private Durably() {}

    /**
     * Makes the folder and the ones above it that are missing.
     *
     * @param attributes of the folder itself, if it is not there yet
     */
    static void makeFolder(Path path, FileAttribute<?>... attributes) throws IOException {
        Path parent = path.getParent();
        if (parent != null && !Files.exists(path)) {
            makeFolder(parent);
            Files.createDirectories(path, attributes);
            forceNames(parent);
        }
        Files.createDirectories(path);
    }

    /** Writes the file, of which there is all or nothing at any moment. */
    static void write(Path file, String text) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        try (FileChannel out = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
            out.force(true);
        } catch (IOException failure) {
            throw new IOException("cannot write " + temporary + ": " + failure.getMessage(), failure);
        }
        rename(temporary, file);
    }

    /** Gives the file another name in its folder, in the place of whatever had it. */
    static void rename(Path file, Path name) throws IOException {
        Files.move(file, name, StandardCopyOption.ATOMIC_MOVE);
        forceNames(name.toAbsolutePath().getParent());
    }

    /** Makes durable what the folder contains by name; a log in a folder whose name is lost would be lost with it. */
    static void forceNames(@Nullable Path folder) throws IOException {
        if (folder != null) {
            try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
                names.force(true);
            }
        }
    }
}
