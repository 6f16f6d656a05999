package dev.heddle.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.events.Lines;
import dev.heddle.protocol.Frame.Deliver;
import dev.heddle.protocol.Frame.Welcome;
import dev.heddle.tls.Certificates;
import dev.heddle.tls.Hellos;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The protocol over TLS: the same words, whatever the records they come in, and nobody hurt by a handshake. */
@Timeout(60)
final class TlsTest {
    private static final int LOGIN_SECONDS = 2;
    private static final int FRAME_TOO_LARGE = 101;
    private static final int LOGIN_TIMEOUT = 104;
    private static final int REPLACED = 106;
    private static final int DRAINING = 108;
    private static final int BYE = 112;

    @TempDir
    private Path folder;

    private RunningServer server;
    private TlsClients clients;

    @BeforeEach
    void start() throws Exception {
        Certificates.ec().in(folder);
        server = start("1.3");
        clients = clients();
    }

    private RunningServer start(String oldest, String... others) throws Exception {
        List<String> settings = new ArrayList<>(List.of(
                "tls.port",
                "0",
                "tls.certificate",
                folder.resolve("tls.crt").toString(),
                "tls.key",
                folder.resolve("tls.key").toString(),
                "tls.minimum",
                oldest,
                "login.seconds",
                Integer.toString(LOGIN_SECONDS)));
        settings.addAll(List.of(others));
        return new RunningServer(folder.resolve("data"), settings.toArray(String[]::new));
    }

    private TlsClients clients() throws Exception {
        return new TlsClients(server.server().tlsAddress().getPort(), folder.resolve("tls.crt"));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void awaitAlone() {
        await().atMost(Duration.ofSeconds(30)).until(() -> server.server().connections() == 0);
    }

    @Test
    void who_speaks_tls_and_who_does_not_talk_to_each_other() throws Exception {
        try (TlsClients.Client alice = clients.connect();
                RawClient bob = server.login("bob")) {
            alice.raw().write(RawClient.loginFrame(1, "alice", 0));
            Welcome welcome = alice.raw().welcome();
            alice.raw().send(welcome.firstId(), "bob", "hello");
            assertThat(alice.raw().expect(Frame.ACCEPTED).number()).isEqualTo(welcome.firstId());
            assertThat(bob.deliver().body()).isEqualTo("hello");
            alice.raw().query(7, "bob");
            assertThat(alice.raw().expect(Frame.PRESENCE).presence().tag()).isEqualTo(7);
            alice.raw().sync();
            alice.raw().logout();
            assertThat(alice.raw().expectGoodbye()).isEqualTo(BYE);
            assertThat(alice.tls().getSession().getProtocol()).isEqualTo("TLSv1.3");
        }
        awaitAlone();
    }

    @Test
    void frames_of_every_size_arrive_as_they_were_sent() throws Exception {
        try (TlsClients.Client alice = clients.connect();
                TlsClients.Client bob = clients.login("bob")) {
            alice.raw().write(RawClient.loginFrame(1, "alice", 0));
            long id = alice.raw().welcome().firstId();
            for (int size : new int[] {0, 1, 3900, 4096, 16_300, 16_384, 16_385, 70_000, 300_000, (1 << 20) - 60}) {
                String body = "x".repeat(size);
                alice.raw().send(id, "bob", body);
                Deliver message = bob.raw().deliver();
                assertThat(message.body().equals(body)).as("%d bytes", size).isTrue();
                bob.raw().ack(message.seq());
                assertThat(alice.raw().expect(Frame.ACCEPTED).number()).isEqualTo(id++);
            }
        }
    }

    @Test
    void many_frames_in_a_record_and_a_record_for_each_byte_are_the_same() throws Exception {
        try (TlsClients.Client alice = clients.connect();
                TlsClients.Client bob = clients.login("bob")) {
            for (byte each : RawClient.loginFrame(1, "alice", 0)) {
                alice.raw().write(new byte[] {each});
            }
            long id = alice.raw().welcome().firstId();
            for (byte each : RawClient.sendFrame(id, "bob", "slowly")) {
                alice.raw().write(new byte[] {each});
            }
            assertThat(bob.raw().deliver().body()).isEqualTo("slowly");
            ByteArrayOutputStream burst = new ByteArrayOutputStream();
            for (int i = 1; i <= 2000; i++) {
                burst.writeBytes(RawClient.sendFrame(id + i, "bob", "m" + i));
            }
            alice.raw().write(burst.toByteArray());
            for (int i = 1; i <= 2000; i++) {
                Deliver message = bob.raw().deliver();
                assertThat(message.body()).isEqualTo("m" + i);
                bob.raw().ack(message.seq());
            }
        }
    }

    @Test
    void new_keys_in_the_middle_of_a_conversation_disturb_nothing() throws Exception {
        try (TlsClients.Client alice = clients.login("alice")) {
            for (int i = 0; i < 5; i++) {
                // In TLS 1.3 this asks for new keys in both directions.
                alice.tls().startHandshake();
                alice.raw().sync();
            }
        }
    }

    @Test
    void who_asks_for_new_keys_without_end_and_does_not_read_is_slowed() throws Exception {
        int most = 40_000;
        server.close();
        server = start("1.3", "send.buffer.bytes", "4k", "receive.buffer.bytes", "4k");
        clients = clients();
        try (TlsClients.Client deaf = clients.connect(4096)) {
            deaf.raw().write(RawClient.loginFrame(1, "deaf", 0));
            deaf.raw().welcome();
            AtomicInteger asked = new AtomicInteger();
            Thread asking = Thread.ofPlatform().start(() -> {
                try {
                    while (asked.get() < most) {
                        deaf.tls().startHandshake();
                        asked.incrementAndGet();
                    }
                } catch (IOException broken) {
                    asked.set(-1);
                }
            });
            // TCP holds it back before it is through: the answers have nowhere to go.
            int[] before = {-1};
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> before[0] == (before[0] = asked.get()));
            assertThat(asked.get()).isBetween(1, most - 1);
            deaf.cut();
            asking.join();
        }
        awaitAlone();
    }

