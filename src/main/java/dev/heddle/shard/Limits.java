package dev.heddle.shard;

/** The options that are in force now; the shard's owner only. One object a shard. */
final class Limits {
    private ShardOptions options;

    Limits(ShardOptions options) {
        this.options = options;
    }

    ShardOptions now() {
        return options;
    }

    /** What sizes were derived from at the start has to stay; everything else is looked up whenever it matters. */
    void change(ShardOptions next) {
        if (next.frameLimit() != options.frameLimit()
                || next.residentUsers() != options.residentUsers()
                || next.syncAlways() != options.syncAlways()) {
            throw new IllegalArgumentException("an option that cannot change while the shard runs");
        }
        options = next;
    }
}
