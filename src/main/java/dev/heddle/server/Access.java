package dev.heddle.server;

import dev.heddle.auth.Authenticator;
import dev.heddle.auth.KeyFile;
import dev.heddle.auth.KeyFileException;
import dev.heddle.auth.KeyRing;
import dev.heddle.auth.Revocations;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.config.AccessSettings;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who may come in, by the settings; any thread may log in, the reloading one changes keys. Bounded by the key file, and that of
 * revoked tokens. Sessions whose token holds no longer are ended by the edge, which asks again after each change.
 */
final class Access implements Reloadable {
    private final @Nullable TokenVerifier verifier;

    /**
     * Reads the keys, if logins need tokens.
     *
     * @throws SettingsException if they cannot be used
     */
    Access(AccessSettings settings, LongSupplier wallMillis) {
        verifier = settings.auth() == AccessSettings.Auth.NONE
                ? null
                : new TokenVerifier(keys(settings.keys()), revoked(settings), settings.skewSeconds(), wallMillis);
    }

    private static KeyRing keys(Path file) {
        try {
            return new KeyFile(file).readSome();
        } catch (KeyFileException unusable) {
            throw new SettingsException("auth=token: " + unusable.getMessage());
        }
    }

    private static Revocations revoked(AccessSettings settings) {
        if (settings.revoked().isEmpty()) {
            return Revocations.NONE;
        }
        try {
            return Revocations.read(settings.revoked().get());
        } catch (KeyFileException unusable) {
            throw new SettingsException("auth.revoked: " + unusable.getMessage());
        }
    }

    boolean needsTokens() {
        return verifier != null;
    }

    Authenticator authenticator() {
        return verifier == null ? Authenticator.ANYBODY : verifier;
    }

    @Override
    public Change prepare(Settings next, Consumer<String> says) {
        TokenVerifier judge = verifier;
        if (judge == null) {
            return Change.NONE;
        }
        KeyRing keys = keys(next.access().keys());
        Revocations revoked = revoked(next.access());
        says.accept("tokens are verified with " + keys);
        if (next.access().revoked().isPresent()) {
            says.accept("revoked are " + revoked);
        }
        return () -> judge.use(keys, revoked);
    }
}
