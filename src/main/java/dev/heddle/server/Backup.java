package dev.heddle.server;

import dev.heddle.config.SettingsException;
import dev.heddle.config.Sizes;
import dev.heddle.log.FileDisk;
import dev.heddle.log.LogCopy;
import dev.heddle.log.StorageFullException;
import dev.heddle.routing.ShardLoop;
import dev.heddle.shard.Frozen;
import dev.heddle.shard.ShardFolder;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One copy of a running server, made by a thread of its own; how it goes may be asked by any thread. Holds one buffer at a time,
 * and every shard's files until they are copied.
 *
 * <p>All shards are frozen first, each at a moment of its own, all after the backup was asked for: what was accepted before that
 * is in the copy. Nothing in one shard refers to another, so the moments need not be the same. The copy grows at a
 * {@link BackupPlace}, and is one when all of it is on the disk.
 */
final class Backup {
    /** Left free where the copy is on the data's own disk: the server has to go on. */
    private static final long SPARE_BYTES = 16L << 20;

    private final Path data;
    private final BackupPlace place;
    private final LongSupplier nanos;
    private final long begun;
    private final Thread thread;
    private final CompletableFuture<BackupProgress> end = new CompletableFuture<>();
    private volatile List<FrozenShard> shards = List.of();
    private final AtomicLong bytes = new AtomicLong();
    private volatile long ofBytes;
    private volatile long messages;
    private volatile String ending = "";

    /**
     * Begins it.
     *
     * @throws SettingsException if the folder cannot be used
     */
    Backup(Path data, List<ShardLoop> loops, Path folder, LongSupplier nanos, Consumer<BackupProgress> told)
            throws IOException {
        this.data = data.toRealPath();
        this.place = BackupPlace.of(folder, this.data);
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
        try {
            place.begin();
        } catch (IOException failure) {
            throw new SettingsException("cannot make " + place.work() + ": " + reason(failure));
        }
        this.thread = Thread.ofPlatform().name("heddle-backup").daemon(true).start(() -> told.accept(run(loops)));
    }

    private BackupProgress run(List<ShardLoop> loops) {
        String error = null;
        try {
            freeze(loops);
            copy();
            new FolderProperties(place.work()).completeCopy(shards.size());
            place.complete();
        } catch (InterruptedException | IOException | RuntimeException failure) {
            error = reason(failure) + "; " + place.remove();
        }
        thaw();
        BackupProgress how = progress(error == null ? BackupProgress.Stage.DONE : BackupProgress.Stage.FAILED, error);
        end.complete(how);
        return how;
    }

    private static String reason(Exception failure) {
        return switch (failure) {
            case StorageFullException full -> "the disk is full";
            case AccessDeniedException denied -> "the server's user may not write there";
            case FileSystemException file
            when file.getReason() == null -> file.getClass().getSimpleName() + ": " + file.getMessage();
            default -> String.valueOf(failure.getMessage());
        };
    }

    private void freeze(List<ShardLoop> loops) throws IOException, InterruptedException {
        List<FrozenShard> asked = new ArrayList<>();
        for (ShardLoop loop : loops) {
            asked.add(new FrozenShard(asked.size(), loop));
            shards = List.copyOf(asked);
        }
        long all = 0;
        long unsealed = 0;
        long waiting = 0;
        for (FrozenShard shard : asked) {
            Frozen frozen = shard.await();
            all += frozen.log().bytes();
            unsealed += frozen.log().unsealedBytes();
            waiting += frozen.messages();
        }
        messages = waiting;
        ofBytes = all;
        FileStore there = Files.getFileStore(place.work());
        long needed = isOnDataDisk(there) ? unsealed + SPARE_BYTES : all;
        if (there.getUsableSpace() < needed) {
            throw new IOException(
                    "needs " + Sizes.format(needed) + ", and " + Sizes.format(there.getUsableSpace()) + " are free");
        }
    }

    private boolean isOnDataDisk(FileStore store) throws IOException {
        return store.equals(Files.getFileStore(data));
    }

    private void copy() throws IOException, InterruptedException {
        FileStore there = Files.getFileStore(place.work());
        boolean spares = isOnDataDisk(there);
        for (FrozenShard shard : shards) {
            Path target = place.work().resolve(DataFolder.shardName(shard.number()));
            Files.createDirectory(target, DataFolder.OWNER_ONLY);
            FileDisk to = new FileDisk(target);
            LogCopy.Progress progress = more -> {
                bytes.addAndGet(more);
                if (!ending.isEmpty()) {
                    throw new IOException(ending);
                }
                if (spares && there.getUsableSpace() < SPARE_BYTES) {
                    throw new StorageFullException("less than " + SPARE_BYTES + " bytes are free");
                }
            };
            FileDisk from = new FileDisk(data.resolve(DataFolder.shardName(shard.number())));
            new LogCopy(from, shard.await().log(), to, progress).run();
            ShardFolder.markCopied(to);
            shard.thaw();
        }
        Durably.forceNames(place.work());
    }

    private void thaw() {
        try {
            for (FrozenShard shard : shards) {
                shard.thaw();
            }
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        }
    }

    private BackupProgress progress(BackupProgress.Stage stage, @Nullable String error) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - begun);
        return new BackupProgress(place.folder(), bytes.get(), ofBytes, messages, millis, stage, error);
    }

    /** How it goes, or how it went. */
    BackupProgress progress() {
        return end.getNow(progress(BackupProgress.Stage.RUNNING, null));
    }

    boolean hasEnded() {
        return end.isDone();
    }

    /** Waits for its end. */
    BackupProgress await() throws InterruptedException {
        thread.join();
        return end.join();
    }

    /**
     * Ends it, and waits for that; the shards are thawed in any case.
     *
     * @param why for whoever asks how it went
     */
    void cancel(String why, long patienceMillis) throws InterruptedException {
        ending = why;
        thread.join(patienceMillis);
        thaw();
    }
}
