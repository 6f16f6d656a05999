package dev.heddle.verify.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A wall clock for a server's process that can be set: a library in front of the C library shifts what that reads from the
 * kernel. One thread sets it. Nobody else's clock is touched.
 */
public final class SetClock implements AutoCloseable {
    private final Path library;
    private final Path file;
    private final FileChannel channel;
    private long shift;

    private SetClock(Path library, Path file) throws IOException {
        this.library = library;
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        set(0);
    }

    /**
     * Makes one, with a C compiler.
     *
     * @param source of the library
     * @param folder for the library and the file that it reads
     * @return null if there is no compiler here, or no such library can be used
     */
    public static @Nullable SetClock in(Path folder, InputStream source) throws IOException, InterruptedException {
        if (!System.getProperty("os.name").equals("Linux")) {
            return null;
        }
        Path code = folder.resolve("clock.c");
        Path library = folder.resolve("clock.so");
        Files.copy(source, code);
        try {
            int status = new ProcessBuilder(
                            List.of("cc", "-shared", "-fPIC", "-O2", "-o", library.toString(), code.toString(), "-ldl"))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (status != 0) {
                throw new IOException("cc ended with status " + status);
            }
        } catch (IOException absent) {
            if (Files.exists(library)) {
                throw absent;
            }
            return null;
        }
        return new SetClock(library, folder.resolve("clock"));
    }

    /** What has to stand before a command whose clock this is to be. */
    public List<String> before() {
        return List.of("env", "LD_PRELOAD=" + library, "VERIFY_CLOCK=" + file);
    }

    /** From now on it shows so much more, or less, than this machine's clock. */
    public void set(long shiftMillis) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.nativeOrder());
        bytes.putLong(shiftMillis).flip();
        try {
            channel.write(bytes, 0);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        shift = shiftMillis;
    }

    /** What it shows. */
    public long millis() {
        return System.currentTimeMillis() + shift;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
