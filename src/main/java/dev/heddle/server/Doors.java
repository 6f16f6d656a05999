package dev.heddle.server;

import dev.heddle.config.ListenSettings;
import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.config.TlsSettings;
import dev.heddle.edge.Port;
import dev.heddle.edge.PortTakenException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * The addresses where clients connect, each allowed by {@link Exposure}; at least one.
 *
 * @param plain null: none without TLS
 * @param encrypted null: none with TLS
 */
record Doors(@Nullable InetSocketAddress plain, @Nullable InetSocketAddress encrypted) {
    /**
     * Where the settings say.
     *
     * @param tokens whether a login needs one
     * @param warns is told what has to be said loudly
     * @throws SettingsException if that is not allowed, or there is no such address
     */
    static Doors of(Settings settings, boolean tokens, Consumer<String> warns) {
        ListenSettings listen = settings.listen();
        TlsSettings tls = settings.tls();
        boolean insecure = settings.access().insecure();
        InetSocketAddress plain =
                listen.isOn() ? resolve("bind", listen.bind(), listen.port().getAsInt()) : null;
        InetSocketAddress encrypted =
                tls.isOn() ? resolve("tls.bind", tls.bind(), tls.port().getAsInt()) : null;
        if (plain != null && plain.equals(encrypted) && plain.getPort() != 0) {
            throw new SettingsException("port and tls.port are both " + plain.getPort());
        }
        if (plain != null) {
            judge(Exposure.clients("bind", plain.getAddress(), tokens, false), insecure, warns);
        }
        if (encrypted != null) {
            judge(Exposure.clients("tls.bind", encrypted.getAddress(), tokens, true), insecure, warns);
        }
        return new Doors(plain, encrypted);
    }

    private static InetSocketAddress resolve(String setting, String host, int port) {
        InetSocketAddress address = new InetSocketAddress(host, port);
        if (address.isUnresolved()) {
            throw new SettingsException(setting + "=" + host + ": there is no such address");
        }
        return address;
    }

    private static void judge(Exposure exposure, boolean insecure, Consumer<String> warns) {
        String warning = exposure.judge(insecure);
        if (!warning.isEmpty()) {
            warns.accept(warning);
        }
    }

    /** The plain one first. */
    List<Port> ports(@Nullable Supplier<SSLEngine> engines) {
        List<Port> ports = new ArrayList<>();
        if (plain != null) {
            ports.add(new Port(plain, null));
        }
        if (encrypted != null) {
            ports.add(new Port(encrypted, engines));
        }
        return ports;
    }

    /** The same, where port 0 is the one that was free, in the order of {@link #ports}. */
    Doors opened(List<InetSocketAddress> addresses) {
        return new Doors(opened(plain, addresses.getFirst()), opened(encrypted, addresses.getLast()));
    }

    /** All addresses of IPv4 are for the JDK those of IPv6. */
    static @Nullable InetSocketAddress opened(@Nullable InetSocketAddress wanted, InetSocketAddress address) {
        return wanted == null ? null : new InetSocketAddress(wanted.getAddress(), address.getPort());
    }

    /** What to say where one of them is taken, or the one of legacy clients is. */
    SettingsException taken(PortTakenException refused) {
        InetSocketAddress address = refused.address();
        String setting = address.equals(plain) ? "port" : address.equals(encrypted) ? "tls.port" : "legacy.port";
        return new SettingsException(
                refused.getMessage() + PortHolder.of(address.getPort()) + "; " + setting + " can be another one");
    }

    /** For people: {@code 127.0.0.1:7400 and 127.0.0.1:7443 (TLS)}. */
    @Override
    public String toString() {
        List<String> words = new ArrayList<>();
        if (plain != null) {
            words.add(text(plain));
        }
        if (encrypted != null) {
            words.add(text(encrypted) + " (TLS)");
        }
        return String.join(" and ", words);
    }

    /** As people write it, and as a URI has it. */
    static String text(InetSocketAddress address) {
        String host = address.getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }
}
