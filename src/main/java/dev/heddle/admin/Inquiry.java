package dev.heddle.admin;

import dev.heddle.routing.LoopPicture;
import dev.heddle.routing.Router;
import dev.heddle.routing.ShardLoop;
import dev.heddle.shard.Outcome;
import dev.heddle.shard.Shard;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/** Asks shards, by commands on their rings, and waits for the answers; any thread of the admin port. Holds nothing. */
final class Inquiry {
    private static final long PATIENCE_MILLIS = 2000;

    private final Router router;

    Inquiry(Router router) {
        this.router = router;
    }

    /** A picture of each shard. */
    List<LoopPicture> pictures() throws UnansweredException, InterruptedException {
        List<CompletableFuture<LoopPicture>> asked = new ArrayList<>();
        for (int shard = 0; shard < router.shards(); shard++) {
            CompletableFuture<LoopPicture> answer = new CompletableFuture<>();
            ShardLoop loop = router.loop(shard);
            submit(shard, () -> loop.picture(answer::complete));
            asked.add(answer);
        }
        List<LoopPicture> pictures = new ArrayList<>();
        for (int shard = 0; shard < asked.size(); shard++) {
            pictures.add(await(shard, asked.get(shard)));
        }
        return pictures;
    }

    /** Has the owner of a shard answer, at once. What it does must neither fail nor take long: it holds up the shard. */
    <T> T ask(int shard, Function<Shard, T> question) throws UnansweredException, InterruptedException {
        return ask(shard, false, question);
    }

    /** As {@link #ask}, by its resident owner, who may touch the store of users. */
    <T> T askResident(int shard, Function<Shard, T> question) throws UnansweredException, InterruptedException {
        return ask(shard, true, question);
    }

    /** As {@link #askResident}, for what is to be durable before the answer comes. */
    <T> T askDurably(int shard, Function<Shard, T> question) throws UnansweredException, InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        // The shard's owner alone, each time that the command is given.
        List<T> found = new ArrayList<>(1);
        submit(
                shard,
                () -> router.loop(shard).submit(turn -> {
                    if (!turn.mayLoad()) {
                        return Outcome.NEEDS_STORE;
                    }
                    if (found.isEmpty()) {
                        found.add(question.apply(turn.shard()));
                    }
                    Outcome outcome = turn.shard().removalsSafe();
                    if (outcome == Outcome.DONE) {
                        answer.complete(found.getFirst());
                    }
                    return outcome;
                }));
        return await(shard, answer);
    }

    private <T> T ask(int shard, boolean resident, Function<Shard, T> question)
            throws UnansweredException, InterruptedException {
        CompletableFuture<T> answer = new CompletableFuture<>();
        submit(
                shard,
                () -> router.loop(shard).submit(turn -> {
                    if (resident && !turn.mayLoad()) {
                        return Outcome.NEEDS_STORE;
                    }
                    answer.complete(question.apply(turn.shard()));
                    return Outcome.DONE;
                }));
        return await(shard, answer);
    }

    int shards() {
        return router.shards();
    }

    int shardOf(byte[] user) {
        return router.shardOf(ByteBuffer.wrap(user), 0, user.length);
    }

    /** Puts something into a ring. */
    private interface Submission {
        boolean tried();
    }

    private void submit(int shard, Submission submission) throws UnansweredException, InterruptedException {
        if (!router.loop(shard).isRunning()) {
            throw new UnansweredException("shard " + shard + " has stopped");
        }
        for (int tries = 0; !submission.tried(); tries++) {
            if (tries == PATIENCE_MILLIS) {
                throw new UnansweredException("the ring of shard " + shard + " is full");
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private static <T> T await(int shard, CompletableFuture<T> answer)
            throws UnansweredException, InterruptedException {
        try {
            return answer.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            throw new UnansweredException("shard " + shard + " does not answer");
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
