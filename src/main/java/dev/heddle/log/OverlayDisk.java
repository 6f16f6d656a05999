package dev.heddle.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A folder that is read and never written: changes are kept in memory, page by page, and are gone with this object. So a
 * folder can be recovered, to see what would come of it, without touching it. One thread. It holds as much memory as is
 * written to it that differs from what is there.
 */
public final class OverlayDisk implements Disk, AutoCloseable {
    private static final int PAGE = 64 * 1024;

    private final Map<String, Contents> files = new HashMap<>();

    /** Shows {@code folder} as it is now. */
    public OverlayDisk(Path folder) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, Files::isRegularFile)) {
            for (Path entry : entries) {
                files.put(String.valueOf(entry.getFileName()), new Contents(entry, Files.size(entry)));
            }
        }
    }

    @Override
    public List<String> list() {
        return new ArrayList<>(files.keySet());
    }

    @Override
    public DiskFile open(String name) {
        return new Handle(files.computeIfAbsent(name, absent -> new Contents(null, 0)));
    }

    @Override
    public DiskFile openExisting(String name) throws NoSuchFileException {
        Contents contents = files.get(name);
        if (contents == null) {
            throw new NoSuchFileException(name);
        }
        return new Handle(contents);
    }

    @Override
    public void delete(String name) {
        files.remove(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Contents contents = files.remove(from);
        if (contents == null) {
            throw new IOException("no file " + from);
        }
        files.put(to, contents);
    }

    @Override
    public void force() {}

    @Override
    public void close() throws IOException {
        for (Contents contents : files.values()) {
            contents.close();
        }
    }

    private static final class Contents {
        private final @Nullable Path below;
        private final long sizeBelow;
        private final Map<Long, ByteBuffer> changed = new HashMap<>();
        private long size;
        private long cut;
        private @Nullable FileChannel channel;

        Contents(@Nullable Path below, long size) {
            this.below = below;
            this.sizeBelow = size;
            this.size = size;
            this.cut = size;
        }

        int read(ByteBuffer target, long at) throws IOException {
            if (at >= size) {
                return -1;
            }
            long page = at / PAGE;
            int count = (int) Math.min(target.remaining(), Math.min(size, (page + 1) * PAGE) - at);
            ByteBuffer changedPage = changed.get(page);
            if (changedPage != null) {
                target.put(target.position(), changedPage, (int) (at - page * PAGE), count);
                target.position(target.position() + count);
                return count;
            }
            ByteBuffer part = target.slice(target.position(), count);
            readBelow(part, at);
            target.position(target.position() + count);
            return count;
        }

        /** Fills the buffer; with zeros where the file below has nothing, or nothing any more. */
        private void readBelow(ByteBuffer target, long at) throws IOException {
            int start = target.position();
            int there = Math.clamp(Math.min(sizeBelow, cut) - at, 0, target.remaining());
            ByteBuffer part = target.slice(start, there);
            while (part.hasRemaining() && channel().read(part, at + part.position()) > 0) {
                // goes on
            }
            for (int i = start + part.position(); i < target.limit(); i++) {
                target.put(i, (byte) 0);
            }
        }

        private FileChannel channel() throws IOException {
            if (channel == null) {
                if (below == null) {
                    throw new IOException("nothing below");
                }
                channel = FileChannel.open(below, StandardOpenOption.READ);
            }
            return channel;
        }

        int write(ByteBuffer source, long at) {
            long page = at / PAGE;
            int offset = (int) (at - page * PAGE);
            int count = Math.min(source.remaining(), PAGE - offset);
            if (!changed.containsKey(page) && isBelow(source.slice(source.position(), count), at)) {
                source.position(source.position() + count);
                size = Math.max(size, at + count);
                return count;
            }
            ByteBuffer bytes = changed.computeIfAbsent(page, this::copy);
            bytes.put(offset, source, source.position(), count);
            source.position(source.position() + count);
            size = Math.max(size, at + count);
            return count;
        }

        /** Whether these bytes are what the file has there anyway: recovery writes much as it was. */
        private boolean isBelow(ByteBuffer bytes, long at) {
            ByteBuffer there = ByteBuffer.allocate(bytes.remaining());
            try {
                readBelow(there, at);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return bytes.equals(there.clear());
        }

        private ByteBuffer copy(long page) {
            ByteBuffer bytes = ByteBuffer.allocate(PAGE);
            try {
                readBelow(bytes, page * PAGE);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
            return bytes;
        }

        void truncate(long to) {
            if (to >= size) {
                return;
            }
            size = to;
            cut = Math.min(cut, to);
            changed.keySet().removeIf(page -> page * PAGE >= to);
            ByteBuffer last = changed.get(to / PAGE);
            for (int i = (int) (to % PAGE); last != null && i < PAGE; i++) {
                last.put(i, (byte) 0);
            }
        }

        void close() throws IOException {
            if (channel != null) {
                channel.close();
                channel = null;
            }
        }
    }

    private record Handle(Contents contents) implements DiskFile {
        @Override
        public int write(ByteBuffer source, long at) {
            return contents.write(source, at);
        }

        @Override
        public int read(ByteBuffer target, long at) throws IOException {
            return contents.read(target, at);
        }

        @Override
        public void force() {}

        @Override
        public long size() {
            return contents.size;
        }

        @Override
        public void truncate(long to) {
            contents.truncate(to);
        }

        @Override
        public void close() throws IOException {
            contents.close();
        }
    }
}
