package dev.heddle.cli;

import dev.heddle.auth.Algorithm;
import dev.heddle.auth.KeyFile;
import dev.heddle.auth.KeyFileException;
import dev.heddle.auth.TokenKey;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;

/** {@code heddle keys new|list|public|remove}: the keys that tokens are signed with. */
@Command(
        name = "keys",
        description = {
            "Makes and lists the keys that tokens are signed with. A server reads them at start and reload.",
            "To change keys: make a new one, reload the servers, hand out new tokens, and remove the old key",
            "and reload again when the last token of it has expired."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND")
final class KeysCommand {
    static final String DEFAULT_FILE = "${env:HEDDLE_AUTH_KEYS:-heddle.keys}";

    @Option(
            names = "--keys",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            defaultValue = DEFAULT_FILE,
            description = "The key file (the configuration's).")
    private Path file = Path.of("");

    @Command(
            name = "new",
            description = "Adds a new key; makes the file if there is none, for this user's eyes only.",
            mixinStandardHelpOptions = true)
    int add(
            @Parameters(
                            paramLabel = "hs256|ed25519",
                            description =
                                    "hs256: one secret that signs and verifies. ed25519: a pair, of which a server"
                                            + " needs only the public half.")
                    Algorithm algorithm,
            @Option(names = "--id", paramLabel = "ID", description = "Its name (k1, k2, ...).") @Nullable String id)
            throws KeyFileException {
        TokenKey key = new KeyFile(file).add(algorithm, id, new SecureRandom());
        System.out.println("key " + key.id() + " (" + algorithm + ") is in " + file);
        return 0;
    }

    @Command(name = "list", description = "Lists the keys, the newest last.", mixinStandardHelpOptions = true)
    int list() throws KeyFileException {
        for (TokenKey key : new KeyFile(file).read().keys()) {
            System.out.println(
                    key.id() + " " + key.algorithm() + (key.canSign() ? " signs and verifies" : " verifies only"));
        }
        return 0;
    }

    @Command(
            name = "public",
            description =
                    "Prints the public halves of the Ed25519 keys, as a key file for a server that makes no tokens.",
            mixinStandardHelpOptions = true)
    int publicKeys() throws KeyFileException {
        System.out.print(new KeyFile(file).publicKeys());
        return 0;
    }

    @Command(
            name = "remove",
            description = "Removes a key: after a reload its tokens let nobody in.",
            mixinStandardHelpOptions = true)
    int remove(@Parameters(paramLabel = "ID", description = "Its name.") String id) throws KeyFileException {
        new KeyFile(file).remove(id);
        System.out.println("key " + id + " is no longer in " + file);
        return 0;
    }
}
