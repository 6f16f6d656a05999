package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Is shown records in log order, each verified. */
@FunctionalInterface
public interface RecordVisitor {
    /**
     * One record. {@code buffer} is read-only and valid during the call only; the payload is at the absolute indexes
     * {@code payloadStart} up to {@code payloadStart + payloadLength}.
     *
     * @param position where the record begins in the log
     * @param type 1 to {@link Log#MAX_TYPE}
     */
    void record(long position, int type, ByteBuffer buffer, int payloadStart, int payloadLength) throws IOException;

    /** The records that follow are in the segment with this base. */
    default void segment(long base) {}
}
