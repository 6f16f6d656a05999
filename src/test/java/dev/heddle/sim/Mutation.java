package dev.heddle.sim;

import dev.heddle.edge.HeldForce;
import dev.heddle.shard.TakeoverTrial;

/**
 * A bug to be planted in the core, in a copy of one of its sources: the text that is right, and what takes its place.
 *
 * @param name what it does wrong
 * @param source path under {@code src/main/java/dev/heddle}
 * @param right stands in the source exactly once
 * @param trial the class that is to find it
 */
record Mutation(String name, String source, String right, String wrong, Class<?> trial) {
    Mutation(String name, String source, String right, String wrong) {
        this(name, source, right, wrong, Mutant.Trial.class);
    }

    private static final Mutation[] ALL = {
        new Mutation(
                "the force is skipped",
                "log/ForceRequest.java",
                "            file.force();\n",
                "            java.util.Objects.requireNonNull(file);\n"),
        new Mutation(
                "a record's checksum is not checked",
                "log/RecordCodec.java",
                "        return checksum(buffer, at + TYPE_AND_LENGTH, at + recordBytes(payloadLength)) == expected;\n",
                "        return expected != 0 || payloadLength >= 0;\n"),
        new Mutation(
                "ACCEPTED does not wait for the force",
                "shard/Durability.java",
                "        if (receipts.isWaiting() && isReached()) {\n",
                "        if (receipts.isWaiting()) {\n"),
        new Mutation(
                "a force covers what was written after it began",
                "shard/Receipts.java",
                "    void complete(Stage stage) {\n",
                "    void complete(Stage stage) {\n        begin();\n"),
        new Mutation(
                "the ledger leaves out what those had stored who have gone since",
                "shard/Receipts.java",
                "            accepted += count;\n",
                "            accepted += session.isOpen() ? count : 0;\n"),
        new Mutation(
                "what was sent before is forgotten at a restart",
                "shard/Rebuild.java",
                "            sender.floor = id;\n",
                ""),
        new Mutation(
                "the cleaner drops segments with messages that wait",
                "shard/Accounts.java",
                "            return liveBytes == 0 && stateBytes == 0 && lastWords == 0;\n",
                "            return stateBytes == 0 && lastWords == 0;\n"),
        new Mutation(
                "the cleaner drops segments with the newest states of users",
                "shard/Accounts.java",
                "            return liveBytes == 0 && stateBytes == 0 && lastWords == 0;\n",
                "            return liveBytes == 0 && lastWords == 0;\n"),
        new Mutation(
                "the cleaner drops segments that alone say how far ids have come",
                "shard/Journal.java",
                "        accounts.lastWord(sender.lastWord);\n        sender.lastWord = position;\n",
                ""),
        new Mutation(
                "recovery does not see what alone says how far ids have come",
                "shard/Rebuild.java",
                "            accounts.lastWord(sender.lastWord);\n            sender.lastWord = position;\n",
                ""),
        new Mutation(
                "seqs are used again after a crash",
                "shard/Shard.java",
                "        long firstSeq = (epoch << 32) + 1;\n",
                "        long firstSeq = 1;\n"),
        new Mutation(
                "ids are handed out again after a crash",
                "shard/IdClock.java",
                "        this.now = Math.max(wallMillis, reservedMillis);\n",
                "        this.now = wallMillis;\n"),
        new Mutation(
                "a window takes one message too many",
                "shard/Window.java",
                "(messagesOut < messages &&",
                "(messagesOut <= messages &&"),
        new Mutation(
                "a takeover loses what the earlier session was sent",
                "shard/Sessions.java",
                "            user.inbox.rewind();\n",
                ""),
        new Mutation(
                "an ACK takes one message too many",
                "shard/Inbox.java",
                "        return count > 0 && !Seq.isAbove(headSeq(), cursor);\n",
                "        return count > 0 && !Seq.isAbove(headSeq(), cursor + 1);\n"),
        new Mutation(
                "the inbox's limit is not looked at",
                "shard/Sends.java",
                "        return inbox.count >= now.inboxMessages() || inbox.bytes + length > now.inboxBytes();\n",
                "        return inbox.count < 0 || length < 0;\n"),
        new Mutation(
                "ACCEPTED runs ahead of a slower shard",
                "edge/Finished.java",
                "            if (open[i] > 0 && ",
                "            if (open[i] < 0 && "),
        new Mutation(
                "a repeat is called DUPLICATE before the original is safe",
                "shard/Sends.java",
                "        if (!durability.isSafe(session.user)) {\n            durability.ask();",
                "        if (limits.now().frameLimit() < 0) {\n            durability.ask();"),
        new Mutation(
                "the end of a session is not told",
                "shard/Sessions.java",
                "            notices.changed(user);\n        }",
                "        }"),
        new Mutation(
                "every read has all of the reserve",
                "shard/Allowance.java",
                "        return Math.max(account, now - reserveNanos) + cost;\n",
                "        return now - reserveNanos + cost;\n"),
        new Mutation(
                "what lies idle is saved up without end",
                "shard/Allowance.java",
                "        return Math.max(account, now - reserveNanos) + cost;\n",
                "        return account + cost;\n"),
        new Mutation("what recovery keeps is not forced", "log/Recovery.java", "                file.force();\n", ""),
        new Mutation(
                "LOGOUT does not wait for the other shards",
                "edge/Dispatch.java",
                "        if (leaves) {\n            settleElsewhere();\n        }\n",
                "",
                HeldForce.class),
        new Mutation(
                "what waits for a force is done with before it",
                "routing/Ran.java",
                "            unforced.add(command);\n",
                "            ended.add(command);\n            outcomes.add(Outcome.ENDED);\n",
                HeldForce.class),
        new Mutation(
                "ACCEPTED does not wait for the force once a hundred connections wait",
                "shard/Receipts.java",
                "            waiting.add(session);\n",
                "waiting.add(session); if (waiting.size() > 30) { session.client.accepted(id, 1);"
                        + " session.client.release(); }",
                HeldForce.class),
        new Mutation(
                "of more than a thousand messages that were not acknowledged some are passed over after a takeover",
                "shard/Sessions.java",
                "            user.inbox.rewind();\n",
                "if (user.inbox.count - user.inbox.unsent() <= 1000) { user.inbox.rewind(); }",
                TakeoverTrial.class),
        new Mutation(
                "of very many watchers some are never told",
                "shard/Notices.java",
                "            left = left < 0 ? count : ",
                "            left = left < 0 ? Math.min(count, 64) : "),
        new Mutation(
                "half of the watchers are told twice, the others never",
                "shard/Notices.java",
                "                tellChange(watchers.get(left));\n",
                "                tell(watchers.get(left / 2));\n"),
        new Mutation(
                "messages that are read from the log say that they were accepted later",
                "shard/Delivery.java",
                "                    Records.acceptedAt(record, at),\n                    Seq.isAbove(seq, inbox",
                "                    Records.acceptedAt(record, at) + 500,\n                    Seq.isAbove(seq, inbox"),
        new Mutation(
                "of a thousand users that leave the heap one comes back as it was before",
                "shard/Users.java",
                "            if (user.dirty && user.stored) {\n                save(user);\n            }\n            shelf",
                "if (user.dirty && user.stored && ++hand % 1000 != 0) { save(user); } shelf"),
        new Mutation(
                "ACCEPTED does not wait for the force once a hundred wait",
                "shard/Receipts.java",
                "            waiting.add(session);\n",
                "waiting.add(session); if (waiting.size() > 100) { session.client.accepted(id, 0); }"),
    };

    /** Every one of them. */
    static Mutation[] all() {
        return ALL.clone();
    }
}
