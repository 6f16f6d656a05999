package dev.heddle.admin;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The page for people: files from the jar that fetch {@code /status} and draw it. Holds nothing; each file is read when it is
 * asked for. They are the same for everybody and say nothing of the server, so they need no token: who has to show one is asked
 * by the page.
 */
final class Dashboard {
    private static final String FOLDER = "page/";
    private static final String FRONT = "index.html";
    private static final List<String> FILES = List.of(
            FRONT,
            "dashboard.css",
            "icon.svg",
            "dashboard.js",
            "view.js",
            "chart.js",
            "figures.js",
            "page.js",
            "printable.js");
    /** By what a file's name ends with. */
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private Dashboard() {}

    /** Its files by their paths. */
    static Map<String, Route> routes() {
        Map<String, Route> routes = new TreeMap<>();
        for (String file : FILES) {
            String type = TYPES.getOrDefault(file.substring(file.lastIndexOf('.') + 1), "application/octet-stream");
            routes.put(
                    "/" + (file.equals(FRONT) ? "" : file), Route.open(request -> new Answer(200, type, read(file))));
        }
        return routes;
    }

    private static byte[] read(String file) throws IOException {
        try (InputStream in = Dashboard.class.getResourceAsStream(FOLDER + file)) {
            if (in == null) {
                throw new IOException(file + " is missing in the jar");
            }
            return in.readAllBytes();
        }
    }
}
