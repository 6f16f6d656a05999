package dev.heddle.routing;

import dev.heddle.log.Disk;
import dev.heddle.log.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A disk whose forces of files wait, while its gate is shut, for a permit each, or whose closings of segments do; any thread. */
public final class GatedDisk implements Disk {
    private final Disk disk;
    private final Semaphore permits = new Semaphore(0);
    private final AtomicInteger begun = new AtomicInteger();
    private final CountDownLatch closings = new CountDownLatch(1);
    private volatile boolean shut;
    private volatile boolean holdsClosings;
    private volatile boolean fails;

    public GatedDisk(Disk disk) {
        this.disk = disk;
    }

    public void shut() {
        shut = true;
    }

    /** Lets one force of a file through. */
    public void letOne() {
        permits.release();
    }

    void failNext() {
        fails = true;
    }

    /** No segment is closed until {@link #open}. */
    void holdClosings() {
        holdsClosings = true;
    }

    public void open() {
        shut = false;
        closings.countDown();
        permits.release(1000);
    }

    /** Forces of files that have begun since the gate was shut. */
    public int begun() {
        return begun.get();
    }

    @Override
    public List<String> list() throws IOException {
        return disk.list();
    }

    @Override
    public DiskFile open(String name) throws IOException {
        return new GatedFile(disk.open(name), name.endsWith(".log"));
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

    private final class GatedFile implements DiskFile {
        private final DiskFile file;
        private final boolean isSegment;

        GatedFile(DiskFile file, boolean isSegment) {
            this.file = file;
            this.isSegment = isSegment;
        }

        @Override
        public int write(ByteBuffer source, long at) throws IOException {
            return file.write(source, at);
        }

        @Override
        public int read(ByteBuffer target, long at) throws IOException {
            return file.read(target, at);
        }

        @Override
        public void force() throws IOException {
            if (shut) {
                begun.incrementAndGet();
                permits.acquireUninterruptibly();
            }
            if (fails) {
                fails = false;
                throw new IOException("a force that the test has fail");
            }
            file.force();
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public void truncate(long size) throws IOException {
            file.truncate(size);
        }

        @Override
        public void close() throws IOException {
            if (isSegment && holdsClosings) {
                try {
                    if (!closings.await(5, TimeUnit.SECONDS)) {
                        throw new IOException("was to be closed before the gate opened");
                    }
                } catch (InterruptedException interrupted) {
                    throw new IOException(interrupted);
                }
            }
            file.close();
        }
    }
}
