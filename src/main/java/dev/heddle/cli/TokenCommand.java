package dev.heddle.cli;

import dev.heddle.auth.KeyFile;
import dev.heddle.auth.KeyFileException;
import dev.heddle.auth.TokenKey;
import dev.heddle.wire.UserNames;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code heddle token --user USER}: prints a token, and its id on standard error. */
@Command(
        name = "token",
        description = {
            "Makes a token that lets a user log in until it expires, and prints it.",
            "Its id, by which it can be revoked (auth.revoked), goes to standard error."
        },
        mixinStandardHelpOptions = true)
final class TokenCommand implements Callable<Integer> {
    private static final int ID_BYTES = 12;
    private static final Pattern ID = Pattern.compile("[!-~]{1,64}");

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

    @Option(
            names = "--id",
            paramLabel = "ID",
            description = "What the token is called, 1 to 64 visible ASCII characters (a random id).")
    private @Nullable String tokenId;

    @Override
    public Integer call() throws KeyFileException {
        UserNames.encode(user);
        TokenKey key = new KeyFile(file).read().signing(id);
        if (key == null) {
            throw new KeyFileException("key file " + file + ": "
                    + (id == null ? "no key of it can sign" : "there is no key " + id + " that can sign"));
        }
        String called = tokenId == null ? randomId() : tokenId;
        if (!ID.matcher(called).matches()) {
            throw new KeyFileException("--id: must be 1 to 64 visible ASCII characters");
        }
        long now = System.currentTimeMillis();
        System.out.println(key.token(called, user, now, now + expires.toMillis()));
        System.err.println("token id " + called);
        return 0;
    }

    private static String randomId() {
        byte[] bits = new byte[ID_BYTES];
        new SecureRandom().nextBytes(bits);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    }
}
