package dev.heddle.edge;

import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLEngineResult.Status;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * TLS on a socket that does not block, in the place of that socket: the connection's reader reads, and whoever is the writer of
 * its queue writes. The handshake is the reader's and goes on in its reads, which bring nothing until it is complete; before
 * that nothing can be written. Bounded by its {@link TlsInput} and {@link TlsOutput}, which hold nothing while nothing is
 * under way, and by its engine, which is made when the client's first bytes have come.
 *
 * <pre>
 *   no engine -- first bytes --> handshake -- complete --> established -- close_notify, or the socket's end --> ended
 * </pre>
 *
 * <p>One method of an engine is called by one thread at a time: unwrap by the reader, wrap under the lock of the output.
 */
final class TlsChannel implements Layer {
    private final SocketChannel socket;
    private final Handshakes handshakes;
    private final TlsInput input;
    private final TlsOutput output;

    // The reader's; the engine anybody's once it is established.
    private @Nullable SSLEngine engine;
    private boolean ended;

    private volatile boolean established;
    private volatile boolean wantsOut;

    /** @param client is told, by any thread, when others wait for the memory that an unfinished record takes up */
    TlsChannel(SocketChannel socket, Handshakes handshakes, Edge edge, Assembly.Client client) {
        this.socket = socket;
        this.handshakes = handshakes;
        this.input = new TlsInput(socket, edge, client);
        this.output = new TlsOutput(socket, edge.pool(), handshakes.scratch());
    }

    // ---- the reader ----

    /** As the socket's: 0 means that the socket has to be waited for, to be read, or written if {@link #wantsOut}. */
    @Override
    public int read(ByteBuffer target) throws IOException {
        int before = target.position();
        try {
            if (!established) {
                shakeHands(target);
            }
            if (established) {
                hear(target);
            }
        } catch (SSLException broken) {
            sayWhy();
            throw failed(broken);
        } finally {
            input.settle();
        }
        int count = target.position() - before;
        return count == 0 && ended ? -1 : count;
    }

    /** What the client still says is of no use: from now on its reader reads the socket, and drops what comes. */
    @Override
    public void stopHearing() {
        wantsOut = false;
        input.release();
    }

    @Override
    public void isHandled() {
        input.isHandled();
    }

    @Override
    public void isNotHandled() {
        input.isNotHandled();
    }

    @Override
    public boolean wantsOut() {
        return wantsOut;
    }

