package dev.heddle.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.config.Settings;
import dev.heddle.server.Server;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
final class LegacyPairTest {
    @Test
    void it_sends_what_it_says_and_all_of_it_is_acknowledged(@TempDir Path data) throws Exception {
        Server server = Server.start(
                Settings.of(Map.of("port", "0", "legacy.port", "0", "data", data.toString(), "max.users", "1000")),
                line -> {});
        try (LegacyPair pair = new LegacyPair(server.legacyAddress().getPort(), "pair", 64)) {
            pair.run(1000, 100);
            pair.run(20, 1);
        }
        assertThat(server.drain().line()).contains("accepted 1,020 ", "acknowledged 1,020 ", "stored 0");
    }
}
