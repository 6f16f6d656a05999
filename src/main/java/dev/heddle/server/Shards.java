package dev.heddle.server;

import dev.heddle.config.Settings;
import dev.heddle.config.Sizes;
import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import dev.heddle.log.FileDisk;
import dev.heddle.log.LogOptions;
import dev.heddle.presence.ChronicleUserStore;
import dev.heddle.routing.ShardLoop;
import dev.heddle.shard.Ledger;
import dev.heddle.shard.ShardFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shards of a server, from their folders to the loops that run them; the thread that starts and stops the server, but for
 * their failure, which any thread may wait for. As many as the data folder is made for.
 */
final class Shards {
    private static final Logger LOG = LoggerFactory.getLogger(Shards.class);

    private static final int OTHER_COMMANDS = 1024;
    private static final int COMMANDS_PER_CONNECTION = 4;

    private final Settings settings;
    private final DataFolder data;
    private final EventLog events;
    private final List<ShardFolder> folders = new ArrayList<>();
    private final List<ShardLoop> loops = new ArrayList<>();
    private final CompletableFuture<Throwable> failure = new CompletableFuture<>();

    Shards(Settings settings, DataFolder data, EventLog events) {
        this.settings = settings;
        this.data = data;
        this.events = events;
    }

    /**
     * Opens all of them, and recovers those that need it; they do not run yet.
     *
     * @param connections that may have commands under way
     * @param says is told in single lines what was found
     * @param opened has what is open, also when this fails half way
     */
    void open(LogOptions log, int connections, RandomGenerator random, Consumer<String> says, Closings opened)
            throws IOException {
        int ring = COMMANDS_PER_CONNECTION * connections + OTHER_COMMANDS;
        for (int number = 0; number < data.shards(); number++) {
            ShardFolder shard = open(number, log, random, opened);
            folders.add(shard);
            tellOpened(number, shard, says);
            ShardLoop loop = new ShardLoop(
                    "heddle-shard-" + number,
                    shard.shard(),
                    settings.connections().frameBytes(),
                    ring,
                    System::currentTimeMillis,
                    System::nanoTime,
                    new StorageAlarm(number, events, failure));
            loops.add(loop);
            opened.add(loop::close);
        }
    }

    private ShardFolder open(int number, LogOptions log, RandomGenerator random, Closings opened) throws IOException {
        Path folder = data.shard(number);
        ChronicleUserStore users = opened.keep(
                ChronicleUserStore.create("users-" + number, settings.storage().maxUsers(), DataFolder.USER_BYTES));
        MappedSlots slots = opened.keep(new MappedSlots(folder.resolve("backlog.scratch"), System::nanoTime));
        return opened.keep(ShardFolder.open(
                new FileDisk(folder),
                log,
                ShardLimits.of(settings, data.shards()),
                users,
                slots,
                random.nextInt(),
                System.currentTimeMillis()));
    }

    private void tellOpened(int number, ShardFolder shard, Consumer<String> says) {
        ShardFolder.Opened found = shard.opened();
        if (found.note() != null) {
            events.at(LOG, Event.SHARD_RECOVERED)
                    .addKeyValue("shard", number)
                    .addKeyValue("reason", found.note())
                    .log();
        }
        events.at(LOG, Event.SHARD_OPENED)
                .addKeyValue("shard", number)
                .addKeyValue("clean", found.clean())
                .addKeyValue("users", found.users())
                .addKeyValue("waiting_bytes", shard.shard().liveBytes())
                .addKeyValue("log_bytes", shard.shard().logBytes())
                .log();
        says.accept("shard " + number + (found.clean() ? ": " : " recovered: ") + found.users() + " users, "
                + Sizes.format(shard.shard().liveBytes()) + " of messages waiting, "
                + Sizes.format(shard.shard().logBytes()) + " of log");
    }

    /** By number. */
    List<ShardLoop> loops() {
        return List.copyOf(loops);
    }

    /** Begins a run of each: from here on the logs change. */
    void begin() throws IOException {
        for (ShardFolder folder : folders) {
            folder.begin();
        }
    }

    void start() {
        loops.forEach(ShardLoop::start);
    }

    /** Any thread. */
    boolean haveFailed() {
        return failure.isDone();
    }

    /** Done when nothing more is accepted, with the reason; whoever finds another reason completes it. */
    CompletableFuture<Throwable> failure() {
        return failure;
    }

    /** Any thread: waits until the storage of one fails, and says how. */
    Throwable awaitFailure() throws InterruptedException {
        try {
            return failure.get();
        } catch (ExecutionException impossible) {
            return impossible;
        }
    }

    /**
     * Finishes what is in the rings, and leaves a checkpoint of each; nobody submits any more.
     *
     * @throws IOException if the storage of one has failed
     */
    Ledger drain() throws IOException, InterruptedException {
        Ledger ledger = Ledger.EMPTY;
        for (int i = 0; i < loops.size(); i++) {
            loops.get(i).drain();
            if (loops.get(i).hasFailed()) {
                throw new IOException("the storage of shard " + i + " has failed");
            }
            ledger = ledger.plus(folders.get(i).checkpoint());
        }
        return ledger;
    }
}
