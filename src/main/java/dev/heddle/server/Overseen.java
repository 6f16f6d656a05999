package dev.heddle.server;

import dev.heddle.admin.Observed;
import dev.heddle.config.Settings;
import dev.heddle.edge.Edge;
import dev.heddle.edge.EdgePicture;
import dev.heddle.legacy.Gateway;
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
 * @param gateway gives null while there is no door for clients of the old protocol
 * @param users that all shards together remember
 * @param trouble says why nothing is accepted; empty: it is
 */
record Overseen(
        Edge connections,
        Supplier<@Nullable Gateway> gateway,
        Router router,
        Ceiling ceiling,
        Path path,
        long users,
        long startedMillis,
        Supplier<List<String>> trouble)
        implements Observed {
    static Overseen of(
            Edge edge,
            Supplier<@Nullable Gateway> gateway,
            Router router,
            Ceiling ceiling,
            Settings settings,
            Supplier<List<String>> trouble) {
        return new Overseen(
                edge,
                gateway,
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
        Gateway open = gateway.get();
        return open == null
                ? null
                : new Legacy(open.connections(), open.mostConnections(), open.turnedAway(), open.refusedSends());
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
