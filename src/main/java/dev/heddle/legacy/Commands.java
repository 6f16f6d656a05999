package dev.heddle.legacy;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.RejectCode;
import dev.heddle.wire.UserNames;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Turns what a client of the old protocol says into frames; who reads from the client. Bounded by two names: neither a message
 * nor a batch is ever held, their bytes are passed on as they come.
 *
 * <pre>
 *   LOGIN awaited -- LOGIN --> LOGIN said -- WELCOME --> open       any -- nothing more is understood --> ended
 * </pre>
 *
 * <p>What is not understood is tolerated where its sender would not miss anything: as the old system did it, what came with it
 * in one read is passed over.
 */
final class Commands {
    /** Room for an ACK, and the head of any command. */
    private static final int ROOM = 512;

    private static final byte[] NO_TOKEN = {};
    private static final int QUERY_TAG = 1;
    private static final int SEQ_BYTES = 8;

    // The old system's limits, above which it understands nothing.
    private static final int MOST_NAME = 256;
    private static final int MOST_HEAD = 1024;
    private static final int MOST_BODY = 64 * 1024;
    private static final int MOST_MAP = 256 * 1024;
    private static final int MOST_KEYS = 8 * 1024;

    private enum State {
        AWAITS_LOGIN,
        SAID_LOGIN,
        OPEN,
        ENDED
    }

    private final LegacyPort port;
    private final SocketAddress from;
    private final Acknowledgements acknowledgements;

    private State state = State.AWAITS_LOGIN;
    private byte[] user = NO_TOKEN;
    private long nextId;

    /** Bytes of the frame that is begun which are still to come. */
    private int body;

    /** Bytes that are still to come, and are passed over. */
    private long skipped;

    /** The rest of what comes with the latest read is passed over. */
    private boolean skipsRead;

    /** Who gets what is left of a batch, and how many bytes that is. */
    private byte @Nullable [] target;

    private long batch;

    /** An ACK is to be said. */
    private boolean acknowledges;

    /** What is to be answered once there is a session. */
    private int owed = Legacy.NOTHING;

    Commands(LegacyPort port, SocketAddress from, Acknowledgements acknowledgements) {
        this.port = port;
        this.from = from;
        this.acknowledgements = acknowledgements;
    }

    int body() {
        return body;
    }

    void passed(int count) {
        body -= count;
    }

    boolean hasEnded() {
        return state == State.ENDED;
    }

    void end() {
        state = State.ENDED;
    }

    void opened(long firstId) {
        nextId = firstId;
        if (state == State.SAID_LOGIN) {
            state = State.OPEN;
        }
    }

    /** The server is to hear what is acknowledged. */
    void acknowledge() {
        acknowledges = true;
    }

    /** As {@link dev.heddle.edge.Codec#decode}. */
    void decode(ByteBuffer in, ByteBuffer out, boolean more) {
        boolean goesOn = true;
        while (goesOn) {
            goesOn = step(in, out, more);
        }
        sayAcknowledged(out);
    }

    /** False: more has to come, or there has to be more room. */
    private boolean step(ByteBuffer in, ByteBuffer out, boolean more) {
        if (state == State.ENDED) {
            in.position(in.limit());
            return false;
        }
        if (body > 0) {
            return pass(in, out);
        }
        if (skipped > 0) {
            int part = (int) Math.min(skipped, in.remaining());
            in.position(in.position() + part);
            skipped -= part;
            return skipped == 0;
        }
        if (skipsRead && in.hasRemaining()) {
            in.position(in.limit());
            skipsRead = more;
            return false;
        }
        if (state == State.SAID_LOGIN || out.remaining() < ROOM) {
            return false;
        }
        if (owed != Legacy.NOTHING && state == State.OPEN) {
            ask(out, owed);
            owed = Legacy.NOTHING;
        }
        return batch > 0 ? batched(in, out) : in.hasRemaining() && command(in, out, more);
    }

    private boolean pass(ByteBuffer in, ByteBuffer out) {
        int part = Math.min(body, Math.min(in.remaining(), out.remaining()));
        out.put(out.position(), in, in.position(), part);
        out.position(out.position() + part);
        in.position(in.position() + part);
        body -= part;
        return body == 0;
    }

    private boolean command(ByteBuffer in, ByteBuffer out, boolean more) {
        int command = in.get(in.position()) & 0xff;
        if (command != Legacy.ACK) {
            sayAcknowledged(out);
        }
        return switch (command) {
            case Legacy.LOGIN -> login(in, out, more);
            case Legacy.ACK -> acknowledged(in);
            case Legacy.SEND, Legacy.SEND_SEQ, Legacy.BATCH, Legacy.MAP, Legacy.ENCRYPTED ->
                message(command, in, out, more);
            case Legacy.GET_STATUS, Legacy.KEYS_OF, Legacy.TYPING_START, Legacy.TYPING_STOP ->
                named(command, in, out, more);
            case Legacy.KEYS, Legacy.KEYS_ANSWER -> keys(command, in, out, more);
            case Legacy.READ -> read(in, out, more);
            default -> {
                boolean group = command >= Legacy.GROUP_FIRST && command <= Legacy.GROUP_LAST;
                ask(out, group ? Legacy.NO_GROUPS : Legacy.NOTHING);
                yield skipRead(in, more);
            }
        };
    }

