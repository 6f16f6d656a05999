package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Counts the calls that read from files of another disk, and keeps book of how those become shorter. */
class CountingDisk implements Disk {
    private final Disk disk;
    private final List<String> ends = new ArrayList<>();
    private int reads;

    CountingDisk(Disk disk) {
        this.disk = disk;
    }

    int reads() {
        return reads;
    }

    /** Files cut, and to what, forced and closed, in this order. */
    List<String> ends() {
        return ends;
    }

    @Override
    public List<String> list() throws IOException {
        return disk.list();
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new CountingFile(disk.open(name));
    }

    @Override
    public DiskFile openExisting(String name) throws IOException {
        return new CountingFile(disk.openExisting(name));
    }

    @Override
    public void delete(String name) throws IOException {
        disk.delete(name);
    }

    @Override
    public void rename(String from, String to) throws IOException {
        disk.rename(from, to);
    }

    @Override
    public void force() throws IOException {
        disk.force();
    }

    private final class CountingFile implements DiskFile {
        private final DiskFile file;

        CountingFile(DiskFile file) {
            this.file = file;
        }

        @Override
        public int write(ByteBuffer source, long at) throws IOException {
            return file.write(source, at);
        }

        @Override
        public int read(ByteBuffer target, long at) throws IOException {
            reads++;
            return file.read(target, at);
        }

        @Override
        public void force() throws IOException {
            file.force();
            ends.add("forced");
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
            ends.add("cut to " + file.size());
        }

        @Override
        public void close() throws IOException {
            file.close();
            ends.add("closed");
        }
    }
}
