package dev.heddle.log;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Owned by the thread that began it: takes the records of one checkpoint, which comes into being as a whole with
 * {@link #complete} or not at all. Memory: 64 KiB and the largest record.
 */
public final class CheckpointWriter implements Closeable {
    private static final int BATCH_BYTES = 64 << 10;

    private final Disk disk;
    private final String fileName;
    private final String temporaryName;
    private final long logEnd;
    private final int maxPayload;
    private final DiskFile file;
    private final ByteBuffer buffer;
    private final ByteBuffer claimed;
    private final RecordCodec codec = new RecordCodec();
    private final CRC32C whole = new CRC32C();

    private long written;
    private int filled;
    private int claimLength = -1;
    private long records;
    private boolean complete;

    CheckpointWriter(Disk disk, String name, long logEnd, int maxPayload) throws IOException {
        this.disk = disk;
        this.logEnd = logEnd;
        this.maxPayload = maxPayload;
        fileName = CheckpointFormat.fileName(name);
        temporaryName = CheckpointFormat.temporaryName(name);
        buffer = ByteBuffer.allocateDirect(
                BATCH_BYTES + RecordCodec.recordBytes(maxPayload) + CheckpointFormat.TRAILER_BYTES);
        claimed = buffer.duplicate();
        file = disk.open(temporaryName);
        try {
            file.truncate(0);
        } catch (IOException e) {
            file.close();
            throw e;
        }
        CheckpointFormat.putHeader(buffer, 0, logEnd, maxPayload, codec);
        filled = CheckpointFormat.HEADER_BYTES;
    }

    /** Room for one payload, from the buffer's position to its limit; to be filled at once and ended by commit. */
    public ByteBuffer claim(int payloadLength) throws IOException {
        if (payloadLength < 0 || payloadLength > maxPayload) {
            throw new IllegalArgumentException("payload of " + payloadLength + " bytes, limit " + maxPayload);
        }
        if (filled >= BATCH_BYTES) {
            flush();
        }
        claimLength = payloadLength;
        RecordCodec.prepare(buffer, filled, payloadLength);
        int payloadAt = filled + RecordCodec.HEADER_BYTES;
        return claimed.limit(payloadAt + payloadLength).position(payloadAt);
    }

    /** Adds the claimed record; types are 1 to {@link Log#MAX_TYPE}. */
    public void commit(int type) {
        if (claimLength < 0) {
            throw new IllegalStateException("commit without a claim");
        }
        if (type < 1 || type > Log.MAX_TYPE) {
            throw new IllegalArgumentException("type " + type + ", must be 1 to " + Log.MAX_TYPE);
        }
        seal(type, claimLength);
        records++;
    }

    /** Makes the checkpoint durable and replaces an older one of that name; {@link #close} is still due. */
    public void complete() throws IOException {
        flush();
        int checksum = (int) whole.getValue();
        int payloadAt = filled + RecordCodec.HEADER_BYTES;
        buffer.putLong(payloadAt, records).putInt(payloadAt + 8, checksum).putInt(payloadAt + 12, 0);
        seal(CheckpointFormat.TRAILER, CheckpointFormat.TRAILER_PAYLOAD_BYTES);
        flush();
        file.force();
        disk.rename(temporaryName, fileName);
        disk.force();
        complete = true;
    }

    /** Closes the file; without {@link #complete} nothing remains of it. */
    @Override
    public void close() throws IOException {
        file.close();
        if (!complete) {
            disk.delete(temporaryName);
        }
    }

    private void seal(int type, int payloadLength) {
        int mask = RecordCodec.mask(written + filled, logEnd);
        codec.seal(buffer, filled, type, payloadLength, mask);
        filled += RecordCodec.recordBytes(payloadLength);
        claimLength = -1;
    }

    private void flush() throws IOException {
        whole.update(buffer.limit(filled).position(0));
        file.writeFully(buffer.position(0), written);
        buffer.clear();
        written += filled;
        filled = 0;
    }
}
