package dev.heddle.server;

import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.config.TlsSettings;
import dev.heddle.tls.Identity;
import dev.heddle.tls.ServerContext;
import dev.heddle.tls.TlsFileException;
import java.time.Instant;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * What TLS connections are made with, by the settings; any thread may make one, the reloading one changes the certificate.
 * Connections that are open keep what they began with.
 */
final class Encryption implements Reloadable {
    private final @Nullable ServerContext context;
    private final LongSupplier wallMillis;

    /**
     * Reads the certificate, if there is a port for TLS.
     *
     * @param warns is told of a certificate that can be used and that no client will take
     * @throws SettingsException if it cannot be used
     */
    Encryption(TlsSettings settings, LongSupplier wallMillis, Consumer<String> warns) {
        this.wallMillis = wallMillis;
        this.context = settings.isOn() ? new ServerContext(read(settings), settings.since12()) : null;
        if (context != null) {
            try {
                checkValidity(context.identity());
            } catch (SettingsException past) {
                warns.accept("clients will refuse this server: " + past.getMessage());
            }
        }
    }

    private static Identity read(TlsSettings settings) {
        try {
            Identity identity = Identity.read(settings.certificate(), settings.key());
            ServerContext.check(identity, settings.since12());
            return identity;
        } catch (TlsFileException unusable) {
            throw new SettingsException("TLS: " + unusable.getMessage());
        }
    }

    private void checkValidity(Identity identity) {
        try {
            identity.checkValidity(Instant.ofEpochMilli(wallMillis.getAsLong()));
        } catch (TlsFileException past) {
            throw new SettingsException("TLS: " + past.getMessage());
        }
    }

    /** Null: there is no port for TLS. */
    @Nullable
    Supplier<SSLEngine> engines() {
        return context;
    }

    @Override
    public Change prepare(Settings next, Consumer<String> says) {
        ServerContext used = context;
        if (used == null) {
            return Change.NONE;
        }
        Identity identity = read(next.tls());
        if (!identity.isSameAs(used.identity())) {
            // One that has expired meanwhile is no reason against the rest of a reload; to take up such a one is.
            checkValidity(identity);
        }
        says.accept("TLS certificate for " + identity);
        return () -> used.use(identity, next.tls().since12());
    }
}
