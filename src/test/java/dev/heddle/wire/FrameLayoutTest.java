package dev.heddle.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every frame against the bytes that the protocol's document asks for, written here by hand. */
final class FrameLayoutTest {
    private static final byte[] BOB = {'b', 'o', 'b'};
    private static final byte[] HI = {'h', 'i'};

    private final ClientFrame client = new ClientFrame();
    private final ServerFrame server = new ServerFrame();

    @Test
    void login_has_version_user_cursor_and_token() {
        String bytes = "00000012 01 01 03626f62 0102030405060708 0002 6869";
        assertThat(encoded(out -> ClientFrames.login(out, BOB, 0x0102030405060708L, HI)))
                .isEqualTo(bytes(bytes));
        fromClient(bytes);
        assertThat(client.version()).isEqualTo(1);
        assertThat(client.name()).isEqualTo(BOB);
        assertThat(client.cursor()).isEqualTo(0x0102030405060708L);
        assertThat(client.body()).isEqualTo(HI);
    }

    @Test
    void send_has_id_recipient_and_body() {
        String bytes = "0000000f 02 fffffffffffffffe 03626f62 6869";
        assertThat(encoded(out -> ClientFrames.send(out, -2, BOB, HI))).isEqualTo(bytes(bytes));
        fromClient(bytes);
        assertThat(client.id()).isEqualTo(-2);
        assertThat(client.name()).isEqualTo(BOB);
        assertThat(client.body()).isEqualTo(HI);
    }

    @Test
    void ack_ping_and_logout_have_fixed_lengths() {
        assertThat(encoded(out -> ClientFrames.ack(out, 7))).isEqualTo(bytes("00000009 03 0000000000000007"));
        assertThat(encoded(out -> ClientFrames.ping(out, 8))).isEqualTo(bytes("00000009 08 0000000000000008"));
        assertThat(encoded(ClientFrames::logout)).isEqualTo(bytes("00000001 09"));
        fromClient("00000009 03 0000000000000007");
        assertThat(client.seq()).isEqualTo(7);
        fromClient("00000009 08 8000000000000000");
        assertThat(client.opaque()).isEqualTo(Long.MIN_VALUE);
        fromClient("00000001 09");
    }

    @Test
    void query_watch_unwatch_and_signal_name_a_user() {
        assertThat(encoded(out -> ClientFrames.query(out, -1, BOB))).isEqualTo(bytes("00000009 04 ffffffff 03626f62"));
        assertThat(encoded(out -> ClientFrames.watch(out, BOB))).isEqualTo(bytes("00000005 05 03626f62"));
        assertThat(encoded(out -> ClientFrames.unwatch(out, BOB))).isEqualTo(bytes("00000005 06 03626f62"));
        assertThat(encoded(out -> ClientFrames.signal(out, BOB, HI))).isEqualTo(bytes("00000007 07 03626f62 6869"));
        fromClient("00000009 04 00000005 03626f62");
        assertThat(client.tag()).isEqualTo(5);
        assertThat(client.name()).isEqualTo(BOB);
        fromClient("00000007 07 03626f62 6869");
        assertThat(client.body()).isEqualTo(HI);
    }

    @Test
    void welcome_tells_what_a_client_has_to_know() {
        String bytes = "00000024 81 01 0000000000000002 0000000000000003 80000004 00100000 003c 0000000000000007";
        assertThat(encoded(out -> ServerFrames.welcome(out, 2, 3, 0x80000004, 1 << 20, 60, 7)))
                .isEqualTo(bytes(bytes));
        fromServer(bytes);
        assertThat(server.version()).isEqualTo(1);
        assertThat(server.session()).isEqualTo(2);
        assertThat(server.firstId()).isEqualTo(3);
        assertThat(server.backlog()).isEqualTo(0x80000004L);
        assertThat(server.frameLimit()).isEqualTo(1 << 20);
        assertThat(server.heartbeatSeconds()).isEqualTo(60);
        assertThat(server.serverTime()).isEqualTo(7);
    }

    @Test
    void deliver_has_seq_id_time_flags_sender_and_body() {
        String bytes = "00000020 83 0000000000000001 0000000000000002 0000000000000003 01 03626f62 6869";
        assertThat(encoded(out -> {
                    ServerFrames.deliverHeader(out, 1, 2, 3, Protocol.FLAG_SENT_BEFORE, 3, 2);
                    out.put(BOB).put(HI);
                }))
                .isEqualTo(bytes(bytes));
        fromServer(bytes);
        assertThat(server.seq()).isEqualTo(1);
        assertThat(server.id()).isEqualTo(2);
        assertThat(server.acceptedAt()).isEqualTo(3);
        assertThat(server.flags()).isEqualTo(1);
        assertThat(server.name()).isEqualTo(BOB);
        assertThat(server.body()).isEqualTo(HI);
    }

    @Test
    void presence_has_tag_state_time_and_user() {
        String bytes = "00000012 84 00000009 02 0000000000000000 03626f62";
        assertThat(encoded(out -> ServerFrames.presence(out, 9, PresenceState.NEVER_SEEN, 0, BOB)))
                .isEqualTo(bytes(bytes));
        fromServer(bytes);
        assertThat(server.tag()).isEqualTo(9);
        assertThat(PresenceState.of(server.state())).isEqualTo(PresenceState.NEVER_SEEN);
        assertThat(server.lastSeen()).isZero();
        assertThat(server.name()).isEqualTo(BOB);
    }

