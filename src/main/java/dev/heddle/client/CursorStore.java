package dev.heddle.client;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Remembers up to which message a client has dealt with its inbox; one thread at a time. */
public interface CursorStore {
    /** The last cursor saved; 0 if there is none. */
    long load() throws IOException;

    void save(long cursor) throws IOException;

    /** For as long as the process lives. */
    static CursorStore inMemory() {
        return new CursorStore() {
            private long cursor;

            @Override
            public long load() {
                return cursor;
            }

            @Override
            public void save(long latest) {
                cursor = latest;
            }
        };
    }

    /**
     * In a small file that is replaced as a whole, so that a crash leaves the old or the new cursor. It is not forced: after a
     * power cut, which may leave it empty, messages may come a second time. Anything else that is no cursor is an error.
     */
    static CursorStore inFile(Path file) {
        return new CursorStore() {
            @Override
            public long load() throws IOException {
                if (!Files.exists(file)) {
                    return 0;
                }
                String text = Files.readString(file).strip();
                if (text.isEmpty()) {
                    return 0;
                }
                try {
                    return Long.parseUnsignedLong(text);
                } catch (NumberFormatException damaged) {
                    throw new IOException("no cursor in " + file, damaged);
                }
            }

            @Override
            public void save(long cursor) throws IOException {
                Path fresh = file.resolveSibling(file.getFileName() + ".new");
                // A stream of this kind does not mind that its thread is interrupted, as a client's is that ends.
                try (OutputStream out = new FileOutputStream(fresh.toFile())) {
                    out.write((Long.toUnsignedString(cursor) + "\n").getBytes(StandardCharsets.UTF_8));
                }
                Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        };
    }
}
