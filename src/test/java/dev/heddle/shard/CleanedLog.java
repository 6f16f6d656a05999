package dev.heddle.shard;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.heddle.log.FileDisk;
import dev.heddle.log.Log;
import dev.heddle.log.LogOptions;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Writes a data folder as a server leaves it that was killed after its cleaner had been at work: everybody is online, and older
 * messages stand behind younger ones.
 */
public final class CleanedLog {
    private static final LogOptions OPTIONS = new LogOptions(64 << 20, 4 << 20, 1 << 20, 64 << 10, 7);
    private static final byte[] SENDER = "sender".getBytes(UTF_8);
    private static final int BODY = 20;
    private static final long WHEN = 1_800_000_000_000L;

    private final Log log;
    private long id;

    private CleanedLog(Log log) {
        this.log = log;
    }

    /**
     * Writes it.
     *
     * @param users with two messages each, of which the first stands last
     * @param celebrity messages of one more inbox, in which each second one is a copy
     */
    public static void write(Path data, int users, int celebrity) throws IOException {
        Path shard = Files.createDirectories(data.resolve("shard-0"));
        Files.writeString(data.resolve("heddle.properties"), "format=1\nshards=1\n");
        // Never closed: that would say how far it was forced.
        CleanedLog written = new CleanedLog(Log.open(new FileDisk(shard), OPTIONS, (_, _, _, _, _) -> {}));
        written.all(users, celebrity);
        written.log.write();
    }

    private void all(int users, int celebrity) throws IOException {
        ByteBuffer clock = claim(Records.CLOCK_BYTES + 1);
        Records.putClock(clock, 1, WHEN + 1000, WHEN);
        clock.put((byte) 0);
        log.commit(Records.CLOCK);
        user(SENDER);
        for (int i = 0; i < users; i++) {
            user(name(i));
            message(name(i), 2);
        }
        for (int i = 0; i < users; i++) {
            message(name(i), 1);
        }
        byte[] star = "celebrity".getBytes(UTF_8);
        user(star);
        for (int i = 1; i <= celebrity / 2; i++) {
            message(star, celebrity / 2 + i);
            message(star, i);
        }
    }

    private static byte[] name(int number) {
        return ("user-" + number).getBytes(UTF_8);
    }

    private ByteBuffer claim(int length) throws IOException {
        if (!log.hasRoom(length)) {
            log.write();
        }
        return log.claim(length);
    }

    private void user(byte[] name) throws IOException {
        ByteBuffer out = claim(Records.USER_HEAD + name.length);
        out.putLong(WHEN).putLong(0).putLong(0).putLong(0).putLong(0).putLong(0);
        out.put((byte) 1).put((byte) name.length).put(name);
        log.commit(Records.USER);
    }

    private void message(byte[] to, long seq) throws IOException {
        ByteBuffer out = claim(Records.messageBytes(to.length, SENDER.length, BODY));
        out.putLong(seq).putLong(++id).putLong(WHEN).putLong(0);
        out.put((byte) to.length).put((byte) SENDER.length).put(to).put(SENDER).put(new byte[BODY]);
        log.commit(Records.MESSAGE);
    }
}
