package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Named files of records that exist as a whole or not at all; what is in them is the caller's affair. Owned by one
 * thread; holds no memory between calls. They may live in the log's folder.
 */
public final class Checkpoints {
    private final Disk disk;
    private final LogOptions options;
    private final RecordCodec codec = new RecordCodec();

    /** Records have the limits of {@code options}. */
    public Checkpoints(Disk disk, LogOptions options) {
        this.disk = disk;
        this.options = options;
    }

    /**
     * Begins a checkpoint, of which nothing is seen before {@link CheckpointWriter#complete}.
     *
     * @param name letters, digits and dashes
     * @param logEnd {@link Log#forced} position that the contents belong to
     */
    public CheckpointWriter begin(String name, long logEnd) throws IOException {
        return new CheckpointWriter(disk, checked(name), logEnd, options.maxPayloadBytes());
    }

    /** Verifies all of a checkpoint, then shows its records to {@code visitor}. */
    public Checkpoint read(String name, RecordVisitor visitor) throws IOException {
        String fileName = CheckpointFormat.fileName(checked(name));
        if (!disk.list().contains(fileName)) {
            return new Checkpoint.Absent();
        }
        try (DiskFile file = disk.openExisting(fileName)) {
            long size = file.size();
            if (size < CheckpointFormat.HEADER_BYTES + CheckpointFormat.TRAILER_BYTES) {
                return new Checkpoint.Damaged(fileName, "the file is too short");
            }
            ByteBuffer header = bytes(file, 0, CheckpointFormat.HEADER_BYTES);
            if (!CheckpointFormat.isHeader(header, 0, codec)) {
                return new Checkpoint.Damaged(fileName, "no valid header of a known version");
            }
            return replay(fileName, file, size, CheckpointFormat.logEnd(header, 0), visitor);
        }
    }

    /** Deletes what a crash left of a checkpoint that was being written, so that it takes no room. */
    public void deleteUnfinished(String name) throws IOException {
        disk.delete(CheckpointFormat.temporaryName(checked(name)));
    }

    /** Deletes a checkpoint durably; an absent one is no error. */
    public void delete(String name) throws IOException {
        disk.delete(CheckpointFormat.fileName(checked(name)));
        disk.force();
    }

    private Checkpoint replay(String fileName, DiskFile file, long size, long logEnd, RecordVisitor visitor)
            throws IOException {
        long trailerAt = size - CheckpointFormat.TRAILER_BYTES;
        ByteBuffer trailer = bytes(file, trailerAt, CheckpointFormat.TRAILER_BYTES);
        if (RecordCodec.type(trailer, 0) != CheckpointFormat.TRAILER
                || RecordCodec.length(trailer, 0) != CheckpointFormat.TRAILER_PAYLOAD_BYTES
                || !codec.valid(
                        trailer, 0, CheckpointFormat.TRAILER_PAYLOAD_BYTES, RecordCodec.mask(trailerAt, logEnd))) {
            return new Checkpoint.Damaged(fileName, "no valid trailer");
        }
        if (checksum(file, trailerAt) != trailer.getInt(RecordCodec.HEADER_BYTES + 8)) {
            return new Checkpoint.Damaged(fileName, "the checksum does not match");
        }
        Segment all = new Segment(disk, fileName, 0, logEnd, trailerAt);
        long stop = new Scanner(options).scan(all, CheckpointFormat.HEADER_BYTES, trailerAt, Long.MAX_VALUE, visitor);
        all.close();
        if (stop < 0) {
            throw all.damaged(-1 - stop, "the file changed while it was read");
        }
        return new Checkpoint.Complete(logEnd, trailer.getLong(RecordCodec.HEADER_BYTES));
    }

    private int checksum(DiskFile file, long end) throws IOException {
        CRC32C crc = new CRC32C();
        ByteBuffer chunk = ByteBuffer.allocateDirect(options.scanBufferBytes());
        for (long at = 0; at < end; at += chunk.limit()) {
            chunk.clear().limit((int) Math.min(chunk.capacity(), end - at));
            if (file.readFully(chunk, at) < chunk.limit()) {
                throw new IOException("the file became shorter while it was read");
            }
            crc.update(chunk.flip());
        }
        return (int) crc.getValue();
    }

    private static ByteBuffer bytes(DiskFile file, long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        file.readFully(bytes, at);
        return bytes;
    }

    private static String checked(String name) {
        if (!name.matches("[A-Za-z0-9-]{1,64}")) {
            throw new IllegalArgumentException("name of a checkpoint: " + name);
        }
        return name;
    }
}
