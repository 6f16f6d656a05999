package dev.heddle.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** What clients say first, as records: what the JDK's say, and variations of it. */
public final class Hellos {
    private static final int RECORD_HEADER = 5;
    private static final int MESSAGE_HEADER = 4;
    private static final int SESSION = RECORD_HEADER + MESSAGE_HEADER + 34;

    private Hellos() {}

    public static byte[] usual(String protocol) throws Exception {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine("localhost", 7443);
        engine.setUseClientMode(true);
        engine.setEnabledProtocols(new String[] {protocol});
        ByteBuffer hello = ByteBuffer.allocate(64 * 1024);
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xff) << 8 | (bytes[at + 1] & 0xff);
    }

    private static void u16(ByteArrayOutputStream out, int value) {
        out.write(value >> 8);
        out.write(value);
    }

    private static int suites(byte[] hello) {
        return SESSION + 1 + (hello[SESSION] & 0xff);
    }

    private static int extensions(byte[] hello) {
        int compressions = suites(hello) + 2 + u16(hello, suites(hello));
        return compressions + 1 + (hello[compressions] & 0xff);
    }

    /** The same, but for one extension, which is last. */
    public static byte[] with(byte[] hello, int extension, byte[] content) {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        int at = extensions(hello) + 2;
        while (at < hello.length) {
            int length = MESSAGE_HEADER + u16(hello, at + 2);
            if (u16(hello, at) != extension) {
                kept.write(hello, at, length);
            }
            at += length;
        }
        u16(kept, extension);
        u16(kept, content.length);
        kept.writeBytes(content);
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        int start = RECORD_HEADER + MESSAGE_HEADER;
        message.write(hello, start, extensions(hello) - start);
        u16(message, kept.size());
        message.writeBytes(kept.toByteArray());
        return record(message.toByteArray());
    }

    /** The same with so many more cipher suites, which nobody knows. */
    public static byte[] withSuites(byte[] hello, int more) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        int start = RECORD_HEADER + MESSAGE_HEADER;
        int at = suites(hello);
        message.write(hello, start, at - start);
        int length = u16(hello, at);
        u16(message, length + 2 * more);
        message.write(hello, at + 2, length);
        for (int i = 0; i < more; i++) {
            u16(message, 0xeaea);
        }
        message.write(hello, at + 2 + length, hello.length - at - 2 - length);
        return record(message.toByteArray());
    }

    private static byte[] record(byte[] message) {
        return ByteBuffer.allocate(RECORD_HEADER + MESSAGE_HEADER + message.length)
                .put((byte) 22)
                .putShort((short) 0x0301)
                .putShort((short) (MESSAGE_HEADER + message.length))
                .putInt(1 << 24 | message.length)
                .put(message)
                .array();
    }

    /** What an extension of so many keys holds. */
    public static byte[] keyShares(int count, int bytesEach) {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        u16(list, count * (4 + bytesEach));
        for (int i = 0; i < count; i++) {
            u16(list, 0x2a2a);
            u16(list, bytesEach);
            list.writeBytes(new byte[bytesEach]);
        }
        return list.toByteArray();
    }

    /** What an extension of so many tickets of earlier sessions holds. */
    public static byte[] tickets(int count) {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        u16(list, count * 7);
        for (int i = 0; i < count; i++) {
            u16(list, 1);
            list.writeBytes(new byte[5]);
        }
        u16(list, count * 33);
        for (int i = 0; i < count; i++) {
            list.write(32);
            list.writeBytes(new byte[32]);
        }
        return list.toByteArray();
    }

    /** What an extension holds that is a list of so many numbers, such as groups and signatures. */
    public static byte[] numbers(int count, int... values) {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        u16(list, 2 * count);
        for (int i = 0; i < count; i++) {
            u16(list, values[Math.min(i, values.length - 1)]);
        }
        return list.toByteArray();
    }

    /** What an extension holds that is a list of so many names of one letter, such as protocols. */
    public static byte[] names(int count) {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        u16(list, 2 * count);
        for (int i = 0; i < count; i++) {
            list.write(1);
            list.write('a');
        }
        return list.toByteArray();
    }

    /** What an extension of so many authorities without a name holds. */
    public static byte[] authorities(int count) {
        ByteArrayOutputStream list = new ByteArrayOutputStream();
        u16(list, 4 * count);
        for (int i = 0; i < count; i++) {
            u16(list, 2);
            u16(list, 0x3000);
        }
        return list.toByteArray();
    }
}
