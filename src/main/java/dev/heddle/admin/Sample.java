package dev.heddle.admin;

/** A few figures of one moment, from two of which follow rates. Bytes and nanoseconds; -1: unknown. */
record Sample(
        long nanos, long cpuNanos, long accepted, long delivered, long logBytes, int connections, long heapLiveBytes) {
    static Sample of(Observation seen) {
        return new Sample(
                seen.nanos(),
                seen.process().cpuNanos(),
                seen.sum(shard -> shard.traffic().accepted()),
                seen.sum(shard -> shard.traffic().delivered()),
                seen.sum(shard -> shard.storage().logBytes()),
                seen.edge().connections(),
                seen.process().heapLiveBytes());
    }
}