    /** Whatever else came with it is passed over. */
    private boolean skipRead(ByteBuffer in, boolean more) {
        in.position(in.limit());
        skipsRead = more;
        return false;
    }

    /** There is nothing to be done, but the client is there, or something to be answered. */
    private void ask(ByteBuffer out, int answer) {
        if (state == State.OPEN) {
            ClientFrames.ping(out, answer);
        } else if (answer != Legacy.NOTHING) {
            owed = answer;
        }
    }

    // ---- LOGIN ----

    /**
     * LOGIN has no end: it takes what has arrived, up to where a command begins, which no name contains. It is judged as a whole
     * before anybody hears of it.
     */
    private boolean login(ByteBuffer in, ByteBuffer out, boolean more) {
        int start = in.position() + 1;
        int end = start;
        while (end < in.limit() && !isControl(in.get(end))) {
            end++;
        }
        if (start == in.limit()) {
            return false;
        }
        int colon = start;
        while (colon < end && !(port.hasTokens() && in.get(colon) == ':')) {
            colon++;
        }
        byte[] name = bytes(in, start, colon - start);
        byte[] token = colon == end ? NO_TOKEN : bytes(in, colon + 1, end - colon - 1);
        boolean whole = end < in.limit() ? isFollowed(in.get(end)) : !more;
        boolean valid = whole
                && UserNames.valid(ByteBuffer.wrap(name), 0, name.length)
                && token.length <= Protocol.MAX_TOKEN_BYTES;
        if (state == State.OPEN) {
            in.position(end);
            ask(out, Arrays.equals(name, user) ? Legacy.AGAIN : Legacy.OTHER_USER);
            return true;
        }
        if (!valid) {
            port.fault(from, "not a LOGIN");
            state = State.ENDED;
            return false;
        }
        in.position(end);
        ClientFrames.login(out, name, 0, token);
        user = name;
        state = State.SAID_LOGIN;
        return false;
    }

    private static boolean isControl(byte character) {
        return character >= 0 && character < ' ';
    }

    /** Whether a command that begins with this control character may follow a LOGIN. */
    private static boolean isFollowed(byte command) {
        return switch (command) {
            case Legacy.SEND, Legacy.ACK, Legacy.BATCH, Legacy.GET_STATUS, Legacy.SEND_SEQ, Legacy.MAP -> true;
            default -> false;
        };
    }

    // ---- messages ----

    /** A command that brings messages for somebody. */
    private boolean message(int command, ByteBuffer in, ByteBuffer out, boolean more) {
        int at = in.position();
        if (in.remaining() < 3) {
            return false;
        }
        int name = u16(in, at + 1);
        if (name > MOST_NAME) {
            return refuse(in, out, more, RejectCode.BAD_RECIPIENT);
        }
        int behind = at + 3 + name;
        int known = switch (command) {
            case Legacy.SEND -> 2;
            case Legacy.SEND_SEQ -> SEQ_BYTES + 2;
            case Legacy.ENCRYPTED -> in.limit() < behind + 2 ? 2 : 2 + u16(in, behind) + 4;
            default -> 4;
        };
        if (command == Legacy.ENCRYPTED && known > 2 + MOST_HEAD + 4) {
            return refuse(in, out, more, RejectCode.TOO_LARGE);
        }
        int head = behind + known;
        if (in.limit() < head || (command == Legacy.ENCRYPTED && known == 2)) {
            return false;
        }
        boolean sends = command == Legacy.SEND || command == Legacy.SEND_SEQ;
        long length = sends ? u16(in, head - 2) : in.getInt(head - 4) & 0xffffffffL;
        if ((command == Legacy.MAP && length > MOST_MAP) || (command == Legacy.ENCRYPTED && length > MOST_BODY)) {
            return refuse(in, out, more, RejectCode.TOO_LARGE);
        }
        if (state != State.OPEN || !UserNames.valid(in, at + 3, name)) {
            in.position(head);
            skipped = length;
            refuse(out, RejectCode.BAD_RECIPIENT);
            return true;
        }
        byte[] recipient = bytes(in, at + 3, name);
        if (command == Legacy.BATCH) {
            target = recipient;
            batch = length;
            in.position(head);
        } else if (sends) {
            begin(out, recipient, (int) length);
            in.position(head);
        } else {
            relay(out, recipient, command, (int) length + known);
            in.position(behind);
        }
        return true;
    }

    private void begin(ByteBuffer out, byte[] recipient, int length) {
        ClientFrames.sendHeader(out, nextId++, recipient, length);
        body = length;
    }

    /** What the old system passes on with the sender's name in the target's place; the rest, of so many bytes, is passed on. */
    private void relay(ByteBuffer out, byte[] recipient, int command, int length) {
        begin(out, recipient, 3 + user.length + length);
        out.put((byte) (command == Legacy.ENCRYPTED ? Legacy.ENCRYPTED_DELIVERY : command))
                .putShort((short) user.length)
                .put(user);
        body = length;
    }

