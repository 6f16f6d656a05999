package dev.heddle.shard;

/**
 * One session's interest in one user's presence; the shard's owner only. It stands with the watched user, among those who are
 * told of the next change, or, while its session has no room for a notice, with the session.
 */
final class Watch {
    final Session watcher;
    final User watched;
    /** Which of the user's changes the watcher was told of last. */
    int told;
    /** Its session is to be told when it has room. */
    boolean owed;
    /** Where it stands in the list that it stands in. */
    int index;

    Watch(Session watcher, User watched) {
        this.watcher = watcher;
        this.watched = watched;
    }
}
