package dev.heddle.server;

import dev.heddle.auth.Authenticator;
import dev.heddle.auth.KeyFile;
import dev.heddle.auth.KeyFileException;
import dev.heddle.auth.TokenVerifier;
import dev.heddle.config.AccessSettings;
import dev.heddle.config.SettingsException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Who may come in, by the settings. Any thread may log in; one at a time reloads. Bounded by the key file. */
final class Access {
    private final @Nullable TokenVerifier verifier;

    /**
     * Reads the keys, if logins need tokens.
     *
     * @throws SettingsException if they cannot be used
     */
    Access(AccessSettings settings, LongSupplier wallMillis) {
        if (settings.auth() == AccessSettings.Auth.NONE) {
            verifier = null;
            return;
        }
        try {
            verifier = new TokenVerifier(new KeyFile(settings.keys()), settings.skewSeconds(), wallMillis);
        } catch (KeyFileException unusable) {
            throw new SettingsException("auth=token: " + unusable.getMessage());
        }
    }

    boolean needsTokens() {
        return verifier != null;
    }

    Authenticator authenticator() {
        return verifier == null ? Authenticator.ANYBODY : verifier;
    }

    /**
     * Reads the keys again; sessions that were let in by keys that are gone go on until their tokens expire.
     *
     * @return what has happened, in one line
     * @throws SettingsException if the file cannot be used; the keys stay as they were
     */
    String reload() {
        if (verifier == null) {
            return "auth=none: there are no keys to be read";
        }
        try {
            return "tokens are verified with " + String.join(", ", verifier.reload());
        } catch (KeyFileException unusable) {
            throw new SettingsException(
                    unusable.getMessage() + "; the keys stay as they were: " + String.join(", ", verifier.keyIds()));
        }
    }
}
