package dev.heddle.shard;

import java.util.ArrayList;
import java.util.List;

/**
 * The sessions that something was said to in this cycle, each once; the shard's owner only. Bounded by the sessions. A
 * session that was given a message waits until the log has been written; the others go out even when it cannot be.
 */
final class Stage {
    private List<Session> staged = new ArrayList<>();
    private List<Session> kept = new ArrayList<>();

    void add(Session session) {
        if (!session.staged) {
            session.staged = true;
            staged.add(session);
        }
    }

    void addMessage(Session session) {
        session.stagedMessage = true;
        add(session);
    }

    /** @param written whether the log holds all that was appended */
    void release(boolean written) {
        for (Session session : staged) {
            if (session.stagedMessage && !written) {
                kept.add(session);
            } else {
                session.staged = false;
                session.stagedMessage = false;
                session.client.release();
            }
        }
        staged.clear();
        List<Session> free = staged;
        staged = kept;
        kept = free;
    }
}
