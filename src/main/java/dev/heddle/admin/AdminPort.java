package dev.heddle.admin;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.heddle.events.Event;
import dev.heddle.events.EventLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP port for operators; opened and closed by the server's thread, its requests are handled by threads of its own, as
 * many at a time as there are connections, which {@code etc/jvm.options} limits, together with the time that a request may
 * take to arrive and its answer to leave.
 */
public final class AdminPort implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminPort.class);

    /** Connections that wait to be accepted. */
    private static final int PENDING = 50;

    /** What {@code jdk.httpserver.maxConnections} is: one more is closed at once. */
    public static final int MOST_CONNECTIONS = 128;

    private static final int IDLE_SECONDS = 10;

    /** For every answer: nothing of it is kept, embedded, or made to load or run what is not from here. */
    private static final Map<String, String> SECURITY = Map.of(
            "Content-Security-Policy",
            "default-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "X-Frame-Options",
            "DENY",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Resource-Policy",
            "same-origin",
            "Cache-Control",
            "no-store");

    private final HttpServer http;
    private final ThreadPoolExecutor threads;
    private final Gate gate;
    private final Map<String, Route> routes;
    private final EventLog events;

    /**
     * Opens the port; answers from {@link #start} on.
     *
     * @param routes by their path; there is nothing else
     * @throws IOException if the address cannot be bound
     */
    public AdminPort(InetSocketAddress address, Credentials credentials, Map<String, Route> routes, EventLog events)
            throws IOException {
        this.gate = new Gate(credentials);
        this.routes = Map.copyOf(routes);
        this.events = events;
        this.threads = new ThreadPoolExecutor(
                0,
                MOST_CONNECTIONS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                Thread.ofPlatform().name("heddle-admin-", 0).daemon(true).factory());
        this.http = HttpServer.create(address, PENDING);
        http.setExecutor(threads);
        http.createContext("/", this::handle);
    }

    public void start() {
        http.start();
    }

    /** Where it listens. */
    public InetSocketAddress address() {
        return http.getAddress();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            Headers headers = exchange.getResponseHeaders();
            SECURITY.forEach(headers::set);
            headers.set("Content-Type", answer.contentType());
            byte[] body = "HEAD".equals(exchange.getRequestMethod()) ? new byte[0] : answer.body();
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private Answer answer(HttpExchange exchange) {
        Headers asked = exchange.getRequestHeaders();
        Route route = routes.get(exchange.getRequestURI().getPath());
        Route.Access access = route == null ? Route.Access.READ : route.access();
        Answer refusal = gate.refuse(access, asked.getFirst("Host"), asked.getFirst("Authorization"));
        Headers headers = exchange.getResponseHeaders();
        if (refusal != null) {
            if (refusal.status() == 401 && access == Route.Access.READ) {
                headers.set("WWW-Authenticate", "Basic realm=\"heddle\", charset=\"UTF-8\"");
            }
            return refusal;
        }
        if (route == null) {
            return Answer.error(404, "there is no such page");
        }
        if (!access.method().equals(exchange.getRequestMethod())) {
            headers.set("Allow", access.method());
            return Answer.error(405, "only " + access.method());
        }
        try {
            Request request = Request.of(exchange.getRequestURI().getRawQuery(), accept(asked));
            return route.handler().answer(request);
        } catch (BadRequestException wrong) {
            return Answer.error(400, String.valueOf(wrong.getMessage()));
        } catch (UnansweredException busy) {
            return Answer.error(503, String.valueOf(busy.getMessage()));
        } catch (Exception | LinkageError failure) {
            events.at(LOG, Event.FAULT)
                    .addKeyValue("path", exchange.getRequestURI().getPath())
                    .setCause(failure)
                    .log();
            return Answer.error(500, "the server's fault, see its log");
        }
    }

    private static @Nullable String accept(Headers asked) {
        List<String> lines = asked.get("Accept");
        return lines == null ? null : String.join(",", lines);
    }

    /** Ends at once; answers that are under way are not finished. */
    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }
}
