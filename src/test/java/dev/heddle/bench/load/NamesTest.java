package dev.heddle.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class NamesTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 9, 10, 15, 16, 0xabcde, Names.MOST - 1})
    void a_number_is_read_as_it_was_written(int number) {
        byte[] name = new Names("user-").name(number);
        assertThat(new String(name, StandardCharsets.US_ASCII)).isEqualTo(String.format("user-%05x", number));
        assertThat(Names.read(ByteBuffer.wrap(name), name.length)).isEqualTo(number);
    }
}
