package dev.heddle.verify.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for 127.0.0.1 and a key for tokens, made for one run: the files that a server wants, and what its clients need.
 * Immutable. The tokens are put together here, as an issuer would that knows nothing of the server's code.
 */
public final class Credentials {
    private static final String PASSWORD = "of one run";
    private static final String KEY_ID = "verify";
    private static final int SECRET_BYTES = 32;
    private static final Base64.Encoder BASE64_URL = Base64.getUrlEncoder().withoutPadding();

    private final Path folder;
    private final SSLContext tls;
    private final SecretKeySpec secret;

    private Credentials(Path folder, SSLContext tls, SecretKeySpec secret) {
        this.folder = folder;
        this.tls = tls;
        this.secret = secret;
    }

    /**
     * Makes them with the JDK's keytool.
     *
     * @param folder for the files; it does not exist yet
     */
    public static Credentials in(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        Path store = folder.resolve("store.p12");
        Process keytool = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keystore",
                        store.toString(),
                        "-storepass",
                        PASSWORD,
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=heddle-verify",
                        "-ext",
                        "san=ip:127.0.0.1"))
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool: " + said.strip());
        }
        try {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            try (InputStream in = Files.newInputStream(store)) {
                keys.load(in, PASSWORD.toCharArray());
            }
            var certificate = keys.getCertificate("server");
            var key = keys.getKey("server", PASSWORD.toCharArray());
            Files.writeString(folder.resolve("tls.crt"), pem("CERTIFICATE", certificate.getEncoded()));
            privately(folder.resolve("tls.key"), pem("PRIVATE KEY", Objects.requireNonNull(key.getEncoded())));
            byte[] secret = new byte[SECRET_BYTES];
            new SecureRandom().nextBytes(secret);
            privately(
                    folder.resolve("heddle.keys"),
                    "{\"keys\":[\n{\"kid\":\"" + KEY_ID + "\",\"kty\":\"oct\",\"alg\":\"HS256\",\"k\":\""
                            + BASE64_URL.encodeToString(secret) + "\"}\n]}\n");
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            trusted.setCertificateEntry("server", certificate);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return new Credentials(folder, context, new SecretKeySpec(secret, "HmacSHA256"));
        } catch (GeneralSecurityException unusable) {
            throw new IOException("no certificate can be made", unusable);
        }
    }

    private static void privately(Path file, String text) throws IOException {
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, text);
    }

    private static String pem(String label, byte[] bytes) {
        return "-----BEGIN " + label + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(bytes) + "\n-----END " + label
                + "-----\n";
    }

    /** The setup of a server that speaks TLS at this port, and lets in who has a token. */
    public ServerUnderTest.Setup on(ServerUnderTest.Setup setup, int tlsPort) {
        return setup.with("auth=token")
                .with("auth.keys=" + folder.resolve("heddle.keys"))
                .with("tls.port=" + tlsPort)
                .with("tls.certificate=" + folder.resolve("tls.crt"))
                .with("tls.key=" + folder.resolve("tls.key"));
    }

    /** What believes this server, and no other. */
    public SSLContext tls() {
        return tls;
    }

    /** A token (JWT, HS256) for a user whose name is plain ASCII, good for an hour. */
    public String token(String user) {
        long seconds = System.currentTimeMillis() / 1000;
        String signed = encoded("{\"alg\":\"HS256\",\"kid\":\"" + KEY_ID + "\"}") + "."
                + encoded("{\"sub\":\"" + user + "\",\"iat\":" + seconds + ",\"exp\":" + (seconds + 3_600) + "}");
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            return signed + "." + BASE64_URL.encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("this JDK cannot do HMAC", impossible);
        }
    }

    private static String encoded(String json) {
        return BASE64_URL.encodeToString(json.getBytes(StandardCharsets.US_ASCII));
    }
}
