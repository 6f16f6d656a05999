package dev.heddle.verify.scenario;

import dev.heddle.verify.load.Histograms;
import dev.heddle.verify.load.LoadProcess;
import dev.heddle.verify.load.PresenceRun;
import dev.heddle.verify.process.ServerUnderTest;
import dev.heddle.verify.report.Notebook;
import dev.heddle.verify.report.Plot;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Who is online? Asked about a million users, while many of them come and go. */
final class KnownUsers implements Scenario {
    private static final int POPULATION = 1_000_000;

    /** Of each watched user. More than a machine word has bits, and than the server tells at a time. */
    private static final int WATCHERS = 100;

    @Override
    public String name() {
        return "presence";
    }

    @Override
    public String question() {
        return "Is every answer about who is online true, and how late does a watcher hear of a change?";
    }

    @Override
    public int seconds(Size size) {
        return size.pick(8, 16, 120);
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        int seeded = bench.size().pick(200, 10_000, 200_000);
        double seconds = bench.size().pick(4.0, 9.0, 60.0);
        notes.setUp(
                "Queries about " + Notebook.number(POPULATION) + " user names, one in ten about the hundred most asked"
                        + " for, the others by lot, while 300 connections log users in and out; " + WATCHERS
                        + " watchers watch 50 users who change every 2.5 s. An answer is wrong if its state or its last seen time"
                        + " cannot have been true at any instant between question and answer.");
        if (bench.size() != Size.TINY) {
            notes.limit(
                    "users that have logged in before the questions",
                    Notebook.number(POPULATION),
                    Notebook.number(seeded),
                    "each login is one of its own, and the time is short; all the others are rightly never seen");
        }
        ServerUnderTest server = bench.server(ServerUnderTest.Setup.DEFAULT);
        LoadProcess load = bench.load("presence");
        long begun = System.nanoTime();
        PresenceRun.Result result = load.presence(new PresenceRun.Order(
                server.port(), POPULATION, 100, seeded, 300, 4, WATCHERS, 50, seconds, bench.seed()));

        Histogram latency = Histograms.decode(result.latency());
        Histogram staleness = Histograms.decode(result.staleness());
        notes.figure("logins with logout, one after the other on 300 connections", result.seedLoginsPerSecond(), "/s");
        notes.figure("logins in all", result.logins(), "");
        notes.figure("users known to the server", result.users(), "");
        notes.figure("queries", result.queriesPerSecond(), "/s", "failed: tables were missing");
        notes.figure("a batch of 32 queries, P50", latency.getValueAtPercentile(50) / 1e6, "ms");
        notes.figure("a batch of 32 queries, P99", latency.getValueAtPercentile(99) / 1e6, "ms");
        notes.figure("a watcher hears of a change after, P50", staleness.getValueAtPercentile(50) / 1e6, "ms");
        notes.figure("a watcher hears of a change after, P99", staleness.getValueAtPercentile(99) / 1e6, "ms");
        notes.check(
                "no answer is wrong",
                "0 of " + Notebook.number(result.queries()),
                result.wrong() + (result.example().isEmpty() ? "" : ", e.g. " + result.example()),
                result.wrong() == 0);
        notes.check("something was measured", "queries", Notebook.number(result.queries()), result.queries() > 0);
        notes.check(
                "every watcher hears of every change before the next one, 2.5 s later",
                "0 of " + Notebook.number(result.changes()) + " missed",
                Notebook.number(result.missed()),
                result.missed() == 0);
        notes.check(
                "no watcher is told of a change twice",
                "0",
                Notebook.number(result.repeated()),
                result.repeated() == 0);
        notes.atMost("watchers hear of a change, P99", staleness.getValueAtPercentile(99) / 1e6, 1500, "ms");
        notes.histogram("a batch of 32 queries", result.latency());
        notes.histogram("staleness of watches", result.staleness());
        notes.plot(new Plot(
                "presence",
                "Presence",
                "one in so many is slower",
                "ms",
                true,
                List.of(
                        Notebook.percentiles("32 queries", latency),
                        Notebook.percentiles("staleness of a watch", staleness)),
                List.of()));
        Promises.belowCeiling(notes, server, begun);
    }
}
