package dev.heddle.protocol;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** HTTP as it is on the wire, so that a test can say what a well-behaved client would not. */
final class Http {
    private static final int PATIENCE_MILLIS = 10_000;

    /** An answer; the names of its headers are in lower case. */
    record Answer(int status, Map<String, String> headers, String body) {
        JsonNode json() {
            return new JsonMapper().readTree(body);
        }
    }

    private Http() {}

    static Answer get(URI admin, String path, String... headers) throws IOException {
        return ask("GET", admin, path, headers);
    }

    /** @param headers whole lines; without a Host among them the right one is added */
    static Answer ask(String method, URI admin, String path, String... headers) throws IOException {
        StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\nConnection: close\r\n");
        boolean named = false;
        for (String header : headers) {
            request.append(header).append("\r\n");
            named |= header.startsWith("Host:");
        }
        if (!named) {
            request.append("Host: ").append(admin.getAuthority()).append("\r\n");
        }
        if (method.equals("POST")) {
            request.append("Content-Length: 0\r\n");
        }
        try (Socket socket = say(admin, request + "\r\n")) {
            return parse(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** A connection that has said this, whatever it is. */
    static Socket say(URI admin, String text) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        return socket;
    }

    private static Answer parse(String text) {
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new AssertionError("no answer: " + text);
        }
        String[] lines = text.substring(0, end).split("\r\n", -1);
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        return new Answer(Integer.parseInt(lines[0].split(" ", 3)[1]), headers, text.substring(end + 4));
    }
}
