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
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystemException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
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
 * is in the copy. Nothing in one shard refers to another, so the moments need not be the same. The copy grows under another
 * name, {@code DIR.partial}, and gets its own when all of it is on the disk.
 */
final class Backup {
    /** Left free where the copy is on the data's own disk: the server has to go on. */
    private static final long SPARE_BYTES = 16L << 20;

    private final Path data;
    private final Path folder;
    private final Path partial;
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
        this.data = behindLinks(data);
        this.folder = behindLinks(folder);
        this.partial = this.folder.resolveSibling(this.folder.getFileName() + ".partial");
        this.nanos = nanos;
        this.begun = nanos.getAsLong();
        check();
        try {
            makePartial();
        } catch (IOException failure) {
            throw new SettingsException("cannot make " + partial + ": " + reason(failure));
        }
        this.thread = Thread.ofPlatform().name("heddle-backup").daemon(true).start(() -> told.accept(run(loops)));
    }

    private void makePartial() throws IOException {
        Path parent = Objects.requireNonNull(partial.getParent(), "checked before");
        Durably.makeFolder(parent);
        Files.createDirectory(partial, DataFolder.OWNER_ONLY);
        Durably.forceNames(parent);
    }

    /** Where a path leads: names alone do not say whether one folder is in another. The end of it need not be there yet. */
    private static Path behindLinks(Path path) throws IOException {
        Path whole = path.toAbsolutePath().normalize();
        Path there = whole;
        while (!Files.exists(there) && there.getParent() != null) {
            there = there.getParent();
        }
        return there.toRealPath().resolve(there.relativize(whole)).normalize();
    }

    private void check() throws IOException {
        if (folder.getParent() == null || folder.startsWith(data) || data.startsWith(folder)) {
            throw new SettingsException(folder + " cannot hold a backup of " + data);
        }
        if (Files.exists(folder) && !isEmptyFolder(folder)) {
            throw new SettingsException(folder + " is not empty");
        }
        if (Files.exists(partial)) {
            throw new SettingsException(partial + " is there, from a backup that did not end; remove it");
        }
    }

    private static boolean isEmptyFolder(Path path) throws IOException {
        if (!Files.isDirectory(path)) {
            return false;
        }
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
            return !entries.iterator().hasNext();
        }
    }

    private BackupProgress run(List<ShardLoop> loops) {
        String error = null;
        try {
            freeze(loops);
            copy();
            new FolderProperties(partial).completeCopy(shards.size());
            Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
            Durably.forceNames(folder.getParent());
        } catch (InterruptedException | IOException | RuntimeException failure) {
            error = reason(failure) + remains();
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
        FileStore there = Files.getFileStore(partial);
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
        FileStore there = Files.getFileStore(partial);
        boolean spares = isOnDataDisk(there);
        for (FrozenShard shard : shards) {
            Path target = partial.resolve(DataFolder.shardName(shard.number()));
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
        Durably.forceNames(partial);
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

    /** Removes what was copied; says what could not be. */
    private String remains() {
        try {
            Files.walkFileTree(partial, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path left, @Nullable IOException failure) throws IOException {
                    Files.delete(left);
                    return FileVisitResult.CONTINUE;
                }
            });
            return "; nothing of it is left";
        } catch (IOException stays) {
            return "; " + partial + " is of no use, and could not be removed";
        }
    }

    private BackupProgress progress(BackupProgress.Stage stage, @Nullable String error) {
        long millis = TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - begun);
        return new BackupProgress(folder, bytes.get(), ofBytes, messages, millis, stage, error);
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