    private boolean batched(ByteBuffer in, ByteBuffer out) {
        if (batch < Short.BYTES) {
            skipped = batch;
            batch = 0;
            return true;
        }
        if (in.remaining() < Short.BYTES) {
            return false;
        }
        int length = u16(in, in.position());
        if (length > batch - Short.BYTES || target == null) {
            // It ends within a message, which is none.
            skipped = batch;
            batch = 0;
            return true;
        }
        in.position(in.position() + Short.BYTES);
        batch -= Short.BYTES + length;
        begin(out, target, length);
        return true;
    }

    /** Refuses a message and the rest of what came with it: its end cannot be found. */
    private boolean refuse(ByteBuffer in, ByteBuffer out, boolean more, RejectCode code) {
        refuse(out, code);
        return skipRead(in, more);
    }

    private void refuse(ByteBuffer out, RejectCode code) {
        port.refused(from, state == State.OPEN ? code : RejectCode.NOT_ALLOWED);
        ask(out, state == State.OPEN ? Legacy.BAD_NAME : Legacy.NO_LOGIN);
    }

    // ---- ACK ----

    /** What was acknowledged is said once, behind as many ACKs as there are. */
    private void sayAcknowledged(ByteBuffer out) {
        if (acknowledges && state == State.OPEN && body == 0 && out.remaining() >= ClientFrames.ACK_BYTES) {
            acknowledges = false;
            ClientFrames.ack(out, acknowledgements.prefix());
        }
    }

    /** An id is as long as ours, or as long as there are characters that no command begins with: then it is none of ours. */
    private boolean acknowledged(ByteBuffer in) {
        int start = in.position() + 1;
        int end = start;
        while (end < in.limit() && end < start + DeliveryId.BYTES && DeliveryId.isDigit(in.get(end))) {
            end++;
        }
        if (end == in.limit() && end < start + DeliveryId.BYTES) {
            return false;
        }
        boolean ours = end == start + DeliveryId.BYTES;
        while (end < in.limit() && (ours ? DeliveryId.isDigit(in.get(end)) : !isControl(in.get(end)))) {
            end++;
        }
        if (end == start + DeliveryId.BYTES && ours) {
            acknowledgements.acknowledged(DeliveryId.get(in, start));
        }
        acknowledges = true;
        in.position(end);
        return true;
    }

    // ---- what concerns no message ----

    private boolean named(int command, ByteBuffer in, ByteBuffer out, boolean more) {
        int at = in.position();
        if (in.remaining() < 3) {
            return false;
        }
        int length = u16(in, at + 1);
        if (length > MOST_NAME) {
            ask(out, Legacy.BAD_NAME);
            return skipRead(in, more);
        }
        if (in.remaining() < 3 + length) {
            return false;
        }
        boolean valid = UserNames.valid(in, at + 3, length);
        byte[] name = bytes(in, at + 3, length);
        in.position(at + 3 + length);
        if (command == Legacy.KEYS_OF) {
            ask(out, Legacy.NO_KEYS);
        } else if (state != State.OPEN) {
            ask(out, command == Legacy.GET_STATUS ? Legacy.NO_LOGIN : Legacy.NOTHING);
        } else if (!valid) {
            ask(out, Legacy.BAD_NAME);
        } else if (command == Legacy.GET_STATUS) {
            ClientFrames.query(out, QUERY_TAG, name);
        } else {
            int typing = command == Legacy.TYPING_START ? Legacy.ONLINE : Legacy.OFFLINE;
            ClientFrames.signal(out, name, new byte[] {(byte) typing});
        }
        return true;
    }

    private boolean keys(int command, ByteBuffer in, ByteBuffer out, boolean more) {
        if (in.remaining() < 1 + Integer.BYTES) {
            return false;
        }
        long length = in.getInt(in.position() + 1) & 0xffffffffL;
        ask(out, command == Legacy.KEYS && length <= MOST_KEYS ? Legacy.NO_KEYS : Legacy.NOTHING);
        if (length > MOST_KEYS) {
            return skipRead(in, more);
        }
        in.position(in.position() + 1 + Integer.BYTES);
        skipped = length;
        return true;
    }

    /** A read receipt is skipped: the server takes the ACK as the receipt. */
    private boolean read(ByteBuffer in, ByteBuffer out, boolean more) {
        int end = in.position() + 1;
        for (int field = 0; field < 2; field++) {
            if (in.limit() < end + 2) {
                return false;
            }
            int length = u16(in, end);
            if (length > MOST_NAME) {
                return skipRead(in, more);
            }
            end += 2 + length;
        }
        if (in.limit() < end) {
            return false;
        }
        ask(out, Legacy.NOTHING);
        in.position(end);
        return true;
    }

    private static int u16(ByteBuffer in, int at) {
        return in.getShort(at) & 0xffff;
    }

    private static byte[] bytes(ByteBuffer in, int start, int length) {
        byte[] bytes = new byte[length];
        in.get(start, bytes);
        return bytes;
    }
}
