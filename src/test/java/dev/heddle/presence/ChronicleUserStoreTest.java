package dev.heddle.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.Test;

class ChronicleUserStoreTest {
    private static final int VALUE_BYTES = 80;
    private static final int LONGEST_NAME = 128;

    private static byte[] name(int user) {
        return ("user-" + user).getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] longName(int user) {
        return ByteBuffer.allocate(LONGEST_NAME).putInt(LONGEST_NAME - 4, user).array();
    }

    private static byte[] value(int user) {
        return ByteBuffer.allocate(VALUE_BYTES)
                .putInt(0, user)
                .putInt(VALUE_BYTES - 4, ~user)
                .array();
    }

    private static ChronicleUserStore store(long most) {
        return ChronicleUserStore.create("test", most, VALUE_BYTES);
    }

    @Test
    void a_hundred_thousand_users_are_remembered() {
        int users = 100_000;
        try (ChronicleUserStore store = store(users)) {
            for (int i = 0; i < users; i++) {
                store.add(name(i), value(i));
            }
            assertThat(store.size()).isEqualTo(users);
            assertThat(store.isFull()).isTrue();
            byte[] found = new byte[VALUE_BYTES];
            for (int i = 0; i < users; i++) {
                assertThat(store.load(name(i), found)).isTrue();
                assertThat(ByteBuffer.wrap(found).getInt(0)).isEqualTo(i);
                assertThat(ByteBuffer.wrap(found).getInt(VALUE_BYTES - 4)).isEqualTo(~i);
            }
            assertThat(store.load(name(users), found)).isFalse();
        }
    }

    @Test
    void one_name_too_many_is_refused_in_words_and_known_ones_still_change() {
        try (ChronicleUserStore store = store(16)) {
            for (int i = 0; i < 16; i++) {
                assertThat(store.isFull()).isFalse();
                store.add(name(i), value(i));
            }
            assertThat(store.isFull()).isTrue();
            assertThatThrownBy(() -> store.add(name(16), value(16)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the user store is full: 16 users");
            store.replace(name(3), value(33));
            byte[] found = new byte[VALUE_BYTES];
            assertThat(store.load(name(3), found)).isTrue();
            assertThat(found).isEqualTo(value(33));
            assertThat(store.size()).isEqualTo(16);
        }
    }

    @Test
    void it_takes_all_its_users_even_if_all_their_names_are_of_the_longest() {
        int users = 20_000;
        try (ChronicleUserStore store = store(users)) {
            for (int i = 0; i < users; i++) {
                store.add(longName(i), value(i));
            }
            assertThat(store.size()).isEqualTo(users);
            byte[] found = new byte[VALUE_BYTES];
            byte[] first = new byte[8];
            for (int i = 0; i < users; i++) {
                assertThat(store.load(longName(i), found)).isTrue();
                assertThat(found).isEqualTo(value(i));
                assertThat(store.load(longName(i), first)).isTrue();
                assertThat(first).isEqualTo(Arrays.copyOf(value(i), first.length));
            }
        }
    }

    @Test
    void what_it_was_given_is_copied() {
        try (ChronicleUserStore store = store(16)) {
            byte[] given = value(1);
            store.add(name(1), given);
            given[0] = 9;
            byte[] found = new byte[VALUE_BYTES];
            assertThat(store.load(name(1), found)).isTrue();
            assertThat(found).isEqualTo(value(1));
        }
    }

    @Test
    void everybody_is_visited_once_with_arrays_to_keep() {
        int users = 1000;
        try (ChronicleUserStore store = store(users)) {
            for (int i = 0; i < users; i++) {
                store.add(name(i), value(i));
            }
            BitSet seen = new BitSet();
            store.forEach((name, value) -> {
                int user = ByteBuffer.wrap(value).getInt(0);
                assertThat(name).isEqualTo(name(user));
                assertThat(seen.get(user)).isFalse();
                seen.set(user);
                value[0]++;
                name[0]++;
            });
            assertThat(seen.cardinality()).isEqualTo(users);
            byte[] found = new byte[VALUE_BYTES];
            assertThat(store.load(name(7), found)).isTrue();
            assertThat(found).isEqualTo(value(7));
        }
    }

    @Test
    void it_is_in_memory_only_and_begins_empty_each_time() {
        try (ChronicleUserStore store = store(16)) {
            store.add(name(1), value(1));
        }
        try (ChronicleUserStore store = store(16)) {
            assertThat(store.size()).isZero();
            assertThat(store.load(name(1), new byte[VALUE_BYTES])).isFalse();
        }
    }

    @Test
    void one_that_is_closed_says_so() {
        ChronicleUserStore store = store(16);
        store.add(name(1), value(1));
        store.close();
        assertThatThrownBy(() -> store.load(name(1), new byte[VALUE_BYTES]))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the user store is closed");
        store.expect(ByteBuffer.wrap(name(1)), 0, 6);
        assertThatThrownBy(store::fetch).isInstanceOf(IllegalStateException.class);
    }
}
