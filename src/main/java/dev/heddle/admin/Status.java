package dev.heddle.admin;

import dev.heddle.shard.InboxPicture;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code /status} says, as JSON with these very names. Sizes are bytes, times milliseconds (of the wall clock: since 1970),
 * sums begin with the start of the server; null: not known, or not yet.
 *
 * @param troubles why no login is accepted, or no message; empty: the server is ready
 * @param legacy null: there is no door for clients of the old protocol
 * @param shards by their number
 * @param forces of all shards, in the last minute
 * @param memory its parts, against what was promised at the start
 * @param fullestInboxes those with most messages first; some seconds old
 * @param slowestClients of those who are online, the ones who have most to deal with; likewise
 */
public record Status(
        String version,
        long pid,
        long startedAt,
        long now,
        List<String> troubles,
        Connections connections,
        Observed.@Nullable Legacy legacy,
        Traffic traffic,
        Storage storage,
        List<Shard> shards,
        Forces forces,
        List<Memory> memory,
        Machine machine,
        Capacity capacity,
        List<Inbox> fullestInboxes,
        List<Inbox> slowestClients) {
    /**
     * Who is connected.
     *
     * @param open sockets
     * @param limit that they can be
     * @param sessions logged in
     * @param opened connections that came
     * @param turnedAway connections above the limit
     * @param limitedConnections turned away, because their address had too many or they came too fast from there
     * @param logins that were let in
     * @param limitedLogins turned away, because they came too fast from their address
     * @param failedLogins whose token was refused
     */
    public record Connections(
            int open,
            int limit,
            long sessions,
            long opened,
            long turnedAway,
            long limitedConnections,
            long logins,
            long limitedLogins,
            long failedLogins,
            long watches,
            long users,
            long userLimit) {}

    /**
     * Messages.
     *
     * @param rejected SENDs, by the name of the code
     * @param goodbyes sessions that the server ended, by the name of the code
     * @param unacknowledged sent to clients that have not said yet that they have dealt with them; some seconds old
     * @param unacknowledgedBytes of log that these take
     * @param acceptedPerSecond in the last minute
     * @param deliveredPerSecond likewise
     */
    public record Traffic(
            long accepted,
            long acceptedBytes,
            long delivered,
            long deliveredBytes,
            long acknowledged,
            long expired,
            Map<String, Long> rejected,
            Map<String, Long> goodbyes,
            long unacknowledged,
            long unacknowledgedBytes,
            @Nullable Double acceptedPerSecond,
            @Nullable Double deliveredPerSecond) {}

    /**
     * The disk, of all shards.
     *
     * @param waitingMessages in all inboxes
     * @param waitingBytes their records
     * @param liveShare of the log that is still needed, 0 to 1
     * @param diskFreeBytes of the file system
     */
    public record Storage(
            long waitingMessages,
            long waitingBytes,
            long logBytes,
            long logLimitBytes,
            double liveShare,
            long segments,
            @Nullable Long diskFreeBytes) {}

    /**
     * One shard.
     *
     * @param ringCommands that wait
     * @param ringStalls how often the ring was full
     * @param commandsPerCycle on average: how much work is done together
     * @param forces of the log, since the start
     */
    public record Shard(
            int number,
            int sessions,
            long users,
            long waitingMessages,
            long logBytes,
            int ringCommands,
            int ringCapacity,
            long ringStalls,
            double commandsPerCycle,
            Forces forces,
            boolean full) {}

    /** How long senders waited for the disk, in milliseconds. */
    public record Forces(long count, double p50, double p99, double max) {}

    /**
     * A part of memory.
     *
     * @param limit null: there is none of its own
     */
    public record Memory(
            String part, @Nullable Long used, @Nullable Long limit) {}

    /**
     * What of the machine is used.
     *
     * @param cpuSeconds processor time of all threads
     */
    public record Machine(
            int processors,
            @Nullable Double cpuSeconds,
            @Nullable Long openFiles) {}

    /**
     * One user's inbox, without what is in it; {@code /inbox} says the same.
     *
     * @param lastSeenAt latest login or end of a session
     * @param messages that wait
     * @param bytes of log that they take
     * @param unsent of the messages, those that the client has not been sent
     * @param oldestAt when the first of them was accepted
     * @param cursor acknowledged up to this seq
     * @param lastSeq the highest seq ever given
     * @param window of the client, if there is one
     */
    public record Inbox(
            String user,
            boolean online,
            @Nullable Long lastSeenAt,
            int messages,
            long bytes,
            int unsent,
            @Nullable Long oldestAt,
            long cursor,
            long lastSeq,
            @Nullable Window window) {
        static Inbox of(InboxPicture inbox) {
            return new Inbox(
                    inbox.user(),
                    inbox.online(),
                    inbox.lastSeen() == 0 ? null : (Long) inbox.lastSeen(),
                    inbox.messages(),
                    inbox.bytes(),
                    inbox.unsent(),
                    inbox.oldestMillis() < 0 ? null : (Long) inbox.oldestMillis(),
                    inbox.cursor(),
                    inbox.lastSeq(),
                    inbox.online() ? Window.of(inbox.window()) : null);
        }
    }

    /**
     * What is on its way to a client, and may be.
     *
     * @param messages that may be without an ACK
     * @param unacknowledged that are
     * @param queuedBytes that its socket did not take yet
     */
    public record Window(int messages, int bytes, int unacknowledged, long unacknowledgedBytes, int queuedBytes) {
        static Window of(InboxPicture.WindowPicture window) {
            return new Window(
                    window.messages(), window.bytes(), window.messagesOut(), window.bytesOut(), window.queuedBytes());
        }
    }
}
