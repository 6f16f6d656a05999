package dev.heddle.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class UserNamesTest {
    @Test
    void it_agrees_with_the_platforms_decoder_on_every_short_sequence() {
        byte[] bytes = new byte[2];
        for (int i = 0; i < 1 << 16; i++) {
            bytes[0] = (byte) (i >> 8);
            bytes[1] = (byte) i;
            agree(bytes);
        }
    }

    @Test
    void it_agrees_with_the_platforms_decoder_on_random_and_on_damaged_names() {
        long seed = 20_250_101;
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 300_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(1, 8); n > 0; n--) {
                text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
            }
            byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
            if (random.nextBoolean()) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            agree(bytes);
        }
    }

    @Test
    void a_name_has_1_to_128_bytes() {
        assertThat(valid(new byte[0])).isFalse();
        assertThat(valid("x".repeat(128).getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThat(valid("x".repeat(129).getBytes(StandardCharsets.UTF_8))).isFalse();
        assertThat(valid("é".repeat(64).getBytes(StandardCharsets.UTF_8))).isTrue();
        assertThatThrownBy(() -> UserNames.encode("é".repeat(65))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> UserNames.encode("\ud800")).isInstanceOf(IllegalArgumentException.class);
        assertThat(UserNames.encode("zoë")).isEqualTo("zoë".getBytes(StandardCharsets.UTF_8));
    }

    private static void agree(byte[] bytes) {
        assertThat(valid(bytes))
                .as("%s", java.util.HexFormat.of().formatHex(bytes))
                .isEqualTo(expected(bytes));
    }

    private static boolean expected(byte[] bytes) {
        try {
            CharSequence text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
            return text.chars().noneMatch(character -> character < 0x20 || character == 0x7f);
        } catch (CharacterCodingException malformed) {
            return false;
        }
    }

    private static boolean valid(byte[] bytes) {
        ByteBuffer around = ByteBuffer.allocate(bytes.length + 2).put(1, bytes);
        return UserNames.valid(around, 1, bytes.length);
    }
}
