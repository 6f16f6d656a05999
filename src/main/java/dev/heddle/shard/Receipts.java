package dev.heddle.shard;

import java.util.ArrayList;
import java.util.List;

/**
 * Who is still to be told ACCEPTED; the shard's owner only. Bounded by the sessions: each stands in each list once, with the
 * highest id it is owed.
 *
 * <pre>
 *   SEND stored ... -> waiting --begin()--> covered by the running force --complete()--> ACCEPTED
 * </pre>
 */
final class Receipts {
    private List<Session> waiting = new ArrayList<>();
    private List<Session> covered = new ArrayList<>();
    private long accepted;

    /** The session's SEND with this id is stored, its latest. */
    void owe(Session session, long id) {
        session.storedId = id;
        session.storedCount++;
        if (!session.inReceipts) {
            session.inReceipts = true;
            waiting.add(session);
        }
    }

    boolean isWaiting() {
        return !waiting.isEmpty();
    }

    /** A force begins that covers everything written so far, hence everyone who waits now. */
    void begin() {
        List<Session> free = covered;
        covered = waiting;
        waiting = free;
        for (Session session : covered) {
            session.forcingId = session.storedId;
            session.forcingCount = session.storedCount;
            session.storedCount = 0;
            session.inReceipts = false;
        }
    }

    /** The force is done. */
    void complete(Stage stage) {
        for (Session session : covered) {
            int count = session.forcingCount;
            accepted += count;
            session.forcingCount = 0;
            if (session.isOpen()) {
                session.client.accepted(session.forcingId, count);
                stage.add(session);
            }
        }
        covered.clear();
    }

    /** Messages that were covered by a force that is done, whether anybody was there to be told or not. */
    long accepted() {
        return accepted;
    }
}
