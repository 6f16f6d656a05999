package dev.heddle.admin;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What the admin port has to say about a server, and the thread that looks at it every few seconds, so that rates are known
 * when somebody asks. Started and closed by the server's thread.
 */
public final class Oversight implements AutoCloseable {
    private final Observer observer;
    private final History history = new History();
    private final LatestForces forces = new LatestForces();
    private final Map<String, Route> routes = new TreeMap<>();
    private final ScheduledExecutorService sampler = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("heddle-sampler").daemon(true).factory());

    public Oversight(Observed server) {
        Inquiry inquiry = new Inquiry(server.router());
        this.observer = new Observer(server, inquiry);
        Rankings rankings = new Rankings(inquiry, server::nanos);
        routes.put("/status", Route.read(new StatusPage(server, observer, rankings, history, forces)));
        routes.putAll(Dashboard.routes());
        routes.put("/metrics", Route.read(new MetricsPage(server, observer, rankings)));
        routes.put("/inbox", Route.read(new InboxPage(inquiry)));
        routes.put("/kick", Route.act(new KickPage(inquiry)));
        routes.put("/remove", Route.act(new RemovePage(inquiry)));
        routes.put("/health/live", Route.open(request -> HealthPage.live()));
        routes.put("/health/ready", Route.open(request -> HealthPage.ready(observer)));
    }

    /** Its pages by their paths. */
    public Map<String, Route> routes() {
        return Map.copyOf(routes);
    }

    public void start() {
        Future<?> _ = sampler.scheduleWithFixedDelay(
                this::sample, History.PERIOD_SECONDS, History.PERIOD_SECONDS, TimeUnit.SECONDS);
    }

    private void sample() {
        try {
            Observation seen = observer.observe();
            history.add(Sample.of(seen));
            forces.add(seen);
        } catch (UnansweredException busy) {
            // Then the rates bridge a gap.
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        sampler.shutdownNow();
    }
}
