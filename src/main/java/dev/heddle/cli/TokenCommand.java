package dev.heddle.cli;

import dev.heddle.auth.KeyFile;
import dev.heddle.auth.KeyFileException;
import dev.heddle.auth.TokenKey;
import dev.heddle.wire.UserNames;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code heddle token --user USER}: prints a token, and nothing else. */
@Command(
        name = "token",
        description = "Makes a token that lets a user log in until it expires, and prints it.",
        mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {
    @Option(names = "--user", required = true, description = "Whom it lets in.")
    private String user = "";

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            converter = Lifetime.class,
            description = "After how long: 90s, 15m, 12h, 30d (30d).")
    private Duration expires = Duration.ofDays(30);

    @Option(
            names = "--keys",
            paramLabel = "FILE",
            defaultValue = KeysCommand.DEFAULT_FILE,
            description = "The key file (the configuration's).")
    private Path file = Path.of("");

    @Option(names = "--key", paramLabel = "ID", description = "Which key signs (the newest that can).")
    private @Nullable String id;

    @Override
    public Integer call() throws KeyFileException {
        UserNames.encode(user);
        TokenKey key = new KeyFile(file).read().signing(id);
        if (key == null) {
            throw new KeyFileException("key file " + file + ": "
                    + (id == null ? "no key of it can sign" : "there is no key " + id + " that can sign"));
        }
        long now = System.currentTimeMillis();
        System.out.println(key.token(user, now, now + expires.toMillis()));
        return 0;
    }
}
