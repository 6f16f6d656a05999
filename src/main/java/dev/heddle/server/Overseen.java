package dev.heddle.server;

import dev.heddle.admin.Observed;
import dev.heddle.config.Settings;
import dev.heddle.edge.Edge;
import dev.heddle.edge.EdgePicture;
import dev.heddle.legacy.LegacyPort;
import dev.heddle.routing.Router;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A server as its admin port sees it; any thread.
 *
 * @param path of the data folder
 * @param old clients of the old protocol; null: there is no door for them
 * @param users that all shards together remember
 * @param trouble says why nothing is accepted; empty: it is
 */
record Overseen(
        Edge connections,
        @Nullable LegacyPort old,
        Router router,
        Ceiling ceiling,
        Path path,
        long users,
        long startedMillis,
        Supplier<List<String>> trouble)
        implements Observed {
    static Overseen of(
            Edge edge,
            @Nullable LegacyPort old,
            Router router,
            Ceiling ceiling,
            Settings settings,
            Supplier<List<String>> trouble) {
        return new Overseen(
                edge,
                old,
                router,
                ceiling,
                settings.storage().data(),
                router.shards() * settings.storage().maxUsers(),
                System.currentTimeMillis(),
                trouble);
    }

    @Override
    public String version() {
        return Version.text();
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public EdgePicture edge() {
        return connections.picture();
    }

    @Override
    public @Nullable Legacy legacy() {
        if (old == null) {
            return null;
        }
        int most = old.most() == 0 ? ceiling.connections() : old.most();
        return new Legacy(old.connections(), most, old.turnedAway(), old.refusedSends());
    }

    @Override
    public Budget budget() {
        return new Budget(
                ceiling.connections(),
                users,
                ceiling.heapBytes(),
                ceiling.directBytes(),
                ceiling.userBytes(),
                ceiling.kernelBytes(),
                ceiling.baseBytes());
    }

    @Override
    public long diskFreeBytes() {
        try {
            return Files.getFileStore(path).getUsableSpace();
        } catch (IOException unknown) {
            return -1;
        }
    }

    @Override
    public List<String> troubles() {
        return trouble.get();
    }
}
