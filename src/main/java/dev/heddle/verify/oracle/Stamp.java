package dev.heddle.verify.oracle;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Makes and reads the bodies of a run's messages; one thread at a time. Constant in size.
 *
 * <pre>
 *   | number u32 | id u64 | nanos u64 | crc32c u32 | padding |
 *
 *   number   counts up from 0 for each pair of sender and recipient
 *   id       the SEND's
 *   nanos    of the monotonic clock, when it was due to be sent
 *   crc32c   of sender, recipient, the fields above and the padding
 *   padding  bytes that follow from number and position
 * </pre>
 */
public final class Stamp {
    /** The smallest body. */
    public static final int BYTES = 24;

    private static final int CRC_AT = 20;

    private final CRC32C crc = new CRC32C();
    private int number;
    private long id;
    private long nanos;

    /** A new body. */
    public byte[] body(byte[] sender, byte[] recipient, int messageNumber, long messageId, long dueNanos, int size) {
        byte[] body = new byte[Math.max(size, BYTES)];
        ByteBuffer fields = ByteBuffer.wrap(body);
        fields.putInt(messageNumber).putLong(messageId).putLong(dueNanos);
        for (int at = BYTES; at < body.length; at++) {
            body[at] = (byte) (messageNumber + at);
        }
        fields.putInt(checksum(sender, recipient, body));
        return body;
    }

    /** Reads a body; false if it is none that was made for this sender and recipient, or has been changed. */
    public boolean read(byte[] sender, byte[] recipient, byte[] body) {
        if (body.length < BYTES) {
            return false;
        }
        ByteBuffer fields = ByteBuffer.wrap(body);
        number = fields.getInt();
        id = fields.getLong();
        nanos = fields.getLong();
        return fields.getInt() == checksum(sender, recipient, body);
    }

    private int checksum(byte[] sender, byte[] recipient, byte[] body) {
        crc.reset();
        crc.update(sender);
        crc.update('>');
        crc.update(recipient);
        crc.update(body, 0, CRC_AT);
        crc.update(body, BYTES, body.length - BYTES);
        return (int) crc.getValue();
    }

    public int number() {
        return number;
    }

    public long id() {
        return id;
    }

    public long nanos() {
        return nanos;
    }
}
