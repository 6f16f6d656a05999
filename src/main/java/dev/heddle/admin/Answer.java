package dev.heddle.admin;

import dev.heddle.text.Printable;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** What is answered: a status of HTTP, a content type, and a body whole in memory. The array is not copied. */
@SuppressWarnings("ArrayRecordComponent")
public record Answer(int status, String contentType, byte[] body) {
    /** Made when the first answer needs it: a start does not. */
    private static final class Json {
        static final JsonMapper MAPPER = new JsonMapper();
    }

    public static Answer json(Object value) {
        return json(200, value);
    }

    /** Names in it do nothing to a terminal that it is printed to. */
    public static Answer json(int status, Object value) {
        return new Answer(
                status,
                "application/json",
                Printable.json(Json.MAPPER.writeValueAsString(value)).getBytes(StandardCharsets.UTF_8));
    }

    /** Why not, in a sentence. */
    static Answer error(int status, String why) {
        return json(status, Map.of("error", why));
    }

    static Answer text(String contentType, String text) {
        return new Answer(200, contentType, text.getBytes(StandardCharsets.UTF_8));
    }
}
