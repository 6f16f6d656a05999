package dev.heddle.server;

import dev.heddle.config.ConnectionSettings;
import dev.heddle.config.LegacySettings;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.events.EventLog;
import dev.heddle.legacy.Gateway;
import dev.heddle.legacy.LegacyOptions;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Where clients of the Erlang system may connect.
 *
 * @param settings that allow it
 * @param address to listen on
 * @param warning what has to be said loudly; empty: nothing
 */
record LegacyDoor(Settings settings, InetSocketAddress address, String warning) {
    /**
     * The door that the settings ask for; null if they ask for none.
     *
     * @throws SettingsException if it may not be opened there
     */
    static @Nullable LegacyDoor of(Settings settings) {
        LegacySettings legacy = settings.legacy();
        if (!legacy.isOn()) {
            return null;
        }
        if (!settings.listen().isOn()) {
            throw new SettingsException("legacy.port: its clients are led on to the plain port, and port=off");
        }
        InetSocketAddress address =
                new InetSocketAddress(legacy.bind(), legacy.port().getAsInt());
        if (address.isUnresolved()) {
            throw new SettingsException("legacy.bind=" + legacy.bind() + ": there is no such address");
        }
        String warning =
                Exposure.legacy(address.getAddress()).judge(settings.access().insecure());
        return new LegacyDoor(settings, address, warning);
    }

    /** Opens it, to a server that listens at this address. */
    Gateway open(InetSocketAddress server, LongSupplier nanos, EventLog events) throws IOException {
        ConnectionSettings connections = settings.connections();
        LegacyOptions options = new LegacyOptions(
                settings.legacy().most(),
                connections.loginSeconds(),
                settings.legacy().idleSeconds(),
                connections.sendBufferBytes(),
                connections.receiveBufferBytes());
        try {
            return new Gateway(options, address, from(server), nanos, events);
        } catch (BindException taken) {
            throw new SettingsException("cannot listen on " + settings.legacy().bind() + ":" + address.getPort()
                    + " for legacy clients: " + taken.getMessage() + PortHolder.of(address.getPort())
                    + "; legacy.port can be another one");
        }
    }

    private static InetSocketAddress from(InetSocketAddress server) {
        return server.getAddress().isAnyLocalAddress()
                ? new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort())
                : server;
    }
}
