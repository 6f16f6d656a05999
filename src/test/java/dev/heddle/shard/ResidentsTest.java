package dev.heddle.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ResidentsTest {
    private static final int LONGEST = 128;

    private final Backlog backlog = new Backlog(() -> null);
    private final Residents residents = new Residents(12_345);
    /** Somewhere between other bytes, as in a frame. */
    private final ByteBuffer frame = ByteBuffer.allocateDirect(3 + LONGEST + 9);

    private User add(byte[] name) {
        User user = new User(name, backlog);
        residents.add(user);
        return user;
    }

    private @Nullable User find(byte[] name) {
        frame.put(3, name);
        return residents.find(frame, 3, name.length);
    }

    @Test
    void names_that_differ_in_one_byte_or_in_length_are_different() {
        List<byte[]> names = new ArrayList<>();
        for (int length = 0; length <= LONGEST; length++) {
            names.add(new byte[length]);
            for (int at = 0; at < length; at++) {
                byte[] name = new byte[length];
                name[at] = (byte) (length % 2 == 0 ? 1 : 0x80);
                names.add(name);
            }
        }
        List<User> added = new ArrayList<>();
        for (byte[] name : names) {
            assertThat(find(name)).as("length %d", name.length).isNull();
            added.add(add(name));
        }
        for (User user : added) {
            assertThat(find(user.name)).isSameAs(user);
        }
    }

    @Test
    void those_who_come_and_go_are_found_as_long_as_they_are_there() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        Map<String, User> expected = new HashMap<>();
        for (int step = 0; step < 40_000; step++) {
            String name = "n" + random.nextInt(6_000);
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            if (random.nextInt(4) == 0) {
                int place = random.nextInt(residents.places());
                residents.removeIf(place, user -> {
                    boolean goes = random.nextBoolean();
                    if (goes) {
                        assertThat(expected.remove(new String(user.name, StandardCharsets.UTF_8)))
                                .as("seed %d", seed)
                                .isSameAs(user);
                    }
                    return goes;
                });
            } else if (!expected.containsKey(name)) {
                expected.put(name, add(bytes));
            }
            assertThat(find(bytes)).as("seed %d, %s", seed, name).isSameAs(expected.get(name));
        }
        assertThat(residents.count()).isEqualTo(expected.size());
        assertThat(residents.places()).as("it has grown").isGreaterThan(1024);
        expected.forEach((name, user) -> assertThat(find(name.getBytes(StandardCharsets.UTF_8)))
                .as("seed %d", seed)
                .isSameAs(user));
        List<User> seen = new ArrayList<>();
        for (int place = 0; place < residents.places(); place++) {
            residents.visit(place, seen::add);
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(expected.values());
    }

    @Test
    void no_chain_is_long_whatever_the_names_have_in_common() {
        for (String form : List.of("%d", "user-%08d", "%08d@example.com", "a-rather-long-prefix-%d-and-suffix")) {
            Residents many = new Residents(form.hashCode());
            for (int i = 0; i < 50_000; i++) {
                many.add(new User(String.format(form, i).getBytes(StandardCharsets.UTF_8), backlog));
            }
            int longest = 0;
            for (int place = 0; place < many.places(); place++) {
                int[] length = {0};
                many.visit(place, _ -> length[0]++);
                longest = Math.max(longest, length[0]);
            }
            // Of 50,000 in 65,536 places at random, more than 11 meet in one of 400,000 tables.
            assertThat(longest).as(form).isLessThan(12);
        }
    }
}