    @Test
    void accepted_pong_and_signalled_carry_what_they_answer() {
        assertThat(encoded(out -> ServerFrames.accepted(out, 5))).isEqualTo(bytes("00000009 82 0000000000000005"));
        assertThat(encoded(out -> ServerFrames.pong(out, 6))).isEqualTo(bytes("00000009 86 0000000000000006"));
        assertThat(encoded(out -> {
                    ServerFrames.signalledHeader(out, BOB, 2);
                    out.put(HI);
                }))
                .isEqualTo(bytes("00000007 85 03626f62 6869"));
        fromServer("00000009 82 0000000000000005");
        assertThat(server.id()).isEqualTo(5);
        fromServer("00000009 86 0000000000000006");
        assertThat(server.opaque()).isEqualTo(6);
        fromServer("00000007 85 03626f62 6869");
        assertThat(server.name()).isEqualTo(BOB);
        assertThat(server.body()).isEqualTo(HI);
    }

    @Test
    void rejected_and_goodbye_have_a_code_and_a_reason() {
        String rejected = "0000000d 87 0000000000000005 0002 6869";
        assertThat(encoded(out -> ServerFrames.rejected(out, 5, RejectCode.INBOX_FULL, "hi")))
                .isEqualTo(bytes(rejected));
        fromServer(rejected);
        assertThat(server.id()).isEqualTo(5);
        assertThat(RejectCode.of(server.code())).isEqualTo(RejectCode.INBOX_FULL);
        assertThat(server.body()).isEqualTo(HI);

        String goodbye = "00000009 88 006c 000003e8 6869";
        assertThat(encoded(out -> ServerFrames.goodbye(out, GoodbyeCode.DRAINING, 1000, "hi")))
                .isEqualTo(bytes(goodbye));
        fromServer(goodbye);
        assertThat(GoodbyeCode.of(server.code())).isEqualTo(GoodbyeCode.DRAINING);
        assertThat(server.retryAfterMillis()).isEqualTo(1000);
    }

    @Test
    void every_code_has_the_number_that_clients_know() {
        assertThat(RejectCode.values()).hasSize(9);
        assertThat(RejectCode.of(1)).isEqualTo(RejectCode.DUPLICATE);
        assertThat(RejectCode.of(5)).isEqualTo(RejectCode.BAD_RECIPIENT);
        assertThat(RejectCode.of(9)).isEqualTo(RejectCode.UNAVAILABLE);
        assertThat(RejectCode.of(10)).isNull();
        assertThat(GoodbyeCode.values()).hasSize(13);
        assertThat(GoodbyeCode.of(100)).isEqualTo(GoodbyeCode.MALFORMED);
        assertThat(GoodbyeCode.of(106)).isEqualTo(GoodbyeCode.REPLACED);
        assertThat(GoodbyeCode.of(112)).isEqualTo(GoodbyeCode.BYE);
        assertThat(GoodbyeCode.of(99)).isNull();
    }

    @Test
    void a_frame_a_byte_too_short_or_too_long_is_malformed() {
        String[] exact = {
            "00000012 01 01 03626f62 0102030405060708 0002 6869",
            "00000009 03 0000000000000007",
            "00000009 04 00000005 03626f62",
            "00000005 05 03626f62",
            "00000005 06 03626f62",
            "00000009 08 0000000000000008",
            "00000001 09"
        };
        for (String each : exact) {
            ByteBuffer frame = ByteBuffer.wrap(bytes(each + "00"));
            int type = frame.get(4);
            int end = frame.limit() - 1;
            assertThat(client.parse(frame, type, 5, end)).as(each).isTrue();
            assertThat(client.parse(frame, type, 5, end + 1))
                    .as("%s, longer", each)
                    .isFalse();
            if (end > 5) {
                assertThat(client.parse(frame, type, 5, end - 1))
                        .as("%s, shorter", each)
                        .isFalse();
            }
        }
    }

    @Test
    void types_that_clients_do_not_send_are_malformed() {
        for (int type = 0; type < 256; type++) {
            boolean known = type >= 1 && type <= 9;
            assertThat(ClientFrame.isKnown(type)).isEqualTo(known);
            if (!known) {
                assertThat(client.parse(ByteBuffer.allocate(64), type, 5, 64)).isFalse();
            }
        }
    }

    private void fromClient(String hex) {
        ByteBuffer frame = ByteBuffer.wrap(bytes(hex));
        assertThat(client.parse(frame, frame.get(4) & 0xff, 5, frame.limit())).isTrue();
        assertThat(client.type()).isEqualTo(frame.get(4) & 0xff);
    }

    private void fromServer(String hex) {
        ByteBuffer frame = ByteBuffer.wrap(bytes(hex));
        assertThat(server.parse(frame, frame.get(4) & 0xff, 5, frame.limit())).isTrue();
    }

    private static byte[] encoded(Consumer<ByteBuffer> encoder) {
        ByteBuffer out = ByteBuffer.allocate(200);
        encoder.accept(out);
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", "").toLowerCase(java.util.Locale.ROOT));
    }

    @Test
    void sizes_count_the_whole_frame() {
        assertThat(ServerFrames.deliverSize(3, 2)).isEqualTo(4 + 0x20);
        assertThat(ServerFrames.presenceSize(3)).isEqualTo(4 + 0x12);
        assertThat(ServerFrames.rejectedSize("hi".getBytes(StandardCharsets.UTF_8).length))
                .isEqualTo(4 + 0x0d);
    }
}
