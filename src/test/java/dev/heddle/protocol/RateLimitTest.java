package dev.heddle.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of users and addresses that are too fast, and of those that are not. */
@Timeout(60)
final class RateLimitTest {
    private static final int OVERLOADED = 109;
    private static final String HERE = "127.0.0.2";
    private static final String THERE = "127.0.0.3";
    private static final int BODY_BYTES = 500;
    /** What is read is handled before it is charged: so many of this test's SENDs, at most. */
    private static final int MESSAGES_A_READ = 64 * 1024 / BODY_BYTES;

    @TempDir
    private Path folder;

    private RunningServer server(String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of("rate.loopback", "yes", "rate.reserve.seconds", "1"));
        all.addAll(List.of(settings));
        return new RunningServer(folder, all.toArray(String[]::new));
    }

    private static RawClient login(RunningServer server, String from, String user) throws IOException {
        RawClient client = new RawClient(server.port, from);
        client.write(RawClient.loginFrame(1, user, 0));
        return client;
    }

    private static int counted(RunningServer server, String name) throws IOException {
        return Http.get(server.server().admin().orElseThrow(), "/status")
                .json()
                .at("/connections/" + name)
                .asInt(-1);
    }

    private static double seconds(long sinceNanos) {
        return (System.nanoTime() - sinceNanos) / 1e9;
    }

    /** Sends all at once; returns the last one's id. */
    private static long flood(RawClient client, long firstId, String to, int messages) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String body = "x".repeat(BODY_BYTES);
        for (int i = 0; i < messages; i++) {
            bytes.write(RawClient.sendFrame(firstId + i, to, body));
        }
        client.write(bytes.toByteArray());
        return firstId + messages - 1;
    }

    private static void awaitAccepted(RawClient client, long id) throws IOException {
        long accepted = 0;
        while (accepted < id) {
            accepted = client.expect(Frame.ACCEPTED).number();
        }
    }

    private static double[] latencies(RawClient client, int many) throws IOException {
        double[] millis = new double[many];
        for (int i = 0; i < many; i++) {
            long since = System.nanoTime();
            client.sync();
            millis[i] = seconds(since) * 1000;
        }
        Arrays.sort(millis);
        return millis;
    }

    @Test
    void who_floods_is_held_to_its_rate_loses_nothing_and_slows_nobody() throws Exception {
        int rate = 500;
        int messages = 1500;
        try (RunningServer server = server("rate.user.messages", "" + rate, "shards", "2");
                RawClient flooder = login(server, HERE, "flooder");
                RawClient reader = login(server, HERE, "reader");
                RawClient other = login(server, HERE, "other")) {
            long first = flooder.welcome().firstId();
            reader.welcome();
            other.welcome();
            double before = latencies(other, 50)[25];

            long since = System.nanoTime();
            CompletableFuture<Long> flood = CompletableFuture.supplyAsync(() -> {
                try {
                    awaitAccepted(flooder, flood(flooder, first, "reader", messages));
                    return System.nanoTime();
                } catch (IOException failure) {
                    throw new AssertionError(failure);
                }
            });
            CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> readAll(reader, first, messages));
            double during = latencies(other, 200)[100];

            double took = (flood.get(30, TimeUnit.SECONDS) - since) / 1e9;
            reading.get(30, TimeUnit.SECONDS);
            assertThat(took).isBetween((messages - rate - MESSAGES_A_READ) / (double) rate, 20.0);
            assertThat(during).isLessThan(before + 20);
        }
    }

    private static void readAll(RawClient reader, long first, int messages) {
        try {
            for (int i = 0; i < messages; i++) {
                Frame.Deliver message = reader.deliver();
                assertThat(message.id()).isEqualTo(first + i);
                reader.ack(message.seq());
            }
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    @Test
    void who_comes_back_owes_what_it_owed_and_is_not_called_idle_meanwhile() throws Exception {
        try (RunningServer server = server("rate.user.messages", "100", "heartbeat.seconds", "1")) {
            long since = System.nanoTime();
            RawClient before = login(server, HERE, "flooder");
            awaitAccepted(before, flood(before, before.welcome().firstId(), "somebody", 360));
            before.reset();
            try (RawClient lost = login(server, THERE, "flooder")) {
                lost.welcome();
                try (RawClient after = login(server, HERE, "flooder")) {
                    long id = after.welcome().firstId();
                    after.send(id, "somebody", "late");
                    awaitAccepted(after, id);
                    assertThat(seconds(since)).isBetween((360 - 100) / 100.0, 20.0);
                }
            }
        }
    }

    @Test
    void acknowledgements_are_no_messages() throws Exception {
        try (RunningServer server = server("rate.user.messages", "5");
                RawClient reader = login(server, HERE, "reader")) {
            reader.send(reader.welcome().firstId(), "reader", "to myself");
            Frame.Deliver message = reader.deliver();
            for (int i = 0; i < 200; i++) {
                reader.ack(message.seq());
            }
            reader.expect(Frame.ACCEPTED);
            // If each of them counted, the answer would take longer than anybody waits.
            reader.sync();
        }
    }

    @Test
    void the_users_of_an_address_share_what_may_come_from_there() throws Exception {
        try (RunningServer server = server("rate.address.messages", "200");
                RawClient one = login(server, HERE, "one");
                RawClient two = login(server, HERE, "two");
                RawClient elsewhere = login(server, THERE, "elsewhere")) {
            long since = System.nanoTime();
            long last = flood(one, one.welcome().firstId(), "somebody", 300);
            long lastOfTwo = flood(two, two.welcome().firstId(), "somebody", 300);
            awaitAccepted(elsewhere, flood(elsewhere, elsewhere.welcome().firstId(), "somebody", 150));
            double apart = seconds(since);
            awaitAccepted(one, last);
            awaitAccepted(two, lastOfTwo);
            double together = seconds(since);
            assertThat(together).isBetween((600 - 200 - 2 * MESSAGES_A_READ) / 200.0, 20.0);
            assertThat(apart).isLessThan(together);
        }
    }

    @Test
    void one_connection_too_many_from_an_address_is_told_so_and_others_come_in() throws Exception {
        try (RunningServer server = server("max.connections.per.address", "2");
                RawClient first = login(server, HERE, "first");
                RawClient second = login(server, HERE, "second")) {
            first.welcome();
            second.welcome();
            try (RawClient third = new RawClient(server.port, HERE);
                    RawClient elsewhere = login(server, THERE, "elsewhere")) {
                Frame goodbye = third.expect(Frame.GOODBYE);
                assertThat(goodbye.code()).isEqualTo(OVERLOADED);
                assertThat(goodbye.body().getInt()).isPositive();
                elsewhere.welcome();
            }
            second.reset();
            await().untilAsserted(() -> {
                try (RawClient next = login(server, HERE, "next")) {
                    next.welcome();
                }
            });
            first.sync();
        }
    }

    @Test
    void connections_that_come_too_fast_from_an_address_are_told_so_and_others_come_in() throws Exception {
        int refused = 0;
        try (RunningServer server = server("rate.address.connections", "5")) {
            for (int i = 0; i < 30; i++) {
                try (RawClient client = login(server, HERE, "user-" + i)) {
                    Frame answer = client.next();
                    refused += answer.type() == Frame.GOODBYE && answer.code() == OVERLOADED ? 1 : 0;
                }
            }
            assertThat(refused).isBetween(1, 25);
            assertThat(counted(server, "limitedConnections")).isEqualTo(refused);
            assertThat(counted(server, "limitedLogins")).isZero();
            try (RawClient elsewhere = login(server, THERE, "elsewhere")) {
                elsewhere.welcome();
            }
        }
    }

    @Test
    void logins_from_an_address_take_turns_or_are_told_to_come_back() throws Exception {
        try (RunningServer server = server("rate.address.logins", "2")) {
            List<RawClient> clients = new ArrayList<>();
            long since = System.nanoTime();
            for (int i = 0; i < 30; i++) {
                clients.add(login(server, HERE, "user-" + i));
            }
            int welcome = 0;
            int refused = 0;
            for (RawClient client : clients) {
                Frame answer = client.next();
                welcome += answer.type() == Frame.WELCOME ? 1 : 0;
                refused += answer.type() == Frame.GOODBYE && answer.code() == OVERLOADED ? 1 : 0;
                client.close();
            }
            assertThat(seconds(since)).isGreaterThan(1.5);
            assertThat(welcome).isGreaterThanOrEqualTo(7);
            assertThat(refused).isPositive();
            assertThat(welcome + refused).isEqualTo(30);
            assertThat(counted(server, "limitedConnections")).isZero();
            assertThat(counted(server, "limitedLogins")).isEqualTo(refused);
            assertThat(Http.get(server.server().admin().orElseThrow(), "/metrics")
                            .body())
                    .contains("heddle_connections_limited_total 0.0", "heddle_logins_limited_total " + refused + ".0");
            try (RawClient elsewhere = login(server, THERE, "elsewhere")) {
                elsewhere.welcome();
            }
        }
    }

    @Test
    void the_loopback_is_free_by_default() throws Exception {
        try (RunningServer server = new RunningServer(
                        folder,
                        "rate.user.messages",
                        "1",
                        "rate.address.logins",
                        "1",
                        "max.connections.per.address",
                        "1");
                RawClient one = login(server, HERE, "one");
                RawClient two = login(server, HERE, "two")) {
            two.welcome();
            awaitAccepted(one, flood(one, one.welcome().firstId(), "two", 1000));
        }
    }
}
