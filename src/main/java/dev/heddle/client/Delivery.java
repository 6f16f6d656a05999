package dev.heddle.client;

import java.time.Instant;
import java.util.function.LongConsumer;

/** A message that arrived; any thread. */
public final class Delivery {
    private final long seq;
    private final long id;
    private final String sender;
    private final Instant acceptedAt;
    private final boolean sentBefore;
    private final byte[] body;
    private final LongConsumer ack;

    Delivery(long seq, long id, String sender, Instant acceptedAt, boolean sentBefore, byte[] body, LongConsumer ack) {
        this.seq = seq;
        this.id = id;
        this.sender = sender;
        this.acceptedAt = acceptedAt;
        this.sentBefore = sentBefore;
        this.body = body;
        this.ack = ack;
    }

    /** Its place in the inbox; strictly increasing. */
    public long seq() {
        return seq;
    }

    /** The sender's id of it. */
    public long id() {
        return id;
    }

    public String sender() {
        return sender;
    }

    public Instant acceptedAt() {
        return acceptedAt;
    }

    /** The server may have sent it before. A client that keeps its cursor sees each message once all the same. */
    public boolean sentBefore() {
        return sentBefore;
    }

    /** The message's bytes; the caller's to keep. */
    public byte[] body() {
        return body;
    }

    /** This and every earlier message is dealt with. Only with {@link ClientOptions#withExplicitAck}; otherwise it does nothing. */
    public void ack() {
        ack.accept(seq);
    }
}
