package dev.heddle.shard;

import java.nio.charset.StandardCharsets;

/**
 * One user's inbox at one moment, without anything that is in it; made by the shard's owner, immutable.
 *
 * @param lastSeen milliseconds since 1970 of the latest login or end of a session; 0: never logged in
 * @param messages that wait
 * @param bytes of log that they take
 * @param unsent of the messages, those that this session has not been sent; all, if there is no session
 * @param cursor acknowledged up to this seq
 * @param lastSeq the highest seq ever given
 * @param oldestMillis when the first of the messages was accepted, since 1970; -1: nothing waits, or nobody looked
 * @param window how much may be on its way to the client; nothing, if there is none
 */
public record InboxPicture(
        String user,
        boolean online,
        long lastSeen,
        int messages,
        long bytes,
        int unsent,
        long cursor,
        long lastSeq,
        long oldestMillis,
        WindowPicture window) {
    /**
     * What is on its way to a client.
     *
     * @param messages that may be, without an ACK
     * @param bytes that they may have
     * @param messagesOut that are
     * @param bytesOut that they have
     * @param queuedBytes of all frames that its socket did not take yet
     */
    public record WindowPicture(int messages, int bytes, int messagesOut, long bytesOut, int queuedBytes) {
        static final WindowPicture NONE = new WindowPicture(0, 0, 0, 0, 0);

        static WindowPicture of(Session session) {
            Window window = session.window;
            return new WindowPicture(
                    window.messages(),
                    window.bytes(),
                    window.messagesOut(),
                    window.bytesOut(),
                    session.client.queuedBytes());
        }
    }

    static InboxPicture of(User user, long oldestMillis) {
        Session session = user.session;
        Inbox inbox = user.inbox;
        return new InboxPicture(
                new String(user.name, StandardCharsets.UTF_8),
                session != null,
                user.lastSeen,
                inbox.count,
                inbox.bytes,
                session == null ? inbox.count : inbox.unsent(),
                inbox.cursor,
                inbox.lastSeq,
                oldestMillis,
                session == null ? WindowPicture.NONE : WindowPicture.of(session));
    }
}
