package dev.heddle.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One request that the {@link Gate} has let in.
 *
 * @param parameters of the query, decoded; of a name that comes twice the first
 * @param accept the header, or null
 */
public record Request(
        Map<String, String> parameters, @Nullable String accept) {
    static Request of(@Nullable String rawQuery, @Nullable String accept) throws BadRequestException {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : rawQuery == null ? new String[0] : rawQuery.split("&", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                parameters.putIfAbsent(decode(pair.substring(0, equals)), decode(pair.substring(equals + 1)));
            }
        }
        return new Request(Map.copyOf(parameters), accept);
    }

    private static String decode(String text) throws BadRequestException {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException wrong) {
            throw new BadRequestException("the query is not encoded as it should be");
        }
    }

    /** A parameter that has to be there. */
    public String parameter(String name) throws BadRequestException {
        String value = parameters.get(name);
        if (value == null || value.isEmpty()) {
            throw new BadRequestException("the parameter " + name + " is missing");
        }
        return value;
    }
}
