package dev.heddle.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A handshake in memory. */
final class TrialTest {
    @TempDir
    private Path folder;

    private SSLEngine server() throws Exception {
        Certificates.rsa().in(folder);
        Identity identity = Identity.read(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        return new ServerContext(identity, true).get();
    }

    @Test
    void it_ends_when_both_sides_are_through() throws Exception {
        for (String protocol : new String[] {"TLSv1.3", "TLSv1.2"}) {
            SSLEngine server = server();
            Trial.shakeHands(server, protocol);
            assertThat(server.getSession().getProtocol()).isEqualTo(protocol);
        }
    }

    @Test
    void a_server_that_cannot_is_found_out() throws Exception {
        SSLEngine server = server();
        server.setEnabledCipherSuites(new String[] {"TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"});
        server.setEnabledProtocols(new String[] {"TLSv1.2"});
        assertThatThrownBy(() -> Trial.shakeHands(server, "TLSv1.2")).isInstanceOf(SSLException.class);
    }
}
