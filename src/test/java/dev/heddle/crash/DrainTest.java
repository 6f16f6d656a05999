package dev.heddle.crash;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.heddle.client.ClientOptions;
import dev.heddle.client.CursorStore;
import dev.heddle.client.Delivery;
import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.server.Occupant;
import dev.heddle.wire.ClientFrames;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * SIGTERM under full load: senders that never pause, one that never reads its answers, recipients that read, that never read
 * and that are away. What the server says of its messages is compared with what its clients know. {@code -Dheddle.drains=N}
 * drains more often, {@code -Dheddle.seed=S} repeats a run's choices (not its timing).
 */
final class DrainTest {
    private static final int SENDERS = 5;
    private static final int RECIPIENTS = 6;
    /** Logs in and never reads; the one before it is away, those after it read. */
    private static final int DEAF = 1;

    private static final Duration LONGEST_DRAIN = Duration.ofSeconds(15);
    private static final Pattern LEDGER =
            Pattern.compile("heddle drained: accepted ([\\d,]+) \\+ waiting at start ([\\d,]+)"
                    + " = acknowledged ([\\d,]+) \\+ expired ([\\d,]+) \\+ stored ([\\d,]+)");

    @TempDir
    private Path data;

    private final Ledger ledger = new Ledger();
    private final AtomicLong accepted = new AtomicLong();
    private final Map<String, CursorStore> cursors = new HashMap<>();
    private final List<AutoCloseable> clients = new ArrayList<>();

    private int port;
    private long acceptedByServer;
    private long stored;

    @Test
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void drains_under_full_load_lose_nothing_and_their_ledgers_balance() throws Exception {
        int drains = Integer.getInteger("heddle.drains", 3);
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        System.out.println("DrainTest: -Dheddle.seed=" + seed + ", drains " + drains);
        Random random = new Random(seed);
        port = ServerProcess.freePort();
        long slowest = 0;
        for (int i = 0; i < drains; i++) {
            slowest = Math.max(slowest, drainUnderLoad(random, i % 2 == 0));
        }
        try (ServerProcess server = ServerProcess.start(data, port)) {
            for (int i = 0; i < RECIPIENTS; i++) {
                receive(i);
            }
            await().atMost(Duration.ofMinutes(2))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> ledger.missing() == 0);
            Occupant occupant = Occupant.of(data);
            assertThat(occupant.pid()).isEqualTo(server.pid());
            check(occupant.drain(LONGEST_DRAIN).line() + "\nexit 0");
            assertThatThrownBy(() -> Occupant.of(data)).hasMessage("no server runs on " + data);
        } finally {
            closeClients();
        }
        System.out.println(
                "DrainTest: " + accepted + " accepted, the slowest drain took " + slowest / 1_000_000 + " ms");
        assertThat(ledger.faults()).as("seed %d", seed).isEmpty();
    }

    /** One life of the server; returns the nanoseconds of its end. */
    private long drainUnderLoad(Random random, boolean hostile) throws Exception {
        AtomicBoolean loading = new AtomicBoolean(true);
        long before = accepted.get();
        long enough = before + 1000 + random.nextInt(10_000);
        try (ServerProcess server = ServerProcess.start(data, port)) {
            for (int i = DEAF + 1; i < RECIPIENTS; i++) {
                receive(i);
            }
            if (hostile) {
                flood();
                login(name(DEAF));
            }
            for (int i = 0; i < SENDERS; i++) {
                Random own = new Random(random.nextLong());
                HeddleClient client = open("sender-" + i, new Listener() {});
                String sender = "sender-" + i;
                Thread.ofVirtual().start(() -> load(client, sender, own, loading));
            }
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> accepted.get() >= enough);

            long begun = System.nanoTime();
            String said = server.terminate();
            long took = System.nanoTime() - begun;
            assertThat(Duration.ofNanos(took)).as("the drain").isLessThan(LONGEST_DRAIN);
            check(said);
            return took;
        } finally {
            loading.set(false);
            closeClients();
        }
    }

    private void check(String said) throws IOException {
        assertThat(said).endsWith("exit 0");
        Matcher line = LEDGER.matcher(said);
        assertThat(line.find()).as(said).isTrue();
        assertThat(data.resolve("heddle.drained")).hasContent(line.group());
        assertThat(Files.exists(data.resolve("heddle.pid"))).isFalse();
        acceptedByServer += number(line, 1);
        assertThat(number(line, 2)).as("waiting at start").isEqualTo(stored);
        stored = number(line, 5);
        assertThat(number(line, 1) + number(line, 2))
                .as(line.group())
                .isEqualTo(number(line, 3) + number(line, 4) + stored);
        assertThat(number(line, 4)).as("expired").isZero();
        assertThat(accepted).as("accepted, say the clients").hasValueLessThanOrEqualTo(acceptedByServer);
    }

    private static long number(Matcher line, int group) {
        return Long.parseLong(line.group(group).replace(",", ""));
    }

    private static String name(int recipient) {
        return "recipient-" + recipient;
    }

    private void load(HeddleClient client, String sender, Random random, AtomicBoolean loading) {
        try {
            while (loading.get()) {
                String to = name(random.nextInt(8) == 0 ? random.nextInt(DEAF + 1) : random.nextInt(RECIPIENTS));
                byte[] body = ledger.next(sender, to, random, random.nextInt(200) == 0 ? 60_000 : 300);
                var _ = client.send(to, body).thenAccept(receipt -> {
                    if (receipt instanceof Receipt.Accepted) {
                        ledger.accepted(sender, to, body);
                        accepted.incrementAndGet();
                    }
                });
            }
        } catch (InterruptedException | RuntimeException ended) {
            loading.set(false);
        }
    }

    private void receive(int recipient) {
        String name = name(recipient);
        HeddleClient _ = open(name, new Listener() {
            @Override
            public void onMessage(Delivery delivery) {
                ledger.arrived(delivery.sender(), name, delivery.body());
            }
        });
    }

    private HeddleClient open(String user, Listener listener) {
        CursorStore cursor = cursors.computeIfAbsent(user, name -> CursorStore.inMemory());
        HeddleClient client = HeddleClient.open(
                ClientOptions.of(user).at("127.0.0.1", port).withCursor(cursor).withUnaccepted(2000, 8 << 20),
                listener);
        clients.add(client);
        return client;
    }

    /** Sends at full speed, and never reads an answer. */
    private void flood() throws IOException {
        Socket socket = login("flooder");
        long id = firstId(socket);
        ByteBuffer frames = ByteBuffer.allocate(1 << 16);
        Thread.ofVirtual().start(() -> {
            try {
                for (long next = id; ; ) {
                    frames.clear();
                    while (frames.remaining() > 200) {
                        ClientFrames.send(frames, next++, "flooded".getBytes(UTF_8), new byte[100]);
                    }
                    socket.getOutputStream().write(frames.array(), 0, frames.position());
                }
            } catch (IOException ended) {
                // The server has gone, or the round is over.
            }
        });
    }

    private static long firstId(Socket socket) throws IOException {
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] welcome = in.readNBytes(in.readInt());
        return ByteBuffer.wrap(welcome).getLong(1 + 1 + 8);
    }

    /** Logs in, and says and reads nothing more. */
    private Socket login(String user) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
        clients.add(socket);
        ByteBuffer login = ByteBuffer.allocate(200);
        ClientFrames.login(login, user.getBytes(UTF_8), 0, new byte[0]);
        socket.getOutputStream().write(login.array(), 0, login.position());
        return socket;
    }

    private void closeClients() throws Exception {
        for (AutoCloseable client : clients) {
            client.close();
        }
        clients.clear();
    }
}
