package dev.heddle.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/** A record as a test remembers it. */
record Entry(long position, int type, String payload) {
    static Entry append(Log log, int type, byte[] payload) {
        log.claim(payload.length).put(payload);
        return new Entry(log.commit(type), type, HexFormat.of().formatHex(payload));
    }

    /** So many records of random payloads, written where there is no room for more. */
    static List<Entry> append(Log log, Random random, int mostBytes, int count) throws IOException {
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            byte[] payload = new byte[random.nextInt(mostBytes + 1)];
            random.nextBytes(payload);
            if (!log.hasRoom(payload.length)) {
                log.write();
            }
            entries.add(append(log, 1 + i % Log.MAX_TYPE, payload));
        }
        return entries;
    }

    static List<Entry> appendForced(Log log, Random random, int mostBytes, int count) throws IOException {
        List<Entry> entries = append(log, random, mostBytes, count);
        log.write();
        force(log);
        return entries;
    }

    static void force(Log log) throws IOException {
        ForceRequest request = log.beginForce();
        request.run();
        log.forced(request);
    }

    static RecordVisitor into(List<Entry> entries) {
        return (position, type, buffer, start, length) ->
                entries.add(new Entry(position, type, hex(buffer, start, length)));
    }

    static List<Entry> replay(Disk disk, LogOptions options) throws IOException {
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
