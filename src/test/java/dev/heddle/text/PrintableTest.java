package dev.heddle.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class PrintableTest {
    @ParameterizedTest
    @ValueSource(
            ints = {
                0x00, 0x07, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0xad, 0x034f, 0x061c, 0x115f, 0x180e, 0x200b,
                0x200c, 0x200d, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2060, 0x2066, 0x2069, 0x206f, 0x3164,
                0xd800, 0xdfff, 0xe000, 0xfe0f, 0xfeff, 0xffa0, 0xfff9, 0xfffe, 0xe0001, 0xe0041, 0xe0100, 0x0378,
                0x10ffff
            })
    void what_controls_reorders_hides_or_is_no_character_is_not_shown(int point) {
        assertThat(Printable.isShown(point)).isFalse();
        assertThat(Printable.text("a" + Character.toString(point) + "b")).isEqualTo("a\ufffdb");
    }

    @Test
    void every_control_and_every_format_character_is_replaced() {
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            if (Character.isISOControl(point) || Character.getType(point) == Character.FORMAT) {
                assertThat(Printable.isShown(point))
                        .as(Integer.toHexString(point))
                        .isFalse();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "alice",
                "Łucja",
                "山田 🌸",
                "e\u0301",
                "שלום",
                "नमस्ते",
                "a\tb",
                "\u2764\ufe0f",
                "\ud83d\udc69\u200d\ud83d\udcbb",
                "\ud83c\udff3\ufe0f\u200d\ud83c\udf08",
                "\ud83d\udc4d\ud83c\udffd"
            })
    void a_name_or_a_text_in_any_script_and_emoji_stay_as_they_are(String text) {
        assertThat(Printable.text(text)).isEqualTo(text);
    }

    @Test
    void what_joins_emoji_hides_nowhere_else() {
        assertThat(Printable.text("bob\ufe0f")).isEqualTo("bob\ufffd");
        assertThat(Printable.text("b\u200dob")).isEqualTo("b\ufffdob");
        assertThat(Printable.text("\u2764\ufe0f\ufe0f\u200d")).isEqualTo("\u2764\ufe0f\ufffd\ufffd");
        assertThat(Printable.text("\u2764\u200d\u200d")).isEqualTo("\u2764\u200d\ufffd");
    }

    @Test
    void bytes_that_are_no_utf_8_are_replaced() {
        assertThat(Printable.text(new byte[] {'a', (byte) 0x9b, 'b'})).isEqualTo("a\ufffdb");
        assertThat(Printable.text("a\u009bb".getBytes(StandardCharsets.UTF_8))).isEqualTo("a\ufffdb");
    }

    @Test
    void json_is_the_same_to_a_program_and_plain_to_a_terminal() {
        String name = "a\u009b\u202e\u007f\n\"\ud83c\udf38" + Character.toString(0xe0041) + "é\ud800";
        String json = JsonMapper.shared().writeValueAsString(name.substring(0, name.length() - 1));
        String shown = Printable.json(json);
        assertThat(shown.codePoints()).allMatch(Printable::isShown);
        assertThat(shown).contains("\\u009b\\u202e\\u007f", "\\udb40\\udc41", "é", "\ud83c\udf38");
        assertThat(JsonMapper.shared().readValue(shown, String.class)).isEqualTo(name.substring(0, name.length() - 1));
        assertThat(Printable.json("{\"a\":1}\n")).isEqualTo("{\"a\":1}\n");
    }
}
