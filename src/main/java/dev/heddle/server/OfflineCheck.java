package dev.heddle.server;

import dev.heddle.config.SettingsException;
import dev.heddle.config.Sizes;
import dev.heddle.log.LogOptions;
import dev.heddle.log.OverlayDisk;
import dev.heddle.presence.ChronicleUserStore;
import dev.heddle.shard.Allowance;
import dev.heddle.shard.Census;
import dev.heddle.shard.SettingTooLowException;
import dev.heddle.shard.ShardFolder;
import dev.heddle.shard.ShardOptions;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks into a data folder that no server runs on, and changes nothing in it. Each shard is recovered in memory by the very
 * code that a start runs, from the first record of the log and without a checkpoint, so that every record's checksum is
 * verified. One thread.
 */
public final class OfflineCheck implements AutoCloseable {
    private static final int LARGEST_FRAME = 1 << 20;
    private static final String CHECKPOINT_SUFFIX = ".checkpoint";

    /** A record of a user takes more than this on the disk, and each of them has one. */
    private static final int LEAST_USER_BYTES = 48;

    private static final long LEAST_USERS = 1000;
    private static final long USUAL_USERS = 1_000_000;

    private final DataFolder folder;

    /**
     * Locks the folder.
     *
     * @throws SettingsException if it is no data folder, or a server runs on it
     */
    public OfflineCheck(Path path) throws IOException {
        this.folder = DataFolder.inspect(path.toAbsolutePath().normalize());
    }

    public int shards() {
        return folder.shards();
    }

    /**
     * Verifies one shard.
     *
     * @param inboxes how many of the largest to name
     * @throws IOException if it is damaged, with the file and the offset
     */
    public Census shard(int number, int inboxes) throws IOException {
        return shard(number, inboxes, USUAL_USERS);
    }

    /** @param usual users, for so many there is room at first, and for more where there are more */
    Census shard(int number, int inboxes, long usual) throws IOException {
        Path path = folder.shard(number);
        long most = Math.max(LEAST_USERS, bytes(path) / LEAST_USER_BYTES);
        long users = Math.min(most, usual);
        while (true) {
            try {
                return shard(path, users, inboxes);
            } catch (SettingTooLowException moreUsers) {
                if (users == most) {
                    throw moreUsers;
                }
                users = Math.min(most, 4 * users);
            }
        }
    }

    private static long bytes(Path folder) throws IOException {
        long bytes = 0;
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(folder, "*.log")) {
            for (Path log : logs) {
                bytes += Files.size(log);
            }
        }
        return bytes;
    }

    /** @param maxUsers for so many there is to be room */
    private static Census shard(Path path, long maxUsers, int inboxes) throws IOException {
        Path scratch = Files.createTempFile("heddle-check", ".scratch");
        try (OverlayDisk disk = new OverlayDisk(path);
                MappedSlots slots = new MappedSlots(scratch, System::nanoTime);
                ChronicleUserStore users = ChronicleUserStore.create("check", maxUsers, DataFolder.USER_BYTES)) {
            disk.list().stream()
                    .filter(name -> name.endsWith(CHECKPOINT_SUFFIX))
                    .forEach(disk::delete);
            int payload = LARGEST_FRAME + 1024;
            LogOptions log = new LogOptions(64 << 20, payload + (1 << 20), payload, 256 << 10, 0);
            // Never begun: nothing is given away here.
            try (ShardFolder shard = ShardFolder.open(disk, log, options(), users, slots, 0, 0)) {
                return shard.census(inboxes);
            }
        } finally {
            Files.delete(scratch);
        }
    }

    private static ShardOptions options() {
        return new ShardOptions(
                Integer.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                LARGEST_FRAME,
                1 << 14,
                0,
                0,
                Allowance.UNLIMITED,
                true);
    }

    /**
     * Verifies everything, and reports it line by line.
     *
     * @param inboxes how many inboxes of each shard to name; 0: nothing but the totals
     * @return whether all is whole
     */
    public boolean report(int inboxes, Consumer<String> says) throws IOException {
        boolean whole = true;
        for (int number = 0; number < shards(); number++) {
            @Nullable Census census = null;
            try {
                census = shard(number, inboxes);
            } catch (IOException damaged) {
                whole = false;
                says.accept("shard " + number + ": DAMAGED: " + damaged.getMessage());
            }
            if (census != null) {
                report(number, census, inboxes, says);
            }
        }
        return whole;
    }

    private static void report(int number, Census census, int inboxes, Consumer<String> says) {
        long bytes =
                census.segments().stream().mapToLong(Census.SegmentUse::bytes).sum();
        says.accept("shard " + number + ": whole; " + census.segments().size() + " segments, " + Sizes.format(bytes)
                + "; " + census.users() + " users, " + census.messages() + " messages waiting, "
                + Sizes.format(census.bytes()));
        if (inboxes == 0) {
            return;
        }
        for (Census.SegmentUse segment : census.segments()) {
            long share = segment.bytes() == 0 ? 0 : Math.round(100.0 * segment.liveBytes() / segment.bytes());
            says.accept("  segment %016x: %s, %d %% messages that wait, %s of states, %d last words"
                    .formatted(
                            segment.base(),
                            Sizes.format(segment.bytes()),
                            share,
                            Sizes.format(segment.stateBytes()),
                            segment.lastWords()));
        }
        for (Census.InboxUse inbox : census.largest()) {
            says.accept(
                    "  inbox " + inbox.user() + ": " + inbox.messages() + " messages, " + Sizes.format(inbox.bytes()));
        }
    }

    /** Lets a server in again. */
    @Override
    public void close() throws IOException {
        folder.close();
    }
}
