package dev.heddle.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.tls.Certificates;
import dev.heddle.tls.ClientContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The client over TLS: nothing is different, but whom it believes. */
@Timeout(60)
final class TlsClientTest {
    @TempDir
    private Path folder;

    private Path certificate;
    private LiveServer server;

    @BeforeEach
    void start() throws Exception {
        certificate = folder.resolve("tls.crt");
        Certificates.ec().in(folder);
        server = new LiveServer(folder.resolve("data"), settings("0"));
    }

    private Map<String, String> settings(String port) {
        Map<String, String> settings = new HashMap<>();
        settings.put("tls.port", port);
        settings.put("tls.certificate", certificate.toString());
        settings.put("tls.key", folder.resolve("tls.key").toString());
        return settings;
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private ClientOptions options(String user) throws Exception {
        return ClientOptions.of(user)
                .at("localhost", server.tlsPort())
                .withTls(ClientContext.trusting(certificate))
                .withBackoff(Duration.ofMillis(2), Duration.ofMillis(50));
    }

    @Test
    void what_was_not_accepted_is_sent_again_on_the_next_connection() throws Exception {
        Recorder heard = new Recorder();
        int port = server.tlsPort();
        try (HeddleClient alice = HeddleClient.open(options("alice"), new Recorder());
                HeddleClient bob = HeddleClient.open(options("bob"), heard)) {
            assertThat(bob.awaitConnected(Duration.ofSeconds(10))).isTrue();
            alice.send("bob", "before".getBytes(UTF_8)).get(10, TimeUnit.SECONDS);
            server.stop();
            var receipt = alice.send("bob", "x".repeat(300_000).getBytes(UTF_8));
            server = new LiveServer(folder.resolve("data"), settings(Integer.toString(port)));
            assertThat(receipt.get(20, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
            await().until(() -> heard.messages.size() >= 2);
            assertThat(heard.texts()).isEqualTo(List.of("before", "x".repeat(300_000)));
        }
    }

    private String whyNot(ClientOptions options) throws Exception {
        Recorder heard = new Recorder();
        try (HeddleClient client = HeddleClient.open(options, heard)) {
            await().until(() -> !heard.losses.isEmpty());
            assertThat(client.awaitConnected(Duration.ZERO)).isFalse();
        }
        return heard.losses.getFirst();
    }

    @Test
    void a_server_that_cannot_be_believed_is_told_nothing() throws Exception {
        Path others = Files.createDirectory(folder.resolve("others"));
        Certificates.renewed().in(others);
        assertThat(whyNot(options("alice").withTls(ClientContext.trusting(others.resolve("tls.crt")))))
                .contains("PKIX path");
        assertThat(whyNot(options("alice").withTls(ClientContext.trustingTheUsual())))
                .contains("PKIX path");
        server.stop();
        Certificates.ofSomebodyElse().in(folder);
        server = new LiveServer(folder.resolve("data"), settings("0"));
        assertThat(whyNot(options("alice"))).contains("localhost");
    }

    @Test
    void the_wrong_port_is_named_as_the_reason() throws Exception {
        assertThat(whyNot(ClientOptions.of("alice").at("127.0.0.1", server.tlsPort())))
                .contains("the server speaks TLS at this port");
        assertThat(whyNot(options("alice").at("localhost", server.port()))).contains("SSL");
    }
}
