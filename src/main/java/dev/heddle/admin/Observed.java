package dev.heddle.admin;

import dev.heddle.edge.EdgePicture;
import dev.heddle.routing.Router;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The server, as far as its admin port may see it; any thread. */
public interface Observed {
    String version();

    /** Milliseconds since 1970. */
    long startedMillis();

    /** Milliseconds since 1970. */
    long wallMillis();

    /** Of the monotonic clock. */
    long nanos();

    EdgePicture edge();

    /** Clients of the old protocol; null: there is no door for them. */
    @Nullable
    Legacy legacy();

    Router router();

    /** What its memory was planned to be. */
    Budget budget();

    /** Bytes that the file system of its data has left; -1: nobody knows. */
    long diskFreeBytes();

    /** Why no login is accepted now, in sentences; empty: they are. */
    List<String> troubles();

    /**
     * The door for clients of the old protocol.
     *
     * @param connections that are open now; each is one of the server's, too
     * @param limit that they can be
     * @param turnedAway connections above that limit, since the start
     * @param refusedSends messages that the server did not take, which ended their connections, since the start
     */
    record Legacy(int connections, int limit, long turnedAway, long refusedSends) {}

    /**
     * What its parts may use at most, in bytes.
     *
     * @param connections at once
     * @param users that all shards together remember
     */
    record Budget(
            int connections,
            long users,
            long heapBytes,
            long directBytes,
            long userBytes,
            long kernelBytes,
            long baseBytes) {
        /** Of the process: what the kernel holds for its sockets comes on top. */
        long processBytes() {
            return heapBytes + directBytes + userBytes + baseBytes;
        }
    }
}
