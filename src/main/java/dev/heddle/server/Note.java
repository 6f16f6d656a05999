package dev.heddle.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A few lines in the data folder for other processes, seen whole or not at all; the thread that starts and stops the server.
 *
 * <p>Its file is never deleted: while there is nothing to say it is set aside as {@code NAME.spare}, and keeps its room. So it
 * can be written on a full disk, once it has been written before.
 *
 * @param isSecret whether it is for the eyes of its owner alone
 */
record Note(Path file, boolean isSecret) {
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");

    /** @throws IOException with the file's name; then there is no note */
    void write(String text) throws IOException {
        try {
            remove();
            fill(spare(), ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
            Files.move(spare(), file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw new IOException("cannot write " + file + ": " + failure.getMessage(), failure);
        }
    }

    private void fill(Path spare, ByteBuffer text) throws IOException {
        boolean keepsSecret =
                isSecret && spare.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] attributes = keepsSecret
                ? new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(OWNER)}
                : new FileAttribute<?>[0];
        try (FileChannel out = FileChannel.open(
                spare,
                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS),
                attributes)) {
            if (keepsSecret) {
                Files.setPosixFilePermissions(spare, OWNER);
            }
            int length = text.remaining();
            while (text.hasRemaining()) {
                out.write(text);
            }
            // Only now: an empty file has no room of its own.
            out.truncate(length);
        }
    }

    /** Whether there is one or not. */
    void remove() throws IOException {
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
            Files.move(file, spare(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private Path spare() {
        return file.resolveSibling(file.getFileName() + ".spare");
    }
}
