package dev.heddle.client;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.util.concurrent.CompletableFuture;

/** What is to be sent and was not accepted yet; the {@link Outbox}'s, under its lock. */
final class Message {
    final byte[] recipient;
    final byte[] body;
    final CompletableFuture<Receipt> receipt = new CompletableFuture<>();
    long id;

    Message(byte[] recipient, byte[] body) {
        this.recipient = recipient;
        this.body = body;
    }

    /** What the frame's length field would say. */
    long frameLength() {
        return (long) ClientFrames.sendSize(recipient.length, 0) - Protocol.LENGTH_BYTES + body.length;
    }

    /** Bytes of its whole frame, which a buffer may hold. */
    int size() {
        return ClientFrames.sendSize(recipient.length, body.length);
    }
}
