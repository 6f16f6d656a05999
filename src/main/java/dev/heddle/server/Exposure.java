package dev.heddle.server;

import dev.heddle.config.SettingsException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The one rule for where to listen: on the loopback address whoever likes may come; an address that others can reach needs some
 * things, or the word {@code insecure}, and then the start says what is missing.
 *
 * @param setting the name of the setting that holds the address
 * @param missing what it would need and does not have
 * @param risk what others can do then
 */
record Exposure(String setting, InetAddress address, List<String> missing, String risk) {
    private static final String STOLEN = "whoever is on the way can read messages and steal tokens";
    private static final String ANYBODY = "whoever connects can read and write in the name of any user";

    /**
     * Of a port for clients: it needs both tokens and TLS.
     *
     * @param setting the name of the setting that holds the address
     * @param tokens whether who comes there has to prove who they are
     * @param encrypted whether nobody on the way can read along
     */
    static Exposure clients(String setting, InetAddress address, boolean tokens, boolean encrypted) {
        List<String> missing = new ArrayList<>();
        if (!tokens) {
            missing.add("auth=token");
        }
        if (!encrypted) {
            missing.add("TLS");
        }
        String risk = tokens ? STOLEN : ANYBODY;
        return new Exposure(setting, address, missing, risk);
    }

    /** Of the door for clients of the Erlang system, whose protocol has no TLS. */
    static Exposure legacy(InetAddress address, boolean tokens) {
        String missing = (tokens ? "" : "auth=token and ") + "TLS, which the protocol behind it does not have";
        return new Exposure("legacy.bind", address, List.of(missing), tokens ? STOLEN : ANYBODY);
    }

    /** Of the port for operators, which knows no messages: it needs its token. */
    static Exposure admin(InetAddress address, boolean token) {
        List<String> missing = token ? List.of() : List.of("admin.token.file");
        return new Exposure(
                "admin.bind", address, missing, "whoever connects can see who has how many messages waiting");
    }

    /**
     * What has to be said loudly.
     *
     * @param insecure whether the operator has asked for it
     * @return empty if there is nothing to be said
     * @throws SettingsException if it is not allowed
     */
    String judge(boolean insecure) {
        if (address.isLoopbackAddress() || missing.isEmpty()) {
            return "";
        }
        String without = String.join(" and ", missing);
        if (!insecure) {
            throw new SettingsException(
                    setting + "=" + address.getHostAddress() + " can be reached by others, and that needs " + without
                            + " (or --insecure, for whoever knows what that means)");
        }
        return "INSECURE: " + setting + "=" + address.getHostAddress() + " can be reached by others without " + without
                + ": " + risk;
    }
}
