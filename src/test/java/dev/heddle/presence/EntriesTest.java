package dev.heddle.presence;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import net.openhft.chronicle.map.VanillaChronicleMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EntriesTest {
    private static final int VALUE_BYTES = 88;
    private static final int USERS = 20_000;

    private final VanillaChronicleMap<byte[], byte[], ?> map = ChronicleUserStore.map("test", USERS, VALUE_BYTES);
    private final Entries entries = new Entries(map);
    private final byte[] found = new byte[VALUE_BYTES];

    @AfterEach
    void close() {
        map.close();
    }

    /** All bytes of it differ from neighbours', and a quarter of the names are shorter than a word. */
    private static byte[] name(int user) {
        int length = user % 4 == 0 ? 3 + user % 5 : 3 + user % 30;
        byte[] name = new byte[length];
        new Random(user).nextBytes(name);
        name[0] = (byte) user;
        name[1] = (byte) (user >>> 8);
        name[2] = (byte) (user >>> 16);
        return name;
    }

    private static byte[] value(int user) {
        byte[] value = new byte[VALUE_BYTES];
        new Random(~user).nextBytes(value);
        return value;
    }

    private void fill(int users) {
        for (int user = 0; user < users; user++) {
            map.put(name(user), value(user));
        }
    }

    @Test
    void everybody_is_found_where_they_lie() {
        fill(USERS);
        for (int user = 0; user < USERS; user++) {
            assertThat(entries.load(name(user), found)).as("user %d", user).isTrue();
            assertThat(found).isEqualTo(value(user));
        }
    }

    @Test
    void who_wants_the_beginning_of_a_value_gets_that() {
        fill(100);
        byte[] first = new byte[8];
        assertThat(entries.load(name(42), first)).isTrue();
        assertThat(first).isEqualTo(Arrays.copyOf(value(42), 8));
    }

    @Test
    void what_was_replaced_is_found_anew() {
        fill(100);
        map.put(name(7), value(1007));
        assertThat(entries.load(name(7), found)).isTrue();
        assertThat(found).isEqualTo(value(1007));
    }

    @Test
    void nobody_else_is_found() {
        fill(USERS / 2);
        for (int user = USERS / 2; user < 2 * USERS; user++) {
            assertThat(entries.load(name(user), found)).as("user %d", user).isFalse();
        }
    }

    @Test
    void a_name_that_begins_like_another_or_goes_on_is_another() {
        map.put(name(29), value(29));
        byte[] name = name(29);
        for (int length = 0; length <= 128; length++) {
            byte[] other = new byte[length];
            System.arraycopy(name, 0, other, 0, Math.min(length, name.length));
            assertThat(entries.load(other, found)).isEqualTo(length == name.length);
        }
    }

    @Test
    void whoever_is_expected_known_or_not_or_too_many_all_stays_as_it_was() {
        fill(USERS);
        ByteBuffer names = ByteBuffer.allocateDirect(300);
        for (int user = 0; user < 2 * USERS; user++) {
            byte[] name = name(user);
            names.put(5, name);
            entries.expect(names, 5, user % 3 == 0 ? user % 256 : name.length);
            if (user % (2 * Entries.MOST) == 0) {
                entries.fetch();
            }
        }
        entries.fetch();
        everybody_is_still_there();
    }

    private void everybody_is_still_there() {
        for (int user = 0; user < USERS; user++) {
            assertThat(map.get(name(user))).isEqualTo(value(user));
        }
        assertThat(map.size()).isEqualTo(USERS);
    }
}
