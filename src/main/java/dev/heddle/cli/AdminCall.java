package dev.heddle.cli;

import dev.heddle.server.AdminDoor;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Asks a server on this machine by its admin port. One thread. */
final class AdminCall {
    private static final int PATIENCE_MILLIS = 10_000;

    private final AdminDoor door;
    private final JsonMapper json = new JsonMapper();

    AdminCall(AdminDoor door) {
        this.door = door;
    }

    /** A text as part of a query. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /**
     * What it answers, as it is.
     *
     * @throws IOException if it does not, or it is an error, which the message then says
     */
    byte[] ask(String method, String path) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection) door.uri().resolve(path).toURL().openConnection(Proxy.NO_PROXY);
        connection.setRequestMethod(method);
        connection.setConnectTimeout(PATIENCE_MILLIS);
        connection.setReadTimeout(PATIENCE_MILLIS);
        connection.setRequestProperty("Authorization", "Bearer " + door.secret());
        try {
            if (connection.getResponseCode() != HttpURLConnection.HTTP_OK) {
                throw new IOException(error(connection.getErrorStream(), connection.getResponseCode()));
            }
            try (InputStream in = connection.getInputStream()) {
                return in.readAllBytes();
            }
        } catch (ConnectException silent) {
            throw new IOException("no answer from " + door.uri() + ": " + silent.getMessage(), silent);
        } finally {
            connection.disconnect();
        }
    }

    <T> T get(String path, Class<T> type) throws IOException {
        try {
            return json.readValue(ask("GET", path), type);
        } catch (JacksonException other) {
            throw new IOException("the server of another version answers otherwise", other);
        }
    }

    private String error(@Nullable InputStream in, int status) throws IOException {
        if (in != null) {
            try (in) {
                return json.readTree(in.readAllBytes()).path("error").asString("status " + status);
            } catch (JacksonException none) {
                // Said below.
            }
        }
        return "the server answers with status " + status;
    }
}
