package dev.heddle.shard;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.log.FaultyDisk;
import dev.heddle.log.LogOptions;
import dev.heddle.sim.MapUserStore;
import dev.heddle.wire.ClientFrame;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What operators see of inboxes, with many more users than there is room for on the heap. */
class InsightTest {
    private static final long WALL = 1_000_000;
    private static final int USERS = 300;
    private static final int RESIDENTS = 16;
    private static final int MOST = 10;

    private final FaultyDisk disk = new FaultyDisk(new Random(1));
    private Shard shard;
    private SpokenTo alice;
    private long nextId;

    @BeforeEach
    void open() throws IOException {
        ShardOptions options = new ShardOptions(
                1000, 1 << 20, 1_000_000_000L, 1 << 28, 1 << 16, RESIDENTS, 5, 100, Allowance.UNLIMITED, false);
        LogOptions log = new LogOptions(1 << 20, 1 << 18, (1 << 16) + 1024, 4096, 7);
        ShardFolder folder = ShardFolder.open(
                disk, log, options, new MapUserStore(1000), () -> ByteBuffer.allocate(SlotMemory.CHUNK_BYTES), 1, WALL);
        folder.begin();
        shard = folder.shard();
        shard.time(WALL, 0);
        alice = login("alice");
        nextId = session(alice).firstId();
    }

    private SpokenTo login(String user) {
        SpokenTo client = new SpokenTo();
        assertThat(shard.login(client, user.getBytes(UTF_8), 0, true)).isEqualTo(Outcome.DONE);
        shard.endCycle();
        return client;
    }

    private static Session session(SpokenTo client) {
        return Objects.requireNonNull(client.session);
    }

    private void send(String to, int count) {
        for (int i = 0; i < count; i++) {
            ByteBuffer bytes = ByteBuffer.allocate(200);
            ClientFrames.send(bytes, nextId++, to.getBytes(UTF_8), "hi".getBytes(UTF_8));
            ClientFrame frame = new ClientFrame();
            assertThat(frame.parse(bytes, Protocol.SEND, Protocol.LENGTH_BYTES + 1, bytes.position()))
                    .isTrue();
            assertThat(shard.apply(session(alice), frame, true)).isEqualTo(Outcome.DONE);
        }
        shard.endCycle();
    }

    private Survey survey() {
        Survey survey = new Survey(MOST);
        while (shard.insight().step(survey)) {
            // Other work of the shard would come here.
        }
        shard.insight().finish(survey);
        return survey;
    }

    private static String name(int messages) {
        return "user-" + messages;
    }

    private void fill(int most) {
        List<Integer> sizes =
                new ArrayList<>(IntStream.rangeClosed(1, most).boxed().toList());
        Collections.shuffle(sizes, new Random(7));
        sizes.forEach(size -> send(name(size), size));
    }

    private static List<String> names(List<InboxPicture> pictures) {
        return pictures.stream().map(InboxPicture::user).toList();
    }

    private static List<String> from(int first) {
        return IntStream.range(0, MOST).mapToObj(i -> name(first - i)).toList();
    }

    @Test
    void the_fullest_inboxes_are_found_though_hardly_anybody_is_on_the_heap() {
        fill(USERS);
        shard.time(WALL + 5000, 5000);
        assertThat(names(survey().fullest())).isEqualTo(from(USERS));
        assertThat(survey().fullest().getFirst())
                .returns(USERS, InboxPicture::messages)
                .returns(WALL, InboxPicture::oldestMillis)
                .returns(false, InboxPicture::online);
        assertThat(survey().slowest()).isEmpty();
    }

    @Test
    void whoever_has_fetched_everything_is_no_longer_among_them() {
        fill(USERS);
        for (int size = USERS; size > USERS - 20; size--) {
            SpokenTo client = login(name(size));
            shard.close(session(client));
            assertThat(shard.login(new SpokenTo(), name(size).getBytes(UTF_8), size, true))
                    .isEqualTo(Outcome.DONE);
            shard.endCycle();
        }
        fill(0);
        assertThat(names(survey().fullest())).isEqualTo(from(USERS - 20));
    }

    @Test
    void of_clients_that_do_not_keep_up_it_is_seen_how_far_they_are_behind() {
        SpokenTo bob = login("bob");
        send("bob", 20);
        InboxPicture behind = survey().slowest().getFirst();
        assertThat(behind)
                .returns("bob", InboxPicture::user)
                .returns(true, InboxPicture::online)
                .returns(20, InboxPicture::messages)
                .returns(20 - Window.FIRST_MESSAGES, InboxPicture::unsent);
        assertThat(behind.window().messagesOut()).isEqualTo(Window.FIRST_MESSAGES);
        assertThat(survey().messagesOut()).isEqualTo(Window.FIRST_MESSAGES);
        shard.close(session(bob));
        assertThat(survey().slowest()).isEmpty();
        assertThat(survey().fullest().getFirst()).returns(20, InboxPicture::unsent);
    }

    @Test
    void looking_at_an_inbox_leaves_nothing_behind() {
        fill(100);
        long users = shard.users();
        assertThat(shard.insight().inbox("nobody".getBytes(UTF_8))).isNull();
        for (int size = 1; size <= 100; size++) {
            assertThat(shard.insight().inbox(name(size).getBytes(UTF_8)))
                    .isNotNull()
                    .returns(size, InboxPicture::messages)
                    .returns(0L, InboxPicture::cursor)
                    .returns(0L, InboxPicture::lastSeen);
        }
        assertThat(shard.users()).isEqualTo(users);
    }
}
