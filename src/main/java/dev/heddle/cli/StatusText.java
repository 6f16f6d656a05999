package dev.heddle.cli;

import com.google.errorprone.annotations.FormatMethod;
import com.google.errorprone.annotations.FormatString;
import dev.heddle.admin.Capacity;
import dev.heddle.admin.Observed;
import dev.heddle.admin.Status;
import dev.heddle.config.Sizes;
import dev.heddle.text.Printable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A {@link Status} in lines, for people. */
final class StatusText {
    private final Status status;
    private final @Nullable Status before;
    private final List<String> lines = new ArrayList<>();

    /** @param before an earlier one, to see rates from; null: those of the last minute, if the server knows them */
    StatusText(Status status, @Nullable Status before) {
        this.status = status;
        this.before = before;
    }

    List<String> lines() {
        lines.add("heddle " + status.version() + ", pid " + status.pid() + ", up "
                + duration(status.now() - status.startedAt()) + ", "
                + (status.troubles().isEmpty() ? "ready" : "NOT READY: " + String.join(", ", status.troubles())));
        connections();
        messages();
        storage();
        memory();
        capacity(status.capacity());
        inboxes("fullest inboxes", status.fullestInboxes());
        inboxes("slowest clients", status.slowestClients());
        return lines;
    }

    private void connections() {
        Status.Connections now = status.connections();
        line(
                "connections",
                "%,d of %,d, %,d sessions, %,d watches; since start %,d, logins %,d, refused %,d, turned away %,d",
                now.open(),
                now.limit(),
                now.sessions(),
                now.watches(),
                now.opened(),
                now.logins(),
                now.failedLogins(),
                now.turnedAway());
        if (now.limitedConnections() + now.limitedLogins() > 0) {
            line(
                    "limited",
                    "%,d connections and %,d logins turned away for the limits of their address",
                    now.limitedConnections(),
                    now.limitedLogins());
        }
        Observed.Legacy legacy = status.legacy();
        if (legacy != null) {
            line(
                    "legacy",
                    "%,d of %,d; since start turned away %,d, messages refused %,d",
                    legacy.connections(),
                    legacy.limit(),
                    legacy.turnedAway(),
                    legacy.refusedSends());
        }
        line("users", "%,d of %,d", now.users(), now.userLimit());
    }

    private void messages() {
        Status.Traffic now = status.traffic();
        Status.Traffic then = before == null ? null : before.traffic();
        line(
                "messages",
                "%,d accepted%s, %,d delivered%s, %,d acknowledged, %,d expired",
                now.accepted(),
                rate(now.accepted(), then == null ? null : then.accepted(), now.acceptedPerSecond()),
                now.delivered(),
                rate(now.delivered(), then == null ? null : then.delivered(), now.deliveredPerSecond()),
                now.acknowledged(),
                now.expired());
        if (!now.rejected().isEmpty()) {
            line("rejected", "%s", codes(now.rejected()));
        }
        if (!now.goodbyes().isEmpty()) {
            line("goodbyes", "%s", codes(now.goodbyes()));
        }
        line(
                "waiting",
                "%,d messages, %s; %,d on their way to clients",
                status.storage().waitingMessages(),
                Sizes.format(status.storage().waitingBytes()),
                now.unacknowledged());
    }

    private String rate(long now, @Nullable Long then, @Nullable Double lastMinute) {
        long millis = before == null ? 0 : status.now() - before.now();
        if (then != null && millis > 0) {
            return String.format(Locale.ROOT, " (%,.0f/s)", (now - then) * 1e3 / millis);
        }
        return lastMinute == null ? "" : String.format(Locale.ROOT, " (%,.0f/s)", lastMinute);
    }

    private static String codes(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .map(code -> String.format(Locale.ROOT, "%s %,d", code.getKey(), code.getValue()))
                .collect(Collectors.joining(", "));
    }

    private void storage() {
        Status.Storage now = status.storage();
        line(
                "log",
                "%s of %s in %,d files, %.0f %% of it needed%s",
                Sizes.format(now.logBytes()),
                Sizes.format(now.logLimitBytes()),
                now.segments(),
                100 * now.liveShare(),
                now.diskFreeBytes() == null ? "" : "; the disk has " + Sizes.format(now.diskFreeBytes()) + " more");
        for (Status.Shard shard : status.shards()) {
            line(
                    "shard " + shard.number(),
                    "%,d commands wait, ring full %,d times, %.1f together; forces %,d, P50 %.2f P99 %.2f longest %.1f ms",
                    shard.ringCommands(),
                    shard.ringStalls(),
                    shard.commandsPerCycle(),
                    shard.forces().count(),
                    shard.forces().p50(),
                    shard.forces().p99(),
                    shard.forces().max());
        }
    }

