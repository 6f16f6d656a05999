package dev.heddle.server;

import dev.heddle.admin.AdminPort;
import dev.heddle.admin.Credentials;
import dev.heddle.admin.Oversight;
import dev.heddle.admin.Route;
import dev.heddle.config.AdminSettings;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The admin port of a server, if it is to have one, and what stands behind it; made, opened and closed by the thread that
 * starts and stops the server.
 */
final class AdminService implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminService.class);

    /** How many ports after the first are tried where any next one will do. */
    private static final int MOST_AFTER = 100;

    private static final int MOST_PORT = 65_535;

    private final AdminSettings settings;
    private final EventLog events;
    private final InetSocketAddress address;
    private final Set<Integer> claimed;
    private final Consumer<String> says;
    private final Optional<String> token;
    private final String secret = AdminDoor.newSecret(new SecureRandom());
    private @Nullable Oversight oversight;
    private @Nullable AdminPort port;
    private @Nullable AdminDoor door;

    /**
     * Checks what can be checked before anything is opened.
     *
     * @throws SettingsException if the settings cannot be used
     */
    AdminService(Settings all, EventLog events, Consumer<String> says) {
        this.events = events;
        this.says = says;
        settings = all.admin();
        claimed = new HashSet<>(
                List.of(all.tls().port().orElse(0), all.legacy().port().orElse(0)));
        address = new InetSocketAddress(settings.bind(), settings.port());
        token = settings.on() ? settings.tokenFile().map(AdminToken::read) : Optional.empty();
        if (settings.on()) {
            reachable(all.access().insecure(), says);
        }
    }

    private void reachable(boolean insecure, Consumer<String> says) {
        if (address.isUnresolved()) {
            throw new SettingsException("admin.bind=" + settings.bind() + ": there is no such address");
        }
        String warning = Exposure.admin(address.getAddress(), token.isPresent()).judge(insecure);
        if (!warning.isEmpty()) {
            says.accept(warning);
            events.at(LOG, Event.EXPOSED).addKeyValue("reason", warning).log();
        }
    }

    /**
     * Opens the port, if there is to be one; it answers from {@link #start} on.
     *
     * @param actions what else can be asked for, by path
     */
    void open(Overseen server, Map<String, Route> actions) throws IOException {
        if (settings.on()) {
            Oversight pages = new Oversight(server);
            oversight = pages;
            port = listen(new Credentials(token, secret), pages, actions);
        }
    }

    /** Answers, and lets its whereabouts be found in the data folder. */
    void start(DataFolder data) throws IOException {
        if (port != null && oversight != null) {
            AdminDoor found = AdminDoor.at(port.address(), secret);
            data.admin(found);
            door = found;
            oversight.start();
            port.start();
        }
    }

    private AdminPort listen(Credentials credentials, Oversight pages, Map<String, Route> actions) throws IOException {
        Map<String, Route> routes = new TreeMap<>(pages.routes());
        routes.putAll(actions);
        int first = address.getPort();
        int last = settings.next() && first != 0 ? Math.min(first + MOST_AFTER, MOST_PORT) : first;
        for (int port = first; ; port++) {
            if (port < last && claimed.contains(port)) {
                continue;
            }
            try {
                InetSocketAddress at = new InetSocketAddress(address.getAddress(), port);
                AdminPort opened = new AdminPort(at, credentials, routes, events);
                if (port != first) {
                    says.accept("admin.port=next: " + first + " is taken, the admin port is " + port);
                }
                return opened;
            } catch (BindException taken) {
                if (port == last) {
                    throw new SettingsException("cannot open the admin port on " + settings.bind() + ":" + port
                            + " (admin.port): " + taken.getMessage() + PortHolder.of(port)
                            + "; admin.port can be another one, or off");
                }
            }
        }
    }

    /** Where it is; none: there is none. */
    Optional<URI> uri() {
        return Optional.ofNullable(door).map(AdminDoor::uri);
    }

    @Override
    public void close() {
        if (port != null) {
            port.close();
        }
        if (oversight != null) {
            oversight.close();
        }
    }
}