    @Test
    void who_says_no_more_is_told_what_became_of_it() throws Exception {
        try (TlsClients.Client alice = clients.connect()) {
            alice.raw().write(RawClient.loginFrame(1, "alice", 0));
            long id = alice.raw().welcome().firstId();
            alice.raw().send(id, "bob", "my last word");
            alice.raw().endOutput();
            assertThat(alice.raw().expect(Frame.ACCEPTED).number()).isEqualTo(id);
            assertThat(alice.raw().read()).isNull();
        }
        awaitAlone();
    }

    @Test
    void a_connection_that_is_cut_without_a_farewell_loses_nothing_of_what_arrived() throws Exception {
        try (TlsClients.Client alice = clients.connect()) {
            alice.raw().write(RawClient.loginFrame(1, "alice", 0));
            long id = alice.raw().welcome().firstId();
            alice.raw().send(id, "bob", "whole");
            alice.raw().write(Arrays.copyOf(RawClient.sendFrame(id + 1, "bob", "cut off"), 20));
            alice.cut();
        }
        awaitAlone();
        try (TlsClients.Client bob = clients.login("bob")) {
            assertThat(bob.raw().deliver().body()).isEqualTo("whole");
            bob.raw().sync();
        }
    }

    @Test
    void goodbye_and_the_farewell_of_tls_are_read_before_the_end() throws Exception {
        try (TlsClients.Client earlier = clients.login("alice");
                TlsClients.Client later = clients.login("alice")) {
            assertThat(earlier.raw().expectGoodbye()).isEqualTo(REPLACED);
            earlier.cut();
            later.raw().sync();
            Thread drain = Thread.ofPlatform().start(() -> {
                try {
                    server.drain();
                } catch (Exception failed) {
                    throw new AssertionError(failed);
                }
            });
            assertThat(later.raw().expectGoodbye()).isEqualTo(DRAINING);
            later.cut();
            drain.join();
        }
    }

    @Test
    void tls_1_2_is_spoken_if_it_is_allowed_and_never_begun_anew() throws Exception {
        assertThatThrownBy(() -> clients.connect("TLSv1.2")).isInstanceOf(SSLException.class);
        server.close();
        server = start("1.2");
        clients = clients();
        try (TlsClients.Client alice = clients.connect("TLSv1.2");
                TlsClients.Client bob = clients.login("bob")) {
            assertThat(alice.tls().getSession().getProtocol()).isEqualTo("TLSv1.2");
            assertThat(alice.tls().getSession().getCipherSuite()).startsWith("TLS_ECDHE_");
            assertThat(bob.tls().getSession().getProtocol()).isEqualTo("TLSv1.3");
            alice.raw().write(RawClient.loginFrame(1, "alice", 0));
            alice.raw().send(alice.raw().welcome().firstId(), "bob", "x".repeat(50_000));
            assertThat(bob.raw().deliver().body()).hasSize(50_000);
            alice.raw().expect(Frame.ACCEPTED);
            assertThatThrownBy(() -> {
                        alice.tls().startHandshake();
                        alice.raw().sync();
                    })
                    .isInstanceOfAny(IOException.class, AssertionError.class);
        }
        awaitAlone();
    }