    private void memory() {
        String parts = status.memory().stream()
                .map(part -> part.part() + " " + (part.used() == null ? "?" : Sizes.format(part.used()))
                        + (part.limit() == null ? "" : " of " + Sizes.format(part.limit())))
                .collect(Collectors.joining(", "));
        line("memory", "%s", parts);
    }

    private void capacity(Capacity left) {
        List<String> known = new ArrayList<>();
        if (left.messagesPerSecond() != null && left.cpuMicrosPerMessage() != null) {
            known.add(String.format(
                    Locale.ROOT,
                    "%,.0f messages/s at %.1f us of processor each",
                    left.messagesPerSecond(),
                    left.cpuMicrosPerMessage()));
        }
        if (left.connections() != null && left.heapBytesPerConnection() != null) {
            known.add(String.format(
                    Locale.ROOT,
                    "%,d more connections at %,.0f bytes of heap each",
                    left.connections(),
                    left.heapBytesPerConnection()));
        }
        if (left.diskHours() != null) {
            known.add(String.format(Locale.ROOT, "%,.0f hours of disk", left.diskHours()));
        }
        line("room for", "%s", known.isEmpty() ? "too little has been measured yet" : String.join("; ", known));
    }

    private void inboxes(String title, List<Status.Inbox> inboxes) {
        if (inboxes.isEmpty()) {
            return;
        }
        lines.add("");
        lines.add(String.format(
                Locale.ROOT,
                "%-32s %12s %10s %10s %10s %10s",
                title,
                "messages",
                "size",
                "unsent",
                "queued",
                "oldest"));
        for (Status.Inbox inbox : inboxes) {
            Status.Window window = inbox.window();
            lines.add(String.format(
                    Locale.ROOT,
                    "  %-30s %12s %10s %10s %10s %10s",
                    Printable.text(inbox.user()),
                    String.format(Locale.ROOT, "%,d", inbox.messages()),
                    Sizes.format(inbox.bytes()),
                    window == null ? "away" : String.format(Locale.ROOT, "%,d", inbox.unsent()),
                    window == null ? "" : Sizes.format(window.queuedBytes()),
                    inbox.oldestAt() == null ? "" : duration(status.now() - inbox.oldestAt())));
        }
    }

    @FormatMethod
    private void line(String name, @FormatString String format, Object... values) {
        lines.add(named(name, format, values));
    }

    @FormatMethod
    private static String named(String name, @FormatString String format, Object... values) {
        return String.format(Locale.ROOT, "%-12s ", name) + String.format(Locale.ROOT, format, values);
    }

    /** One inbox, in lines. */
    static List<String> inbox(Status.Inbox inbox, long now) {
        List<String> lines = new ArrayList<>();
        Long seen = inbox.lastSeenAt();
        String away = seen == null ? "never logged in" : "away, last seen " + duration(now - seen) + " ago";
        lines.add(named(Printable.text(inbox.user()), "%s", inbox.online() ? "online" : away));
        lines.add(named("waiting", "%,d messages, %s", inbox.messages(), Sizes.format(inbox.bytes())));
        if (inbox.oldestAt() != null) {
            lines.add(named("oldest", "accepted %s ago", duration(now - inbox.oldestAt())));
        }
        lines.add(named("cursor", "%,d, of %,d", inbox.cursor(), inbox.lastSeq()));
        Status.Window window = inbox.window();
        if (window != null) {
            lines.add(named(
                    "window",
                    "%,d of %,d messages and %s of %s unacknowledged, %,d not yet sent, %s queued",
                    window.unacknowledged(),
                    window.messages(),
                    Sizes.format(window.unacknowledgedBytes()),
                    Sizes.format(window.bytes()),
                    inbox.unsent(),
                    Sizes.format(window.queuedBytes())));
        }
        return lines;
    }

    private static String duration(long millis) {
        Duration time = Duration.ofMillis(Math.max(0, millis));
        if (time.toDays() > 0) {
            return time.toDays() + "d " + time.toHoursPart() + "h";
        }
        if (time.toHours() > 0) {
            return time.toHours() + "h " + time.toMinutesPart() + "m";
        }
        return time.toMinutes() > 0
                ? time.toMinutes() + "m " + time.toSecondsPart() + "s"
                : String.format(Locale.ROOT, "%.1fs", millis / 1e3);
    }
}
