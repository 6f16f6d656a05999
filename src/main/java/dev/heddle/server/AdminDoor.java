package dev.heddle.server;

import dev.heddle.config.SettingsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/**
 * Where the admin port of a running server is, and the secret of its run that opens it; in the data folder, for the eyes of its
 * owner alone.
 *
 * <pre>
 *   http://127.0.0.1:7401
 *   the secret
 * </pre>
 */
public record AdminDoor(URI uri, String secret) {
    private static final int SECRET_BYTES = 32;

    static String newSecret(SecureRandom random) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The one behind an address; who listens on all of them is asked on the loopback one. */
    static AdminDoor at(InetSocketAddress address, String secret) {
        InetAddress host = address.getAddress();
        String name = (host.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : host).getHostAddress();
        String bare = name.replaceFirst("%.*", "");
        return new AdminDoor(
                URI.create("http://" + (bare.contains(":") ? "[" + bare + "]" : bare) + ":" + address.getPort()),
                secret);
    }

    /** As it stands in the file. */
    String text() {
        return uri + "\n" + secret + "\n";
    }

    /** @throws SettingsException if there is none, or not for this user */
    static AdminDoor read(Path file) throws IOException {
        try {
            List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
            if (lines.size() == 2) {
                return new AdminDoor(URI.create(lines.getFirst()), lines.getLast());
            }
        } catch (NoSuchFileException none) {
            // Said below.
        } catch (AccessDeniedException denied) {
            throw new SettingsException("this user may not ask the server: " + file + " is for its owner alone");
        }
        throw new SettingsException("the server has no admin port (admin.port)");
    }

    @Override
    public String toString() {
        return uri.toString();
    }
}
