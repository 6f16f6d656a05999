package dev.heddle.verify.scenario;

import dev.heddle.verify.fault.SetClock;
import dev.heddle.verify.load.Talk;
import dev.heddle.verify.process.ServerUnderTest;
import dev.heddle.verify.report.Notebook;
import dev.heddle.wire.RejectCode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * One run of the scenario {@link Clock}; one thread. Somebody sends to people who are away, the clock is set, and one of them after
 * the other comes and counts.
 */
final class ClockCourse {
    private static final Duration DAY = Duration.ofDays(1);
    private static final Instant EARLIEST = Instant.parse("2026-01-02T00:00:00Z");
    private static final Instant LATE = Instant.parse("2100-01-01T00:00:00Z");
    private static final String SENDER = "sender";
    static final int EACH = 20;
    static final int RECIPIENTS = 12;

    private static final int PATIENCE_MILLIS = 5000;
    /** Between what this process and the server read. */
    private static final long APART_MILLIS = 5000;

    /** What was seen that must not be, and how often. */
    private static final class Findings {
        long missing;
        long doubled;
        long notAccepted;
        long duplicates;
        long idsBack;
        long timesWrong;
        long seenAhead;
        long lastFirstId;
    }

    private final Findings found = new Findings();
    /** Waiting messages of each absent user; -1 once the user has logged in. */
    private final List<Integer> unread = new ArrayList<>();

    private int sent;
    private final Bench bench;
    private final Notebook notes;
    private final SetClock clock;

    ClockCourse(Bench bench, Notebook notes, SetClock clock) {
        this.bench = bench;
        this.notes = notes;
        this.clock = clock;
    }

    void run() throws Exception {
        long past = Math.max(EARLIEST.toEpochMilli() - System.currentTimeMillis(), -300 * DAY.toMillis());
        clock.set(past);
        ServerUnderTest.Setup setup = new ServerUnderTest.Setup("256m", List.of("max.users=10000"));
        Path data = bench.file("data-clock");
        ServerUnderTest server =
                bench.keep(ServerUnderTest.start(bench.launch().serverBehind(clock.before()), data, setup));
        for (int i = 0; i < RECIPIENTS; i++) {
            unread.add(0);
        }
        talk(server, EACH);
        clock.set(0);
        look(server, 0);
        for (long step :
                new long[] {31 * DAY.toMillis(), 0, -Duration.ofHours(5).toMillis(), 0}) {
            clock.set(step);
            talk(server, 1);
            look(server, 0);
        }
        clock.set(31 * DAY.toMillis());
        int status = server.stop();
        notes.check("a server drains by a clock that is wrong", "exit 0", "exit " + status, status == 0);
        server.restart();
        talk(server, 1);
        look(server, 1);
        server.kill();
        clock.set(0);
        server.restart();
        talk(server, 1);
        look(server, 2);
        int restarts = bench.size().pick(2, 3, 30);
        long before = leadMillis();
        for (int i = 0; i < restarts; i++) {
            server.stop();
            server.restart();
            talk(server, 1);
        }
        notes.atMost("message ids that clean restarts give away", (leadMillis() - before) / 1000.0, 120, "s");
        onACopy(server, setup);
        report();
    }

    /** How far the latest first id is ahead of this machine's clock. */
    private long leadMillis() {
        return (found.lastFirstId >>> 20) - System.currentTimeMillis();
    }

    /** So many messages to everybody who has not come yet. */
    private void talk(ServerUnderTest server, int each) throws IOException {
        try (Talk talk = login(server, SENDER)) {
            for (int to = 0; to < unread.size(); to++) {
                int next = unread.get(to);
                for (int i = next; next >= 0 && i < next + each; i++) {
                    RejectCode rejected = talk.send("away-" + to, Integer.toString(i));
                    sent++;
                    found.notAccepted += rejected == null ? 0 : 1;
                    found.duplicates += rejected == RejectCode.DUPLICATE ? 1 : 0;
                }
                unread.set(to, next < 0 ? next : next + each);
            }
            talk.logOut();
        }
    }

    private Talk login(ServerUnderTest server, String user) throws IOException {
        Talk talk = new Talk(server.port(), user, 0);
        found.timesWrong += Math.abs(talk.serverTime() - clock.millis()) > APART_MILLIS ? 1 : 0;
        found.idsBack += Long.compareUnsigned(talk.firstId(), found.lastFirstId) <= 0 ? 1 : 0;
        found.lastFirstId = talk.firstId();
        return talk;
    }

    /** The next absent user logs in and has to receive everything. */
    private void look(ServerUnderTest server, int more) throws IOException {
        for (int i = 0; i <= more; i++) {
            int who = 0;
            while (unread.get(who) < 0) {
                who++;
            }
            read(server, who);
        }
    }

    private void read(ServerUnderTest server, int who) throws IOException {
        int expected = unread.get(who);
        unread.set(who, -1);
        try (Talk talk = login(server, "away-" + who)) {
            for (int i = 0; i < expected; i++) {
                String body = talk.receive(PATIENCE_MILLIS);
                if (body == null) {
                    found.missing += expected - i;
                    break;
                }
                found.doubled += body.equals(Integer.toString(i)) ? 0 : 1;
            }
            found.seenAhead += talk.lastSeen(SENDER) > clock.millis() + APART_MILLIS ? 1 : 0;
            talk.logOut();
        }
    }

    private void onACopy(ServerUnderTest server, ServerUnderTest.Setup setup) throws Exception {
        Path copy = bench.file("copy-clock");
        backup(server.data(), copy);
        server.stop();
        clock.set(LATE.toEpochMilli() - System.currentTimeMillis());
        ServerUnderTest copied =
                bench.keep(ServerUnderTest.start(bench.launch().serverBehind(clock.before()), copy, setup));
        talk(copied, 2);
        look(copied, 0);
        copied.kill();
        copied.restart();
        talk(copied, 2);
        look(copied, 0);
        copied.stop();
        clock.set(0);
        copied.restart();
        talk(copied, 1);
        while (unread.stream().anyMatch(count -> count >= 0)) {
            look(copied, 0);
        }
    }

    private static void backup(Path data, Path copy) throws IOException, InterruptedException {
        List<String> door = Files.readAllLines(data.resolve("heddle.admin"));
        try (HttpClient http = HttpClient.newHttpClient()) {
            String said = ask(http, door, "/backup?folder=" + copy, "POST");
            for (int i = 0; i < 200 && !said.contains("DONE") && !said.contains("FAILED"); i++) {
                LockSupport.parkNanos(50_000_000);
                said = ask(http, door, "/backup/progress", "GET");
            }
            if (!said.contains("DONE")) {
                throw new IOException("no copy: " + said);
            }
        }
    }

    private static String ask(HttpClient http, List<String> door, String path, String method)
            throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(door.getFirst() + path))
                .header("Authorization", "Bearer " + door.getLast())
                .method(method, HttpRequest.BodyPublishers.noBody())
                .timeout(Duration.ofSeconds(10))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private void report() {
        notes.figure("messages", sent, "");
        none("a clock that is set expires or loses nothing", found.missing);
        none("messages come once and in order", found.doubled);
        none("every message is accepted", found.notAccepted);
        none("nothing new is called a DUPLICATE", found.duplicates);
        none("first ids only rise", found.idsBack);
        none("the server says the time that its clock shows", found.timesWrong);
        none("nobody was last seen in the future", found.seenAhead);
    }

    private void none(String promise, long count) {
        notes.check(promise, "0 exceptions", Long.toString(count), count == 0);
    }
}
