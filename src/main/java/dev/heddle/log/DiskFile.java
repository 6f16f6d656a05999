package dev.heddle.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An open file of a {@link Disk}. {@link #force} may run on one thread while another reads and writes. */
public interface DiskFile extends Closeable {
    /**
     * Writes at most {@code source.remaining()} bytes at offset {@code at}; may write fewer.
     *
     * @throws StorageFullException when the disk has no room
     */
    int write(ByteBuffer source, long at) throws IOException;

    /** Reads at most {@code target.remaining()} bytes at offset {@code at}; may read fewer, -1 at the end. */
    int read(ByteBuffer target, long at) throws IOException;

    /** Makes contents and size durable. A failure means that nobody knows what is on the disk; never try again. */
    void force() throws IOException;

    /** Bytes. */
    long size() throws IOException;

    /** Shortens the file to {@code size} bytes; a shorter file stays as it is. */
    void truncate(long size) throws IOException;

    /** Writes all that remains in {@code source}, in as many calls as it takes. */
    default void writeFully(ByteBuffer source, long at) throws IOException {
        long offset = at;
        while (source.hasRemaining()) {
            int n = write(source, offset);
            if (n <= 0) {
                throw new IOException("write of " + source.remaining() + " bytes at " + offset + " returned " + n);
            }
            offset += n;
        }
    }

    /** Reads until {@code target} is full or the file ends; returns the number of bytes read, 0 or more. */
    default int readFully(ByteBuffer target, long at) throws IOException {
        int total = 0;
        while (target.hasRemaining()) {
            int n = read(target, at + total);
            if (n <= 0) {
                break;
            }
            total += n;
        }
        return total;
    }
}
