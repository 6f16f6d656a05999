package dev.heddle.verify.scenario;

import dev.heddle.verify.oracle.Ledger;
import dev.heddle.verify.process.Credentials;
import dev.heddle.verify.process.ServerUnderTest;
import dev.heddle.verify.report.Notebook;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What the other scenarios leave out: TLS, tokens, several shards, signals, the client library, and a backup that a second server
 * is started on.
 */
final class Secured implements Scenario {
    private static final int AWAY = 4;
    private static final int SIGNALS = 100;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Override
    public String name() {
        return "secured";
    }

    @Override
    public String question() {
        return "Do the promises hold over TLS, with tokens, on several shards, and in a copy of the server?";
    }

    @Override
    public int seconds(Size size) {
        return size.pick(8, 14, 60);
    }

    @Override
    public void run(Bench bench, Notebook notes) throws Exception {
        int people = bench.size().pick(6, 12, 40);
        int perSecond = bench.size().pick(50, 100, 50);
        double seconds = bench.size().pick(0.5, 1.5, 15.0);
        notes.setUp(
                people + " clients of the Java library, over TLS and with tokens, on a server with 4 shards, each send "
                        + perSecond + " messages/s by turns to each other and to " + AWAY
                        + " users who are away. A backup is taken, "
                        + "then the server is killed (kill -9) and started again; at the end those who were away log in, there and on a "
                        + "second server that is started on the copy.");
        Credentials credentials = Credentials.in(bench.file("credentials"));
        int port = ServerUnderTest.freePort();
        ServerUnderTest.Setup plain =
                ServerUnderTest.Setup.DEFAULT.with("shards=4").with("max.users=100000");
        ServerUnderTest server = bench.server(credentials.on(plain, port));
        long begun = System.nanoTime();
        Crowd crowd = bench.keep(new Crowd(credentials, port, people, AWAY));
        strangers(notes, credentials, port);
        signals(notes, crowd);

        crowd.send(perSecond);
        ChaosRig.pause(seconds);
        List<Crowd.Sent> beforeCopy = crowd.acceptedForAway();
        Path copy = bench.file("copy");
        notes.note("The server said: " + server.command("backup", copy.toString()));
        ChaosRig.pause(seconds / 2);
        server.kill();
        notes.figure("from kill -9 to ready", server.restart().toMillis(), "ms");
        ChaosRig.pause(seconds);
        crowd.stop(PATIENCE);
        long stopped = System.currentTimeMillis();
        // Long enough that a message which says "accepted when it was read" is told apart.
        ChaosRig.pause(1.5);
        Crowd.Collected _ = crowd.collectAway(crowd.ledger(), stopped, PATIENCE);
        crowd.awaitArrivals(PATIENCE);
        crowd.close();
        notes.check(
                "every message says truly when it was accepted",
                "0 wrong",
                Notebook.number(crowd.wrongTimes()),
                crowd.wrongTimes() == 0);
        Promises.everyMessage(notes, crowd.ledger().judge());
        Promises.belowCeiling(notes, server, begun);
        copied(bench, notes, new Copy(copy, credentials, plain, stopped), beforeCopy);
    }

    /** A login without a token, with another user's token, or without TLS at the TLS port has to fail. */
    private static void strangers(Notebook notes, Credentials credentials, int port) throws InterruptedException {
        List<String> inside = new ArrayList<>();
        for (String token : List.of("", credentials.token("somebody-else"), credentials.token("stranger") + "x")) {
            if (Crowd.getsIn(credentials, port, "stranger", token)) {
                inside.add(token.isEmpty() ? "without a token" : token);
            }
        }
        notes.check("who has no token of its own does not get in", "0 of 3", inside.size() + " of 3", inside.isEmpty());
    }

    private static void signals(Notebook notes, Crowd crowd) throws InterruptedException {
        crowd.signal(SIGNALS);
        long sent = crowd.signalsSent();
        long arrived = crowd.awaitSignals(sent, Duration.ofSeconds(3));
        notes.check(
                "signals reach those who read",
                "at least 95 % of " + Notebook.number(sent) + ", none twice",
                Notebook.number(arrived),
                arrived >= sent * 95 / 100 && arrived <= sent);
    }

    /** A copy of a server, whose original took nothing more from that time on. */
    private record Copy(Path folder, Credentials credentials, ServerUnderTest.Setup plain, long stopped) {}

    /** What was accepted before the backup was asked for is in the copy, once and in order. */
    private static void copied(Bench bench, Notebook notes, Copy copy, List<Crowd.Sent> before)
            throws IOException, InterruptedException {
        int port = ServerUnderTest.freePort();
        ServerUnderTest second = bench.server(copy.folder(), copy.credentials().on(copy.plain(), port));
        long asked = before.stream().mapToLong(Crowd.Sent::accepted).sum();
        try (Crowd readers = new Crowd(copy.credentials(), port, 0, AWAY)) {
            Ledger found = new Ledger();
            before.forEach(sent -> sent.enter(found));
            Crowd.Collected collected = readers.collectAway(found, copy.stopped(), PATIENCE);
            notes.figure("messages in the copy for those who were away", collected.messages(), "");
            notes.check(
                    "the copy holds what was accepted before it was asked for",
                    "0 missing of " + Notebook.number(asked),
                    Notebook.number(found.missing()) + " missing",
                    asked > 0 && found.missing() == 0);
            notes.check(
                    "nothing in the copy comes twice, out of order or with a wrong time",
                    "0",
                    found.judge().faults("duplicated") + ", " + found.judge().faults("reordered") + ", "
                            + collected.wrongTimes(),
                    found.judge().faults("duplicated") + found.judge().faults("reordered") + collected.wrongTimes()
                            == 0);
        }
        int status = second.stop();
        notes.check("the server on the copy stops in good order", "status 0", "status " + status, status == 0);
    }
}