    @Test
    void who_takes_the_wrong_port_is_told_so() throws Exception {
        try (Socket plain = RawClient.connected(server.server().tlsAddress().getPort(), 0)) {
            plain.getOutputStream().write(RawClient.loginFrame(1, "alice", 0));
            assertThat(plain.getInputStream().read()).as("an alert of TLS").isEqualTo(0x15);
        }
        TlsClients lost = new TlsClients(server.port, folder.resolve("tls.crt"));
        assertThatThrownBy(lost::connect).isInstanceOf(SSLException.class);
        try (RawClient hello = server.connect()) {
            hello.write(clients.clientHello());
            assertThat(hello.expectGoodbye()).isEqualTo(FRAME_TOO_LARGE);
        }
        awaitAlone();
    }

    @Test
    void handshakes_that_stop_half_way_end_with_the_time_for_a_login_and_hold_nobody_up() throws Exception {
        byte[] hello = clients.clientHello();
        List<RawClient> stalled = new ArrayList<>();
        try (Lines lines = new Lines();
                TlsClients.Client alice = clients.login("alice");
                TlsClients.Client silent = clients.connect()) {
            int threads = Thread.activeCount();
            for (int i = 0; i < 200; i++) {
                RawClient client = new RawClient(server.server().tlsAddress().getPort());
                client.write(Arrays.copyOf(hello, i % 2 == 0 ? hello.length : i % hello.length));
                stalled.add(client);
            }
            alice.raw().sync();
            assertThat(Thread.activeCount()).isLessThan(threads + 10);
            assertThat(silent.raw().expectGoodbye())
                    .as("to who shook hands, and no more")
                    .isEqualTo(LOGIN_TIMEOUT);
            silent.cut();
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                alice.raw().sync();
                return server.server().connections() == 1;
            });
            // Not what a server of another test still has to say, nor how often it has been said.
            List<String> addresses = new ArrayList<>();
            for (RawClient each : stalled) {
                addresses.add(each.address());
            }
            assertThat(lines.of("handshake_failed").stream().filter(line -> addresses.contains(line.get("from"))))
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).containsEntry("reason", "we ended it: no LOGIN in time"));
        } finally {
            for (RawClient each : stalled) {
                each.close();
            }
        }
    }

    @Test
    void hellos_that_are_announced_as_longer_than_any_client_needs_are_refused_at_once() throws Exception {
        List<RawClient> strangers = new ArrayList<>();
        try (Lines lines = new Lines();
                TlsClients.Client alice = clients.login("alice")) {
            for (int i = 0; i < 50; i++) {
                RawClient stranger = new RawClient(server.server().tlsAddress().getPort());
                strangers.add(stranger);
                stranger.write(new byte[] {22, 3, 1, 0x40, 0, 1, 0, 0x7f, (byte) 0xfb, 3, 3});
            }
            long before = System.nanoTime();
            for (RawClient each : strangers) {
                assertThat(each.read()).isNull();
            }
            assertThat(Duration.ofNanos(System.nanoTime() - before))
                    .as("not with the time for a login")
                    .isLessThan(Duration.ofSeconds(LOGIN_SECONDS));
            alice.raw().sync();
            assertThat(lines.of("handshake_failed"))
                    .extracting(line -> line.get("reason"))
                    .contains("a ClientHello of 16389 bytes");
        } finally {
            for (RawClient each : strangers) {
                each.close();
            }
        }
    }

    @Test
    void a_hello_after_one_that_named_no_key_is_looked_at_as_the_first_was() throws Exception {
        byte[] first = Hellos.with(Hellos.usual("TLSv1.3"), 51, Hellos.keyShares(0, 0));
        byte[] second = Hellos.with(Hellos.usual("TLSv1.3"), 13, Hellos.numbers(1500, 0x0403));
        try (Lines lines = new Lines();
                RawClient stranger = new RawClient(server.server().tlsAddress().getPort())) {
            stranger.write(first);
            assertThat(stranger.readByte()).as("a hello of the server's").isEqualTo(22);
            stranger.write(second);
            await().atMost(Duration.ofSeconds(10))
                    .until(() -> lines.of("handshake_failed").stream()
                            .anyMatch(line -> stranger.address().equals(line.get("from"))
                                    && String.valueOf(line.get("reason")).endsWith(" bytes of offers")));
        }
    }

    @Test
    void who_does_not_read_is_given_little_hurts_nobody_and_loses_nothing() throws Exception {
        int messages = 300;
        String body = "z".repeat(20_000);
        try (TlsClients.Client alice = clients.connect();
                TlsClients.Client bob = clients.login("bob");
                TlsClients.Client deaf = clients.connect(4096)) {
            deaf.raw().write(RawClient.loginFrame(1, "deaf", 0));
            deaf.raw().welcome();
            alice.raw().write(RawClient.loginFrame(1, "alice", 0));
            long id = alice.raw().welcome().firstId();
            for (int i = 0; i < messages; i++) {
                alice.raw().send(id + 2L * i, "deaf", i + body);
                alice.raw().send(id + 2L * i + 1, "bob", "short " + i);
                Deliver message = bob.raw().deliver();
                assertThat(message.body()).isEqualTo("short " + i);
                bob.raw().ack(message.seq());
            }
            while (alice.raw().expect(Frame.ACCEPTED).number() < id + 2L * messages - 1) {
                // more
            }
            for (int i = 0; i < messages; i++) {
                Deliver message = deaf.raw().deliver();
                assertThat(message.body()).isEqualTo(i + body);
                deaf.raw().ack(message.seq());
            }
        }
    }

    @Test
    void a_new_certificate_is_shown_to_who_comes_after_and_a_wrong_one_to_nobody() throws Exception {
        Path key = folder.resolve("tls.key");
        AtomicBoolean goesOn = new AtomicBoolean(true);
        AtomicReference<Throwable> noticed = new AtomicReference<>();
        try (TlsClients.Client alice = clients.connect();
                TlsClients.Client bob = clients.login("bob")) {
            alice.raw().write(RawClient.loginFrame(1, "alice", 0));
            long first = alice.raw().welcome().firstId();
            Thread talk = Thread.ofPlatform().start(() -> {
                try {
                    for (long id = first; goesOn.get(); id++) {
                        alice.raw().send(id, "bob", "m" + id);
                        Deliver message = bob.raw().deliver();
                        assertThat(message.body()).isEqualTo("m" + id);
                        bob.raw().ack(message.seq());
                        alice.raw().expect(Frame.ACCEPTED);
                    }
                } catch (Throwable broken) {
                    noticed.set(broken);
                }
            });
            for (Certificates next : List.of(Certificates.rsa(), Certificates.ed25519(), Certificates.renewed())) {
                next.in(folder);
                assertThat(server.reload().refused()).isFalse();
                try (TlsClients.Client later = clients().login("later")) {
                    assertThat(next.certificate()).contains(encoded(later));
                    later.raw().sync();
                }
            }
            new Certificates(
                            Certificates.renewed().certificate(),
                            Certificates.ec().key())
                    .in(folder);
            assertThat(server.reload().lines())
                    .singleElement()
                    .asString()
                    .startsWith("refused, everything stays as it was: TLS: key file " + key + ": it is not the key");
            Certificates.expired().in(folder);
            assertThat(server.reload().lines()).singleElement().asString().contains("has expired");
            Certificates.renewed().in(folder);
            try (TlsClients.Client later = clients().login("later")) {
                assertThat(Certificates.renewed().certificate()).contains(encoded(later));
            }
            goesOn.set(false);
            talk.join();
            assertThat(noticed.get()).as("what the others noticed").isNull();
        }
    }

    private static String encoded(TlsClients.Client client) throws Exception {
        return java.util.Base64.getMimeEncoder(64, new byte[] {'\n'})
                .encodeToString(client.certificate().getEncoded());
    }

    @Test
    void a_client_does_not_take_a_server_for_another() throws Exception {
        Certificates.ofSomebodyElse().in(folder);
        assertThat(server.reload().refused()).isFalse();
        assertThatThrownBy(() -> clients().connect())
                .isInstanceOf(SSLException.class)
                .hasMessageContaining("localhost");
    }
}
