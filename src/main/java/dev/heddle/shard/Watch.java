package dev.heddle.shard;

/** One session's interest in one user's presence; the shard's owner only. */
final class Watch {
    final Session watcher;
    final User watched;
    /** The watcher was congested when the presence changed, and is still to be told. */
    boolean due;
    /** Where it stands among the watched user's watchers. */
    int index;

    Watch(Session watcher, User watched) {
        this.watcher = watcher;
        this.watched = watched;
    }
}
