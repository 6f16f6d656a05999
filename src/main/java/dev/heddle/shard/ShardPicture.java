package dev.heddle.shard;

import dev.heddle.wire.GoodbyeCode;
import dev.heddle.wire.RejectCode;
import java.util.Map;

/** What a shard has counted, and what it holds, at one moment; made by its owner, immutable. Sums begin when the server does. */
public record ShardPicture(Traffic traffic, People people, Storage storage) {
    /**
     * What has come and gone.
     *
     * @param accepted messages that are stored for good
     * @param acceptedBytes bodies of the messages that were stored, some of which may not be accepted yet
     * @param delivered messages that were sent to a client, repetitions included
     * @param deliveredBytes their bodies
     * @param acknowledged messages that left their inbox because their recipient has dealt with them
     * @param expired messages that left it for their age
     * @param rejected SENDs that were turned away; codes that never occurred are left out
     * @param goodbyes sessions that the server ended, and logins it refused, in this shard; likewise
     */
    public record Traffic(
            long accepted,
            long acceptedBytes,
            long delivered,
            long deliveredBytes,
            long acknowledged,
            long expired,
            Map<RejectCode, Long> rejected,
            Map<GoodbyeCode, Long> goodbyes) {}

    /**
     * Users and their sessions.
     *
     * @param sessions open now
     * @param logins that were let in
     * @param users names known
     * @param watches of all sessions
     */
    public record People(int sessions, long logins, long users, int watches) {}

    /**
     * What is kept.
     *
     * @param waitingMessages in all inboxes
     * @param waitingBytes their records in the log
     * @param logBytes on disk
     * @param logLimitBytes from which on SENDs are turned away
     * @param neededBytes of the log: messages that wait, and everybody's newest state; the rest is garbage
     * @param segments files of the log
     * @param full whether SENDs are turned away now
     */
    public record Storage(
            long waitingMessages,
            long waitingBytes,
            long logBytes,
            long logLimitBytes,
            long neededBytes,
            int segments,
            boolean full) {}
}
