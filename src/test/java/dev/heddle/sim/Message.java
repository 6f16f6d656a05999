package dev.heddle.sim;

import org.jspecify.annotations.Nullable;

/** One SEND, under the one id that it has in all its repetitions, and what is known of it. */
final class Message {
    /** What its sender was told. */
    enum Fate {
        OPEN,
        ACCEPTED,
        /** Never arrives. */
        REJECTED,
        /** TOO_OLD, or its sender forgot it: may arrive or not. */
        UNKNOWN
    }

    final int sender;
    final int to;
    final long id;
    final byte[] body;
    /** On the monotonic clock: it was stored then or later. */
    final long sentAt;

    Fate fate = Fate.OPEN;
    /** The server said, to whoever listened, that it is stored. */
    boolean promised;
    /** When it said so, on the monotonic clock. */
    long promisedAt;
    /** When it was accepted by the wall's clock, as its recipient was told first; 0: not yet. */
    long acceptedAt;
    /** Its recipient has seen it. */
    boolean seen;
    /** The power went while nobody was promised anything: it may be gone from the log although it was seen. */
    boolean mayRepeat;
    /** Its recipient was removed: it need not come. */
    boolean mayVanish;
    /** Its sender was removed before it knew what became of it: sent again, it may be stored twice, or once and turned away. */
    boolean senderRemoved;
    /** A later message of its stream came first, when this one may have expired. */
    boolean passedOver;
    /** That was before a power cut, which may have undone the expiry: it may come after later ones. */
    boolean mayComeLate;
    /** An operator was told that its recipient was removed: it must not come. */
    boolean gone;
    /** Under which it was delivered; 0: not yet. */
    long seq;
    /** The connection that it was last sent on. */
    @Nullable
    SimConnection sentOn;

    Message(int sender, int to, long id, byte[] body, long sentAt) {
        this.sender = sender;
        this.to = to;
        this.id = id;
        this.body = body;
        this.sentAt = sentAt;
    }

    @Override
    public String toString() {
        return "message " + sender + "/" + id + " to " + to + " (" + body.length + " bytes, " + fate
                + (promised ? ", promised" : "") + (seen ? ", seen" : "") + (passedOver ? ", passed over" : "")
                + (mayRepeat ? ", may repeat" : "")
                + (seq != 0 ? ", seq " + seq : "") + ")";
    }
}
