package dev.heddle.legacy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.client.HeddleClient;
import dev.heddle.client.Listener;
import dev.heddle.client.Receipt;
import dev.heddle.legacy.LegacyClient.Message;
import dev.heddle.legacy.LegacyServer.Heard;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What clients of the Erlang system say and hear. */
@Timeout(30)
final class LegacyTest {
    @TempDir
    private static Path data;

    @SuppressWarnings("NullAway.Init")
    private static LegacyServer server;

    @BeforeAll
    static void start() throws Exception {
        server = new LegacyServer(data);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }

    private static byte[] sends(String to, List<String> texts) throws IOException {
        ByteArrayOutputStream commands = new ByteArrayOutputStream();
        for (String text : texts) {
            commands.write(LegacyClient.send(to, text));
        }
        return commands.toByteArray();
    }

    private static List<String> take(LegacyClient client, int count) throws IOException {
        List<String> texts = new ArrayList<>();
        while (texts.size() < count) {
            texts.add(client.take());
        }
        return texts;
    }

    private static List<Message> hear(LegacyClient client, int count) throws IOException {
        List<Message> messages = new ArrayList<>();
        while (messages.size() < count) {
            messages.add(client.message());
        }
        return messages;
    }

    @Test
    void the_bytes_are_those_of_the_document() throws Exception {
        HexFormat hex = HexFormat.ofDelimiter(" ");
        try (LegacyClient bob = server.login("bytes-bob");
                LegacyClient alice = new LegacyClient(server.port)) {
            alice.write(hex.parseHex("01 61 6c 69 63 65"));
            assertThat(answer(alice, 9)).isEqualTo("03 4c 4f 47 49 4e 5f 4f 4b");
            alice.write(hex.parseHex("02 00 09 62 79 74 65 73 2d 62 6f 62 00 02 68 69"));
            String delivery = answer(bob, 25);
            assertThat(delivery).startsWith("10 00 10 ").endsWith(" 00 00 00 02 68 69");
            bob.write(hex.parseHex("03 " + delivery.substring(9, 9 + 47)));
            alice.write(hex.parseHex("04 00 09 62 79 74 65 73 2d 62 6f 62 00 00 00 0a 00 03 6f 6e 65 00 03 74 77 6f"));
            assertThat(take(bob, 2)).containsExactly("one", "two");
            alice.write(hex.parseHex("05 00 09 62 79 74 65 73 2d 62 6f 62"));
            assertThat(answer(alice, 21)).startsWith("06 00 09 62 79 74 65 73 2d 62 6f 62 01 00 00 00 00 ");
        }
        try (LegacyClient bob = server.login("bytes-bob")) {
            bob.sync();
        }
    }

