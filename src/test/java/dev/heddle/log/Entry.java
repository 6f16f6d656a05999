package dev.heddle.log;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A record as a test remembers it. */
record Entry(long position, int type, String payload) {
    static Entry append(Log log, int type, byte[] payload) {
        log.claim(payload.length).put(payload);
        return new Entry(log.commit(type), type, HexFormat.of().formatHex(payload));
    }

    static RecordVisitor into(List<Entry> entries) {
        return (position, type, buffer, start, length) ->
                entries.add(new Entry(position, type, hex(buffer, start, length)));
    }

    static List<Entry> replay(Disk disk, LogOptions options) throws java.io.IOException {
        List<Entry> entries = new ArrayList<>();
        Log.open(disk, options, into(entries)).close();
        return entries;
    }

    static String hex(ByteBuffer payload) {
        return hex(payload, payload.position(), payload.remaining());
    }

    static String hex(ByteBuffer buffer, int start, int length) {
        byte[] bytes = new byte[length];
        buffer.get(start, bytes);
        return HexFormat.of().formatHex(bytes);
    }

    int length() {
        return payload.length() / 2;
    }

    long end() {
        return position + RecordCodec.recordBytes(length());
    }
}
