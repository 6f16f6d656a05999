package dev.heddle.legacy;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.events.EventLog;
import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.PresenceState;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrames;
import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** However what is said is cut into pieces, and however little room there is: it comes to the same. */
final class LegacyCodecTest {
    private static final int ROUNDS = 300;
    private static final int SMALL = 4096;
    private static final EventLog EVENTS = new EventLog();

    private final Random random = new Random(seed());

    private static long seed() {
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        System.out.println("LegacyCodecTest: -Dheddle.seed=" + seed);
        return seed;
    }

    @AfterAll
    static void close() {
        EVENTS.close();
    }

    private static LegacyCodec codec() {
        return new LegacyCodec(new LegacyPort(0, 0, false, EVENTS), new InetSocketAddress(0));
    }

    private String text(int most) {
        return "x".repeat(random.nextInt(most));
    }

    private byte[] command() {
        String target = "u".repeat(1 + random.nextInt(128));
        String head = "\0" + (char) target.length() + target;
        int size = random.nextInt(3) == 0 ? 0 : random.nextInt(3000);
        String length = "" + (char) (size >>> 8) + (char) (size & 0xff);
        String body = "b".repeat(size);
        return switch (random.nextInt(10)) {
            case 0, 1 -> LegacyClient.send(target, body);
            case 2 -> LegacyClient.batch(target, text(2000), "", text(10), text(300), "");
            case 3, 4 -> LegacyClient.ack("%016x".formatted(random.nextLong()));
            case 5 -> LegacyClient.getStatus(target);
            case 6 -> ("\7" + head + "\0\0\0\0\0\0\0\1" + length + body).getBytes(ISO_8859_1);
            case 7 -> ("\20" + head + "\0\0" + length + body).getBytes(ISO_8859_1);
            case 8 -> ("#" + head + "\0\2hh\0\0" + length + body).getBytes(ISO_8859_1);
            default -> ("p" + head + "!" + head + " \0\0\0\3abct\0\2id" + head).getBytes(ISO_8859_1);
        };
    }

    /** All but ACKs, of which there are fewer where more comes at once. */
    private static String frames(byte[] said) {
        StringBuilder all = new StringBuilder();
        ByteBuffer in = ByteBuffer.wrap(said);
        while (in.remaining() > Protocol.LENGTH_BYTES) {
            byte[] frame = new byte[in.getInt()];
            in.get(frame);
            if (frame[0] != Protocol.ACK) {
                all.append(HexFormat.of().formatHex(frame)).append('\n');
            }
        }
        assertThat(in.hasRemaining()).isFalse();
        return all.toString();
    }

    /** As a channel does it, with a read of each piece. */
    private static byte[] decode(LegacyCodec codec, List<byte[]> pieces, int room) {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteBuffer in = ByteBuffer.allocate(1 << 20);
        ByteBuffer out = ByteBuffer.allocate(room);
        for (int i = 0; i < pieces.size(); i++) {
            in.put(pieces.get(i));
            boolean goesOn = true;
            while (goesOn) {
                int before = in.flip().remaining();
                codec.decode(in, out, false);
                goesOn = out.position() > 0;
                said.write(out.array(), 0, out.position());
                out.clear();
                assertThat(in.remaining()).isLessThanOrEqualTo(before);
                in.compact();
            }
            if (i == 0) {
                codec.opened(1000);
            }
        }
        assertThat(in.position()).as("what is left").isZero();
        return said.toByteArray();
    }

    @Test
    void what_a_client_says_may_be_cut_anywhere() {
        for (int round = 0; round < ROUNDS; round++) {
            ByteArrayOutputStream commands = new ByteArrayOutputStream();
            for (int i = random.nextInt(20); i >= 0; i--) {
                commands.writeBytes(command());
            }
            byte[] all = commands.toByteArray();
            byte[] login = LegacyClient.login("ann");
            List<byte[]> pieces = new ArrayList<>(List.of(login));
            int most = 1 + random.nextInt(2000);
            for (int from = 0; from < all.length; ) {
                int length = Math.min(all.length - from, 1 + random.nextInt(most));
                pieces.add(Arrays.copyOfRange(all, from, from + length));
                from += length;
            }
            String whole = frames(decode(codec(), List.of(login, all), 1 << 20));
            assertThat(frames(decode(codec(), pieces, SMALL)))
                    .as("round %d", round)
                    .isEqualTo(whole);
            assertThat(whole).isNotEmpty();
        }
    }

    /** What a server says, in pieces that begin where a frame does or go on with a body. */
    private List<ByteBuffer> chunks(long[] seq) {
        List<ByteBuffer> chunks = new ArrayList<>();
        int sender = 1 + random.nextInt(100);
        int size = random.nextInt(5000);
        ByteBuffer frame = ByteBuffer.allocate(8192);
        switch (random.nextInt(6)) {
            case 0 -> ServerFrames.accepted(frame, 7);
            case 1 ->
                ServerFrames.presence(
                        frame, 1, PresenceState.ONLINE, 5000, "w".repeat(sender).getBytes(UTF_8));
            case 2 -> ServerFrames.pong(frame, random.nextInt(7));
            case 3 -> {
                ServerFrames.signalledHeader(frame, "s".repeat(sender).getBytes(UTF_8), 1);
                frame.put((byte) random.nextInt(3));
            }
            case 4 -> ServerFrames.goodbye(frame, GoodbyeCode.BYE, 0, "bye");
            default -> {
                ServerFrames.deliverHeader(frame, ++seq[0], 1, 2, 0, sender, size);
                frame.put(new byte[sender]);
                for (int i = 0; i < size; i++) {
                    frame.put((byte) i);
                }
                frame.flip();
                int head = ServerFrames.deliverSize(sender, 0);
                int cut = head + random.nextInt(frame.limit() - head + 1);
                chunks.add(frame.slice(0, cut));
                chunks.add(frame.slice(cut, frame.limit() - cut));
                return chunks;
            }
        }
        chunks.add(frame.flip());
        return chunks;
    }

    @Test
    void what_a_server_says_is_encoded_where_it_stands_and_never_longer() {
        for (int round = 0; round < ROUNDS; round++) {
            long[] seq = {0};
            List<ByteBuffer> chunks = new ArrayList<>();
            for (int i = random.nextInt(20); i >= 0; i--) {
                chunks.addAll(chunks(seq));
            }
            ByteBuffer whole = ByteBuffer.allocate(1 << 18);
            chunks.forEach(chunk -> whole.put(chunk.duplicate()));
            codec().encode(whole.flip());
            ByteBuffer pieces = ByteBuffer.allocate(1 << 18);
            LegacyCodec codec = codec();
            for (ByteBuffer chunk : chunks) {
                ByteBuffer copy =
                        ByteBuffer.allocate(chunk.remaining()).put(chunk).flip();
                int before = copy.remaining();
                codec.encode(copy);
                assertThat(copy.remaining()).isLessThanOrEqualTo(before);
                pieces.put(copy);
            }
            assertThat(pieces.flip()).as("round %d", round).isEqualTo(whole);
        }
    }
}
