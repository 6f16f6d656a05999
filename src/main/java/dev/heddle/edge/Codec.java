package dev.heddle.edge;

import java.nio.ByteBuffer;

/**
 * Another protocol, as one client of it speaks it: what the client says becomes frames, and frames become what it understands.
 * The edge calls it; one thread at a time decodes (the connection's reader), one encodes (the writer of its queue), and these two
 * may be different ones. It holds no bytes: what it does not take is offered again.
 */
public interface Codec {
    /**
     * Takes what the client says, as far as that is understood, and puts it into frames. A frame is begun only if there is room
     * for all of it but its body.
     *
     * @param bytes from position to limit; what is left is offered again, with more behind it. May be empty
     * @param frames from its position on, with room for a LOGIN before anything else
     * @param more whether the read that brought the last of the bytes was cut short, so that more came with them
     */
    void decode(ByteBuffer bytes, ByteBuffer frames, boolean more);

    /** By who decodes: so many bytes that the client says next stand in the frame that is begun as they are. */
    int body();

    /** By who decodes: so many of those were put there. */
    void passed(int count);

    /** By who decodes: nothing more that the client says is understood. */
    boolean hasEnded();

    /** Any thread: whether decoding brings something although the client has said nothing more. */
    boolean wantsIn();

    /** By who decodes: the LOGIN that it was given was answered by WELCOME, which named this id. */
    void opened(long firstId);

    /**
     * Turns frames into what the client understands, which is never longer, in their place.
     *
     * @param frames from position to limit, which is moved. A frame's fields are in one piece, up to the sender's name; only a
     *     body may be spread over several calls
     */
    void encode(ByteBuffer frames);

    /** Messages that the client may leave unacknowledged. */
    int unacknowledged();

    /** Any thread: messages that it has acknowledged although an earlier one is not, so that the server cannot be told. */
    int acknowledgedAhead();

    /** The connection is closed; the last call but for some of {@link #encode}. */
    void closed();
}
