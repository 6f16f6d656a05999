package dev.heddle.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Certificates for tests, made by the JDK's keytool, each once a run.
 *
 * @param certificate of PEM, the whole chain
 * @param key of PEM
 */
public record Certificates(String certificate, String key) {
    private static final ConcurrentMap<List<String>, Certificates> MADE = new ConcurrentHashMap<>();
    private static final String PASSWORD = "of tests only";
    private static final String HERE = "san=dns:localhost,ip:127.0.0.1";

    public static Certificates ec() {
        return make("first", "-keyalg", "EC", "-groupname", "secp256r1", "-ext", HERE);
    }

    /** Another one of the same kind. */
    public static Certificates renewed() {
        return make("second", "-keyalg", "EC", "-groupname", "secp256r1", "-ext", HERE);
    }

    public static Certificates rsa() {
        return rsa(2048);
    }

    public static Certificates rsa(int bits) {
        return make("rsa", "-keyalg", "RSA", "-keysize", Integer.toString(bits), "-ext", HERE);
    }

    public static Certificates ed25519() {
        return make("ed25519", "-keyalg", "Ed25519", "-ext", HERE);
    }

    public static Certificates expired() {
        return make("expired", "-keyalg", "EC", "-ext", HERE, "-startdate", "-9d", "-validity", "3");
    }

    public static Certificates ofSomebodyElse() {
        return make("else", "-keyalg", "EC", "-ext", "san=dns:somebody.example");
    }

    private static Certificates make(String name, String... options) {
        List<String> all = new ArrayList<>(List.of(options));
        all.addAll(List.of("-dname", "CN=" + name));
        return MADE.computeIfAbsent(all, Certificates::keytool);
    }

    private static Certificates keytool(List<String> options) {
        try {
            Path folder = Files.createTempDirectory("certificates");
            Path store = folder.resolve("store.p12");
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-keystore"));
            command.addAll(List.of(store.toString(), "-storepass", PASSWORD, "-alias", "server"));
            command.addAll(options);
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new AssertionError("keytool: " + said);
            }
            Certificates made = read(store);
            Files.delete(store);
            Files.delete(folder);
            return made;
        } catch (Exception failure) {
            throw new AssertionError("keytool cannot be used", failure);
        }
    }

    private static Certificates read(Path store) throws Exception {
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        StringBuilder chain = new StringBuilder();
        for (Certificate each : keys.getCertificateChain("server")) {
            chain.append(pem("CERTIFICATE", each.getEncoded()));
        }
        Key key = keys.getKey("server", PASSWORD.toCharArray());
        return new Certificates(chain.toString(), pem("PRIVATE KEY", Objects.requireNonNull(key.getEncoded())));
    }

    static String pem(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + label
                + "-----\n";
    }

    /** Not their text, which is long. */
    @Override
    public String toString() {
        return "a certificate and its key";
    }

    /** Puts them there as {@code tls.crt} and {@code tls.key}, for its owner's eyes. */
    public Certificates in(Path folder) throws IOException {
        Files.writeString(folder.resolve("tls.crt"), certificate);
        Path file = folder.resolve("tls.key");
        try {
            Files.createFile(file);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (FileAlreadyExistsException rewritten) {
            // With the permissions that it has.
        }
        Files.writeString(file, key);
        return this;
    }
}