    private void shakeHands(ByteBuffer target) throws IOException {
        SSLEngine shaking = engine == null ? begin() : engine;
        if (shaking == null) {
            return;
        }
        boolean goesOn = true;
        wantsOut = false;
        while (goesOn) {
            switch (shaking.getHandshakeStatus()) {
                case NEED_TASK -> handshakes.calculate(shaking, socket, this::isOver);
                case NEED_WRAP -> {
                    wantsOut = !output.say(shaking);
                    goesOn = !wantsOut;
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> goesOn = greet(shaking, target);
                case NOT_HANDSHAKING, FINISHED -> {
                    established = true;
                    goesOn = false;
                }
            }
        }
    }

    /** An engine for who has said hello, or speaks something else and is to be told so; null: the client has to say more. */
    private @Nullable SSLEngine begin() throws IOException {
        while (!input.hasHeader() || !isAcceptable()) {
            if (!fill()) {
                return null;
            }
        }
        engine = handshakes.begin();
        return engine;
    }

    /**
     * Whether the engine may have the record at the front; false if more of it has to come first. In TLS 1.3 all that is said in
     * plain text is one ClientHello or, where the first had no key for it, two.
     */
    private boolean isAcceptable() throws SSLException {
        if (!input.isPlainHandshake()) {
            return true;
        }
        if (!input.hasRecord(ClientHello.MOST_RECORD_BYTES)) {
            return false;
        }
        String objection = ClientHello.objection(input.record());
        if (!objection.isEmpty()) {
            throw new SSLException(objection);
        }
        return true;
    }

    private static boolean isOlder(SSLEngine shaking) {
        SSLSession agreed = shaking.getHandshakeSession();
        return agreed != null && agreed.getProtocol().equals("TLSv1.2");
    }

    /** Takes a record of the handshake; false if it has to be waited for. */
    private boolean greet(SSLEngine shaking, ByteBuffer target) throws IOException {
        // Without waiting for all of it: who speaks something else is told so at once.
        if (input.hasHeader() && (isOlder(shaking) || isAcceptable())) {
            SSLEngineResult result = input.decrypt(shaking, target);
            if (result.getStatus() == Status.CLOSED) {
                end();
                return false;
            }
            if (result.getStatus() != Status.BUFFER_UNDERFLOW) {
                return true;
            }
        }
        return fill();
    }

    /** Reads once from the socket; false if there is nothing now. */
    private boolean fill() throws IOException {
        int count = input.fill();
        if (count < 0) {
            end();
        }
        return count > 0;
    }

    /** Whether the client has gone while it waited for its turn. */
    private boolean isOver() throws IOException {
        if (!ended && input.hasRoom()) {
            boolean _ = fill();
        }
        return ended;
    }

    private void end() {
        if (!established && !ended) {
            handshakes.failed(socket, "the client went in the middle of the handshake");
        }
        ended = true;
    }

    /** Decrypts what one read of the socket brings. */
    private void hear(ByteBuffer target) throws IOException {
        SSLEngine hearing = engine;
        boolean goesOn = hearing != null && (!wantsOut || answer(hearing));
        boolean filled = false;
        int before = target.position();
        while (goesOn && !ended && target.hasRemaining()) {
            if (input.hasText()) {
                input.pour(target);
            } else if (hearing != null && input.hasRecord()) {
                goesOn = decrypt(hearing, target);
            } else {
                goesOn = !filled && target.position() == before && fill();
                filled = true;
            }
        }
    }

    /** Decrypts a record; false if it has to be answered first, and the socket takes no more. */
    private boolean decrypt(SSLEngine hearing, ByteBuffer target) throws IOException {
        SSLEngineResult result = input.decrypt(hearing, target);
        if (result.getStatus() == Status.CLOSED) {
            end();
        }
        if (result.getHandshakeStatus() == HandshakeStatus.NEED_TASK) {
            throw new SSLException("a second handshake on one connection");
        }
        return result.getHandshakeStatus() != HandshakeStatus.NEED_WRAP || answer(hearing);
    }

    /** Says what the engine has to say, new keys or a farewell: while that waits nothing is heard that asks for more of it. */
    private boolean answer(SSLEngine hearing) throws IOException {
        wantsOut = !ended && !output.say(hearing);
        return !wantsOut;
    }

    /** The alert, if there is room for it. */
    private void sayWhy() {
        SSLEngine broken = engine;
        try {
            if (broken != null) {
                output.say(broken);
            }
        } catch (IOException gone) {
            // Then there is nobody to tell.
        }
    }

    private SSLException failed(SSLException broken) {
        if (!established) {
            handshakes.failed(socket, String.valueOf(broken.getMessage()));
        }
        return broken;
    }

    // ---- whoever writes ----

    /** As the socket's, but what was not taken has to be offered again unchanged. */
    @Override
    public int write(ByteBuffer source) throws IOException {
        SSLEngine settled = established ? engine : null;
        if (settled == null) {
            handshakes.failed(socket, "we ended it: " + reason(source));
            throw new IOException("nothing can be said before the handshake is complete");
        }
        return output.write(settled, source);
    }

    /** What is said before anything else can only be GOODBYE, of which the client will not hear. */
    private static String reason(ByteBuffer goodbye) {
        ServerFrame frame = new ServerFrame();
        int body = goodbye.position() + Protocol.LENGTH_BYTES + 1;
        boolean whole = frame.parse(goodbye, Protocol.GOODBYE, body, goodbye.limit());
        return whole ? new String(frame.body(), StandardCharsets.UTF_8) : "";
    }

    @Override
    public void endOutput() throws IOException {
        SSLEngine settled = established ? engine : null;
        if (settled != null) {
            output.end(settled);
        }
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    /** The reader's last act: gives back what it holds. The socket is the poller's to close. */
    @Override
    public void close() {
        input.release();
        output.close();
    }
}