    private static String answer(LegacyClient client, int length) throws IOException {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) client.read();
        }
        return HexFormat.ofDelimiter(" ").formatHex(bytes);
    }

    @Test
    void two_of_them_converse() throws Exception {
        try (LegacyClient ann = server.login("ann");
                LegacyClient ben = server.login("ben")) {
            for (String text : numbers(50)) {
                ann.write(LegacyClient.send("ben", "to ben " + text));
                assertThat(ben.take()).isEqualTo("to ben " + text);
                ben.write(LegacyClient.send("ann", "grüße " + text));
                assertThat(ann.take()).isEqualTo("grüße " + text);
            }
        }
    }

    @Test
    void one_of_them_and_one_of_ours_converse() throws Exception {
        Heard heard = new Heard();
        try (LegacyClient old = server.login("old");
                HeddleClient ours = server.modern("ours", heard)) {
            old.write(sends("ours", numbers(1000)));
            await().until(() -> heard.messages.size() >= 1000);
            assertThat(heard.texts()).isEqualTo(numbers(1000));
            assertThat(heard.messages).allMatch(message -> message.sender().equals("old"));

            String large = "x".repeat(300_000);
            for (String text : List.of("first", "", large)) {
                assertThat(ours.send("old", text.getBytes(UTF_8)).get(10, TimeUnit.SECONDS))
                        .isInstanceOf(Receipt.Accepted.class);
            }
            assertThat(take(old, 3)).containsExactly("first", "", large);
        }
    }

    @Test
    void the_largest_message_arrives_whole() throws Exception {
        String largest = "y".repeat(65_535);
        try (LegacyClient sender = server.login("large-sender");
                LegacyClient receiver = server.login("large-receiver")) {
            sender.write(LegacyClient.send("large-receiver", largest), LegacyClient.send("large-receiver", ""));
            assertThat(take(receiver, 2)).containsExactly(largest, "");
        }
    }

    @Test
    void a_batch_is_so_many_messages_in_order() throws Exception {
        String[] texts = numbers(5000).toArray(String[]::new);
        try (LegacyClient sender = server.login("batch-sender");
                LegacyClient receiver = server.login("batch-receiver")) {
            sender.write(LegacyClient.batch("batch-receiver"), LegacyClient.batch("batch-receiver", texts));
            assertThat(take(receiver, texts.length)).containsExactly(texts);
        }
    }

    @Test
    void commands_may_come_byte_by_byte() throws Exception {
        try (LegacyClient sender = server.login("slow-sender");
                LegacyClient receiver = server.login("slow-receiver")) {
            sender.writeSingly(LegacyClient.send("slow-receiver", "a message"));
            sender.writeSingly(LegacyClient.batch("slow-receiver", "one", "", "three"));
            sender.writeSingly(LegacyClient.getStatus("slow-receiver"));
            assertThat(sender.status().state()).isEqualTo(1);
            List<Message> messages = hear(receiver, 4);
            assertThat(messages).extracting(Message::body).containsExactly("a message", "one", "", "three");
            for (Message message : messages) {
                receiver.writeSingly(LegacyClient.ack(message.id()));
            }
            receiver.sync();
        }
        try (LegacyClient receiver = server.login("slow-receiver")) {
            receiver.sync();
        }
    }

    @Test
    void what_was_not_acknowledged_comes_again_with_the_same_ids() throws Exception {
        List<Message> first;
        try (LegacyClient receiver = server.login("again");
                LegacyClient sender = server.login("again-sender")) {
            sender.write(sends("again", numbers(10)));
            first = hear(receiver, 10);
            assertThat(first).extracting(Message::id).doesNotHaveDuplicates().allMatch(id -> id.length() == 16);
            // Several in one segment, one of them twice.
            receiver.write(
                    LegacyClient.ack(first.get(0).id()),
                    LegacyClient.ack(first.get(2).id()),
                    LegacyClient.ack(first.get(1).id()),
                    LegacyClient.ack(first.get(1).id()),
                    LegacyClient.ack("never-seen-by-us"),
                    LegacyClient.ack("fffffffffffffff0"),
                    LegacyClient.ack("7fffffffffffffff"));
            receiver.sync();
        }
        try (LegacyClient receiver = server.login("again")) {
            assertThat(hear(receiver, 7)).isEqualTo(first.subList(3, 10));
            receiver.sync();
        }
    }

    @Test
    void acknowledgements_come_in_any_order() throws Exception {
        List<Message> first;
        try (LegacyClient sender = server.login("gaps-sender")) {
            sender.write(sends("gaps", numbers(5)));
            sender.sync();
        }
        try (LegacyClient receiver = server.login("gaps")) {
            first = hear(receiver, 5);
            for (int i : new int[] {4, 2, 1}) {
                receiver.write(LegacyClient.ack(first.get(i).id()));
            }
            receiver.sync();
        }
        // The first is still open, and what is acknowledged behind it has been forgotten.
        try (LegacyClient receiver = server.login("gaps")) {
            assertThat(hear(receiver, 5)).isEqualTo(first);
            for (int i : new int[] {4, 2, 1, 0}) {
                receiver.write(LegacyClient.ack(first.get(i).id()));
            }
            receiver.sync();
        }
        try (LegacyClient receiver = server.login("gaps")) {
            assertThat(hear(receiver, 2)).isEqualTo(first.subList(3, 5));
        }
    }

    @Test
    void what_an_earlier_connection_delivered_can_be_acknowledged_with_the_login() throws Exception {
        List<Message> first;
        try (LegacyClient sender = server.login("early-sender")) {
            sender.write(sends("early", numbers(40)));
            sender.sync();
        }
        try (LegacyClient receiver = server.login("early")) {
            first = hear(receiver, 16);
        }
        try (LegacyClient receiver = new LegacyClient(server.port)) {
            ByteArrayOutputStream acks = new ByteArrayOutputStream();
            for (Message message : first) {
                acks.write(LegacyClient.ack(message.id()));
            }
            receiver.write(LegacyClient.login("early"), acks.toByteArray());
            receiver.expectLoginOk();
            // It comes to what follows, although the window was full: of the earlier ones it may or may not hear again.
            String text = receiver.message().body();
            while (!text.equals("16")) {
                assertThat(Integer.parseInt(text)).isLessThan(16);
                text = receiver.message().body();
            }
        }
    }

    @Test
    void who_acknowledges_nothing_gets_a_thousand_and_then_as_many_as_it_acknowledges() throws Exception {
        try (LegacyClient sender = server.login("thousand-sender")) {
            sender.write(LegacyClient.batch("thousand", numbers(1500).toArray(String[]::new)));
            sender.sync();
        }
        try (LegacyClient receiver = server.login("thousand")) {
            List<Message> heard = hear(receiver, 1000);
            receiver.sync();
            for (int i = 999; i > 700; i--) {
                // The oldest stays open, so the server itself can be told of none of these.
                receiver.write(LegacyClient.ack(heard.get(i).id()));
            }
            heard.addAll(hear(receiver, 299));
            receiver.sync();
            assertThat(heard).extracting(Message::body).isEqualTo(numbers(1299));
        }
        try (LegacyClient receiver = server.login("thousand")) {
            assertThat(hear(receiver, 1000)).extracting(Message::body).isEqualTo(numbers(1000));
        }
    }

    @Test
    void who_acknowledges_the_first_of_each_ten_and_all_in_the_end_gets_all() throws Exception {
        try (LegacyClient sender = server.login("tenth-sender")) {
            sender.write(LegacyClient.batch("tenth", numbers(5000).toArray(String[]::new)));
            sender.sync();
        }
        try (LegacyClient receiver = server.login("tenth")) {
            List<String> open = new ArrayList<>();
            for (int i = 0; i < 5000; i++) {
                Message message = receiver.message();
                assertThat(message.body()).isEqualTo(Integer.toString(i));
                if (i % 10 == 0) {
                    receiver.write(LegacyClient.ack(message.id()));
                } else {
                    open.add(message.id());
                }
                if (open.size() == 900) {
                    for (String id : open) {
                        receiver.write(LegacyClient.ack(id));
                    }
                    open.clear();
                }
            }
            receiver.sync();
        }
        try (LegacyClient receiver = server.login("tenth")) {
            receiver.sync();
        }
    }

    @Test
    void the_later_login_wins() throws Exception {
        try (LegacyClient sender = server.login("takeover-sender");
                LegacyClient first = server.login("takeover")) {
            sender.write(sends("takeover", numbers(3)));
            List<Message> messages = hear(first, 3);
            first.write(LegacyClient.ack(messages.getFirst().id()));
            first.sync();
            try (LegacyClient second = server.login("takeover")) {
                assertThat(first.read()).isEqualTo(-1);
                assertThat(hear(second, 2)).isEqualTo(messages.subList(1, 3));
            }
        }
    }

    @Test
    void who_sends_and_hangs_up_has_sent() throws Exception {
        Heard heard = new Heard();
        try (HeddleClient _ = server.modern("hang-up", heard)) {
            try (LegacyClient sender = server.login("hang-up-sender")) {
                sender.write(sends("hang-up", numbers(3000)));
            }
            await().until(() -> heard.messages.size() >= 3000);
            assertThat(heard.texts()).isEqualTo(numbers(3000));
        }
    }

    @Test
    void who_ends_its_half_and_does_not_read_has_sent_and_is_closed_soon() throws Exception {
        Heard heard = new Heard();
        try (HeddleClient receiver = server.modern("rude", heard)) {
            try (LegacyClient sender = new LegacyClient(server.port, 4096)) {
                sender.write(LegacyClient.login("rude-sender"));
                sender.expectLoginOk();
                // More than its socket takes: nobody will ever read it.
                for (int i = 0; i < 100; i++) {
                    receiver.send("rude-sender", new byte[10_000]).join();
                }
                sender.write(sends("rude", numbers(2000)));
                sender.endOutput();
                await().until(() -> heard.messages.size() >= 2000);
                assertThat(heard.texts()).isEqualTo(numbers(2000));
                await().until(() -> isAway("rude-sender"));
            }
        }
    }

    private static boolean isAway(String user) throws Exception {
        try (LegacyClient asker = server.login("asker")) {
            asker.write(LegacyClient.getStatus(user));
            return asker.status().state() == 0;
        }
    }

    @Test
    void who_ends_its_half_still_hears_what_it_asked_for() throws Exception {
        try (LegacyClient client = server.login("half")) {
            client.write(LegacyClient.getStatus("half"));
            client.endOutput();
            assertThat(client.status().state()).isEqualTo(1);
            assertThat(client.read()).isEqualTo(-1);
        }
    }

    @Test
    void presence_is_told_in_seconds() throws Exception {
        long before = System.currentTimeMillis() / 1000;
        try (LegacyClient asker = server.login("presence-asker")) {
            asker.write(LegacyClient.getStatus("presence"));
            assertThat(asker.status()).isEqualTo(new LegacyClient.Status("presence", 0, 0));
            try (LegacyClient other = server.login("presence")) {
                asker.write(LegacyClient.getStatus("presence"));
                LegacyClient.Status online = asker.status();
                assertThat(online.state()).isEqualTo(1);
                assertThat(online.seconds()).isBetween(before, before + 60);
                other.sync();
            }
            await().until(() -> isAway("presence"));
            asker.write(LegacyClient.getStatus("presence"));
            assertThat(asker.status().seconds()).isBetween(before, before + 60);
        }
    }

    @Test
    void who_does_not_read_hurts_nobody_and_misses_nothing() throws Exception {
        List<CompletableFuture<Receipt>> receipts = new ArrayList<>();
        try (LegacyClient sloth = server.login("sloth");
                HeddleClient sender = server.modern("sloth-sender", new Listener() {});
                LegacyClient quick = server.login("quick");
                LegacyClient other = server.login("quick-other")) {
            String filling = "x".repeat(20_000);
            for (int i = 0; i < 1000; i++) {
                receipts.add(sender.send("sloth", ("filling " + i + " " + filling).getBytes(UTF_8)));
                if (i % 100 == 0) {
                    other.write(LegacyClient.send("quick", "now"));
                    assertThat(quick.take()).isEqualTo("now");
                }
            }
            for (CompletableFuture<Receipt> receipt : receipts) {
                assertThat(receipt.get(10, TimeUnit.SECONDS)).isInstanceOf(Receipt.Accepted.class);
            }
            for (int i = 0; i < 1000; i++) {
                Message message = sloth.message();
                assertThat(message.body()).startsWith("filling " + i + " ");
                sloth.write(LegacyClient.ack(message.id()));
            }
        }
    }
}
