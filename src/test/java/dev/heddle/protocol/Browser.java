package dev.heddle.protocol;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A Chromium without a window, driven by the WebDriver protocol through Debian's chromedriver; the test's thread only. */
final class Browser implements AutoCloseable {
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String STARTED = "started successfully";
    private static final int FIRST_PORT = 10_000;
    private static final int PORTS = 20_000;
    private static final int TRIES = 20;
    private static final List<String> FLAGS = List.of(
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--hide-scrollbars");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Process driver;
    private final String session;

    /** @param profile a folder that is empty */
    Browser(Path chromium, Path chromedriver, Path profile) throws IOException {
        int port = freePort();
        driver = new ProcessBuilder(chromedriver.toString(), "--port=" + port)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            awaitStart(driver.inputReader(StandardCharsets.UTF_8));
            String at = "http://127.0.0.1:" + port;
            List<String> flags = new ArrayList<>(FLAGS);
            flags.add("--user-data-dir=" + profile);
            JsonNode opened = ask(
                    at + "/session",
                    Map.of(
                            "capabilities",
                            Map.of(
                                    "alwaysMatch",
                                    Map.of(
                                            "goog:chromeOptions",
                                            Map.of("binary", chromium.toString(), "args", flags),
                                            "goog:loggingPrefs",
                                            Map.of("browser", "ALL", "performance", "ALL")))));
            session = at + "/session/" + opened.get("sessionId").asString();
        } catch (IOException | RuntimeException | AssertionError failure) {
            driver.destroyForcibly();
            throw failure;
        }
    }

    /** A program on the path. */
    static Optional<Path> find(String... names) {
        String folders = System.getenv().getOrDefault("PATH", "");
        return Stream.of(names)
                .flatMap(name -> Stream.of(folders.split(":", -1)).map(folder -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /**
     * One that is free in both families, and that the system gives no connection. The driver's own choice is one that is
     * free on ::1, and it ends where a connection holds the same on 127.0.0.1, as the thousands of other tests do.
     */
    private static int freePort() throws IOException {
        for (int i = 0; i < TRIES; i++) {
            try (ServerSocket free =
                    new ServerSocket(FIRST_PORT + ThreadLocalRandom.current().nextInt(PORTS))) {
                return free.getLocalPort();
            } catch (BindException taken) {
                // The next one.
            }
        }
        throw new IOException("no port is free");
    }

    private static void awaitStart(BufferedReader said) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String line = said.readLine(); line != null; line = said.readLine()) {
            if (line.contains(STARTED)) {
                return;
            }
            all.append(System.lineSeparator()).append(line);
        }
        throw new IOException("chromedriver does not start:" + all);
    }

    private JsonNode ask(String uri, Object body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
                .timeout(PATIENCE)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
                .build();
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            JsonNode value = JSON.readTree(answer.body()).get("value");
            if (answer.statusCode() != 200) {
                throw new AssertionError(uri + ": " + value.get("message").asString());
            }
            return value;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError(interrupted);
        }
    }

    void open(URI page) {
        ask(session + "/url", Map.of("url", page.toString()));
    }

    /** What a script returns. */
    JsonNode run(String script) {
        return ask(session + "/execute/sync", Map.of("script", script, "args", List.of()));
    }

    /** The text of the first element that a selector finds; empty if there is none, or nobody can see it. */
    String text(String selector) {
        return run("const found = document.querySelector(" + JSON.writeValueAsString(selector)
                        + "); return found !== null && found.checkVisibility() ? found.innerText : '';")
                .asString();
    }

    /** What was said since the last call. */
    List<JsonNode> log(String kind) {
        List<JsonNode> entries = new ArrayList<>();
        ask(session + "/se/log", Map.of("type", kind)).forEach(entries::add);
        return entries;
    }

    /** The hosts, with their ports, that it has asked for anything since the last call. */
    List<String> hostsAsked() {
        return log("performance").stream()
                .map(entry -> JSON.readTree(entry.get("message").asString()).get("message"))
                .filter(event -> event.get("method").asString().equals("Network.requestWillBeSent"))
                .map(event -> URI.create(event.at("/params/request/url").asString()))
                .filter(uri -> uri.getAuthority() != null)
                .map(URI::getAuthority)
                .distinct()
                .toList();
    }

    private JsonNode command(String name, Map<String, Object> parameters) {
        return ask(session + "/goog/cdp/execute", Map.of("cmd", name, "params", parameters));
    }

    /** A window of this width, in a world of this color scheme: {@code light} or {@code dark}. */
    void look(int width, String scheme) {
        command(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        command(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", false));
    }

    /** The whole page, as it is seen now. */
    void shoot(Path file) throws IOException {
        JsonNode size = command("Page.getLayoutMetrics", Map.of()).get("cssContentSize");
        Map<String, Object> clip = Map.of(
                "x",
                0,
                "y",
                0,
                "width",
                size.get("width").asDouble(),
                "height",
                size.get("height").asDouble(),
                "scale",
                1);
        JsonNode shot = command("Page.captureScreenshot", Map.of("captureBeyondViewport", true, "clip", clip));
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, Base64.getDecoder().decode(shot.get("data").asString()));
    }

    @Override
    public void close() {
        HttpRequest end = HttpRequest.newBuilder(URI.create(session))
                .timeout(PATIENCE)
                .DELETE()
                .build();
        try {
            http.send(end, HttpResponse.BodyHandlers.discarding());
        } catch (IOException gone) {
            // Then there is no browser to be ended.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        driver.destroy();
        http.close();
    }
}
