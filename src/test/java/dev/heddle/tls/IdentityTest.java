package dev.heddle.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class IdentityTest {
    private static final String SECP256K1 =
            "MIIBejCCASCgAwIBAgIUAOtxQU+oL0EeZxftWRHUKoNBJV8wCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxob3N0MB4XDTI2"
                    + "MTEzMDE3MzEwMFoXDTI2MTIzMDE3MzEwMFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFYwEAYHKoZIzj0CAQYFK4EEAAoDQgAENO7g"
                    + "lVNshcpJlPtGIEvuC3GQVRp3pnrAj9FdAHXNFwY4xObn1RqXsNnQpfw2zTcmj2HGQrR0D0qP91DFHlICq6NTMFEwHQYDVR0OBBYE"
                    + "FFI+kLg6IcjwN70jtBSEPuyp6THKMB8GA1UdIwQYMBaAFFI+kLg6IcjwN70jtBSEPuyp6THKMA8GA1UdEwEB/wQFMAMBAf8wCgYI"
                    + "KoZIzj0EAwIDSAAwRQIgGGrIqWtclg+XR3tahWjA6/2KGVb3DJSPWiZnwVGLTQgCIQDspCid6zR+enuQp/17s5P/DHYKt4s+jwEA"
                    + "sdiuswGbVA==";

    private static final String BRAINPOOL =
            "MIIBfjCCASSgAwIBAgIUNgu5q2u+Hibkliww7wvZqKbnNHgwCgYIKoZIzj0EAwIwFDESMBAGA1UEAwwJbG9jYWxob3N0MB4XDTI2"
                    + "MTEzMDE3MzEwMFoXDTI2MTIzMDE3MzEwMFowFDESMBAGA1UEAwwJbG9jYWxob3N0MFowFAYHKoZIzj0CAQYJKyQDAwIIAQEHA0IA"
                    + "BBFGhT6nv6cNnhpMkWlQiV+cDU41ZAN4SGBtZb6se2m/IzfDWHLZkgLsukIkdF4EHfk9UXNuYvTWHd03fw6a3CCjUzBRMB0GA1Ud"
                    + "DgQWBBTdZFHtJVGnInT9OWWQgX5DlA5ZgjAfBgNVHSMEGDAWgBTdZFHtJVGnInT9OWWQgX5DlA5ZgjAPBgNVHRMBAf8EBTADAQH/"
                    + "MAoGCCqGSM49BAMCA0gAMEUCICy8oeBGa+AAO2Dc+u/YsbWtbIeftVI9IVXEvhAvs5xyAiEAnv0RgaF8chBTHYCOEERtAs2C0Z3L"
                    + "i2Vpx3FJh6x10Hk=";

    @TempDir
    private Path folder;

    private Path certificate;
    private Path key;

    @BeforeEach
    void place() {
        certificate = folder.resolve("tls.crt");
        key = folder.resolve("tls.key");
    }

    private Identity read() throws TlsFileException {
        return Identity.read(certificate, key);
    }

    private void assertRefused(String why) {
        assertThatThrownBy(this::read)
                .isInstanceOf(TlsFileException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("\n");
    }

    static Stream<Certificates> kinds() {
        return Stream.of(Certificates.ec(), Certificates.rsa(), Certificates.ed25519());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void every_kind_of_key_is_taken_and_only_with_its_certificate(Certificates kind) throws Exception {
        kind.in(folder);
        Identity identity = read();
        assertThat(identity).asString().startsWith("localhost, 127.0.0.1, valid until 2");
        assertThat(identity.isSameAs(read())).isTrue();
        identity.checkValidity(Instant.now());

        Files.writeString(certificate, Certificates.renewed().certificate());
        assertRefused("key file " + key + ": it ");
    }

    @Test
    void the_key_of_another_pair_of_the_same_kind_is_refused() throws Exception {
        Certificates.ec().in(folder);
        Files.writeString(key, Certificates.renewed().key());
        assertRefused("key file " + key + ": it is not the key of the certificate in " + certificate);
    }

    @Test
    void what_stands_around_the_blocks_does_not_matter() throws Exception {
        Certificates.ec().in(folder);
        Files.writeString(
                certificate,
                "Bag Attributes\r\n" + Certificates.ec().certificate().replace("\n", "\r\n") + "the end\n");
        assertThat(read().chain()).hasSize(1);
    }

    @Test
    void a_chain_is_taken_in_its_order_only() throws Exception {
        Certificates.ec().in(folder);
        Files.writeString(
                certificate,
                Certificates.ec().certificate() + Certificates.renewed().certificate());
        assertRefused("certificate 1 is not signed by certificate 2");
        Files.writeString(
                certificate, Certificates.ec().certificate() + Certificates.ec().certificate());
        assertThat(read().chain()).as("it has signed itself").hasSize(2);
    }

    @Test
    void files_that_are_none_are_named() throws Exception {
        assertRefused("certificate file " + certificate + ": there is no such file");
        Files.writeString(certificate, Certificates.ec().certificate());
        assertRefused("key file " + key + ": there is no such file");
        Files.writeString(certificate, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
        assertRefused("certificate 1 cannot be read");
        Files.writeString(certificate, Certificates.ec().key());
        assertRefused("there is no certificate in it");
        Files.writeString(certificate, " ".repeat(PemFile.MOST_BYTES + 1));
        assertRefused("longer than");
    }

    @Test
    void keys_in_other_forms_are_told_how_to_become_one() throws Exception {
        Certificates.ec().in(folder);
        for (String form : new String[] {"RSA PRIVATE KEY", "EC PRIVATE KEY"}) {
            Files.writeString(key, Certificates.pem(form, new byte[40]));
            assertRefused("openssl pkcs8 -topk8");
        }
        Files.writeString(key, Certificates.pem("ENCRYPTED PRIVATE KEY", new byte[40]));
        assertRefused("has a password");
        Files.writeString(key, Certificates.ec().certificate());
        assertRefused("there is no private key in it");
        Files.writeString(key, Certificates.ec().key() + Certificates.renewed().key());
        assertRefused("there are several private keys in it");
        Files.writeString(
                key, Certificates.pem("PRIVATE KEY", "top secret".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        assertRefused("it holds no EC key");
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 1024, 1536})
    void an_rsa_key_too_small_for_tls_is_refused(int bits) throws Exception {
        Certificates.rsa(bits).in(folder);
        assertRefused("certificate file " + certificate + ": its RSA key has " + bits
                + " bits, too few for TLS; make one of 2048 or more");
    }

    /** Made by {@code openssl req -x509 -newkey ec}, because this JDK knows neither. */
    @ParameterizedTest
    @ValueSource(strings = {SECP256K1, BRAINPOOL})
    void a_curve_that_is_not_supported_is_called_so(String pem) throws Exception {
        Files.writeString(
                certificate, Certificates.pem("CERTIFICATE", Base64.getDecoder().decode(pem)));
        Files.writeString(key, Certificates.ec().key());
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
        assertRefused(
                "certificate file " + certificate + ": its key is on an elliptic curve that is not supported; may be"
                        + " secp256r1, secp384r1 or secp521r1");
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void clients_of_each_version_can_shake_hands_with_what_is_taken(Certificates kind) throws Exception {
        kind.in(folder);
        ServerContext.check(read(), true);
        ServerContext.check(read(), false);
    }

    @Test
    void a_key_that_others_may_read_is_refused() throws IOException {
        Certificates.ec().in(folder);
        for (String open : new String[] {"rw-r--r--", "rw-r-----", "rw-rw----", "rw--w----", "rw-----w-"}) {
            Files.setPosixFilePermissions(key, PosixFilePermissions.fromString(open));
            assertRefused("chmod 600 it");
        }
    }

    @Test
    void a_certificate_out_of_its_time_is_found() throws Exception {
        Certificates.expired().in(folder);
        Identity expired = read();
        assertThatThrownBy(() -> expired.checkValidity(Instant.now()))
                .hasMessageContaining("certificate 1 has expired");
        expired.checkValidity(Instant.now().minus(Duration.ofDays(8)));
        assertThatThrownBy(() -> expired.checkValidity(Instant.now().minus(Duration.ofDays(20))))
                .hasMessageContaining("is not valid before");
    }
}
