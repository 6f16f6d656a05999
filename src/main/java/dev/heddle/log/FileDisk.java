package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A folder of the file system. Files are read and written through {@link FileChannel}, never mapped: a page that cannot
 * be read or written is then an {@link IOException} and not the end of the process. A thread that uses it must not be
 * interrupted, because an interrupt closes the channel it is working on.
 */
public final class FileDisk implements Disk {
    private final Path folder;

    /** Uses {@code folder}, creating it and its parents where they are missing. */
    public FileDisk(Path folder) throws IOException {
        Files.createDirectories(folder);
        this.folder = folder;
    }

    @Override
    public List<String> list() throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                names.add(String.valueOf(entry.getFileName()));
            }
        }
        return names;
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return open(name, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
    }

    @Override
    public DiskFile openExisting(String name) throws IOException {
        return open(name, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }

    private DiskFile open(String name, OpenOption... options) throws IOException {
        Path file = folder.resolve(name);
        try {
            return new ChannelFile(file, FileChannel.open(file, options));
        } catch (NoSuchFileException missing) {
            throw missing;
        } catch (IOException e) {
            throw explained(e, file, 1);
        }
    }

    @Override
    public void delete(String name) throws IOException {
        Files.deleteIfExists(folder.resolve(name));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Path target = folder.resolve(to);
        try {
            Files.move(
                    folder.resolve(from), target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw explained(e, target, 1);
        }
    }

    @Override
    public boolean share(String name, Disk with) {
        if (!(with instanceof FileDisk other)) {
            return false;
        }
        try {
            Files.createLink(other.folder.resolve(name), folder.resolve(name));
            return true;
        } catch (IOException | UnsupportedOperationException twoFileSystems) {
            return false;
        }
    }

    @Override
    public boolean isShared(String name) {
        try {
            return !Integer.valueOf(1).equals(Files.getAttribute(folder.resolve(name), "unix:nlink"));
        } catch (IOException | UnsupportedOperationException | IllegalArgumentException nobodyKnows) {
            return true;
        }
    }

    @Override
    public void force() throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /**
     * The JDK has no exception of its own for a full disk: its text says so, or the free space does. A process without file
     * descriptors can store no more than one without space, and until it has some again.
     */
    private IOException explained(IOException e, Path file, int wanted) {
        String text = String.valueOf(e.getMessage());
        if (text.contains("No space left")
                || text.contains("quota exceeded")
                || text.contains("Too many open files")
                || usableBytes() < wanted) {
            return new StorageFullException("no room for " + file, e);
        }
        return named(e, file);
    }

    /** What goes wrong with an open file is said by the JDK without the file's name. */
    private static IOException named(IOException e, Path file) {
        return e instanceof FileSystemException || e instanceof ClosedChannelException
                ? e
                : new IOException(file + ": " + e.getMessage(), e);
    }

    private long usableBytes() {
        try {
            return Files.getFileStore(folder).getUsableSpace();
        } catch (IOException e) {
            return Long.MAX_VALUE;
        }
    }

    private final class ChannelFile implements DiskFile {
        private final Path file;
        private final FileChannel channel;

        ChannelFile(Path file, FileChannel channel) {
            this.file = file;
            this.channel = channel;
        }

        @Override
        public int write(ByteBuffer source, long at) throws IOException {
            try {
                return channel.write(source, at);
            } catch (IOException e) {
                throw explained(e, file, source.remaining());
            }
        }

        @Override
        public int read(ByteBuffer target, long at) throws IOException {
            try {
                return channel.read(target, at);
            } catch (IOException e) {
                throw named(e, file);
            }
        }

        @Override
        public void force() throws IOException {
            try {
                channel.force(false);
            } catch (IOException e) {
                throw named(e, file);
            }
        }

        @Override
        public long size() throws IOException {
            return channel.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            try {
                channel.truncate(size);
            } catch (IOException e) {
                throw named(e, file);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
