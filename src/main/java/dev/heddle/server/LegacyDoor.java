package dev.heddle.server;

import dev.heddle.config.LegacySettings;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.edge.Port;
import dev.heddle.events.EventLog;
import dev.heddle.legacy.LegacyPort;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where clients of the Erlang system may connect.
 *
 * @param clients those that do
 * @param address to listen on; once it is open, the one that was free
 * @param warning what has to be said loudly; empty: nothing
 */
record LegacyDoor(LegacyPort clients, InetSocketAddress address, String warning) {
    /**
     * The door that the settings ask for; null if they ask for none.
     *
     * @param checked whether a login's token is
     * @throws SettingsException if it may not be opened there
     */
    static @Nullable LegacyDoor of(Settings settings, boolean checked, EventLog events) {
        LegacySettings legacy = settings.legacy();
        if (!legacy.isOn()) {
            return null;
        }
        InetSocketAddress address =
                new InetSocketAddress(legacy.bind(), legacy.port().getAsInt());
        if (address.isUnresolved()) {
            throw new SettingsException("legacy.bind=" + legacy.bind() + ": there is no such address");
        }
        String warning = Exposure.legacy(address.getAddress(), checked)
                .judge(settings.access().insecure());
        LegacyPort clients = new LegacyPort(legacy.most(), legacy.idleSeconds(), legacy.tokens(), events);
        return new LegacyDoor(clients, address, warning);
    }

    Port port() {
        return new Port(address, null, clients);
    }

    /** The same, open at this address. */
    LegacyDoor opened(InetSocketAddress at) {
        return new LegacyDoor(clients, new InetSocketAddress(address.getAddress(), at.getPort()), warning);
    }

    /** For people. */
    @Override
    public String toString() {
        return "legacy clients on " + Doors.text(address);
    }
}
