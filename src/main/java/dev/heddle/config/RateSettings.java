package dev.heddle.config;

import java.util.concurrent.TimeUnit;

/**
 * How fast a user and an address may go; 0 a second: as fast as they like.
 *
 * @param user what one user sends, on whatever connections
 * @param userNames new names a second that one user may write to
 * @param address what all connections from one address send
 * @param addressConnections at once; 0: no limit
 * @param addressArrivals new connections a second
 * @param addressLogins a second
 * @param reserveSeconds for so long one may do nothing, and then do it at once
 * @param loopback whether all this holds for connections from the machine itself, too
 */
public record RateSettings(
        Traffic user,
        long userNames,
        Traffic address,
        int addressConnections,
        long addressArrivals,
        long addressLogins,
        int reserveSeconds,
        boolean loopback) {
    /** So much a second. */
    public record Traffic(long messages, long bytes) {}

    private static final long MOST = 1_000_000_000;

    private static final Setting<Long> USER_MESSAGES = Setting.of("rate.user.messages", Kind.number(0, MOST), "10000")
            .in("messages/s")
            .means("that a user may send (all frames but ACK); 0: no limit")
            .reloadable();
    private static final Setting<Long> USER_BYTES = Setting.of("rate.user.bytes", Kind.bytes(0, 1 << 30), "16m")
            .in("bytes/s")
            .means("that a user may send; 0: no limit")
            .reloadable();
    private static final Setting<Long> USER_NAMES = Setting.of("rate.user.names", Kind.number(0, MOST), "10")
            .in("names/s")
            .means("that nobody knew before and a user may write to; 0: no limit")
            .reloadable();
    private static final Setting<Long> ADDRESS_MESSAGES = Setting.of(
                    "rate.address.messages", Kind.number(0, MOST), "100000")
            .in("messages/s")
            .means("that may come from an address (of IPv6, a /64), counted likewise; 0: no limit")
            .reloadable();
    private static final Setting<Long> ADDRESS_BYTES = Setting.of("rate.address.bytes", Kind.bytes(0, 1 << 30), "128m")
            .in("bytes/s")
            .means("that may come from an address; 0: no limit")
            .reloadable();
    private static final Setting<Long> ADDRESS_ARRIVALS = Setting.of(
                    "rate.address.connections", Kind.number(0, MOST), "1000")
            .in("connections/s")
            .means("new ones from an address, then OVERLOADED; 0: no limit")
            .reloadable();
    private static final Setting<Long> ADDRESS_LOGINS = Setting.of("rate.address.logins", Kind.number(0, MOST), "500")
            .in("logins/s")
            .means("from an address; more wait, for 2 s at most, then OVERLOADED; 0: no limit")
            .reloadable();
    private static final Setting<Long> ADDRESS_CONNECTIONS = Setting.of(
                    "max.connections.per.address", Kind.number(0, 1_000_000), "4096")
            .in("connections")
            .means("at once from an address, then OVERLOADED; 0: no limit")
            .reloadable();
    private static final Setting<Long> RESERVE = Setting.of("rate.reserve.seconds", Kind.number(1, 3600), "10")
            .in("s")
            .means("a pause of so long may be made up for all at once")
            .reloadable();
    private static final Setting<Boolean> LOOPBACK = Setting.of("rate.loopback", Kind.FLAG, "no")
            .means("whether these limits hold for connections from the loopback addresses, too")
            .reloadable();

    static final Area AREA = Area.of(
            "How fast users and addresses may go",
            USER_MESSAGES,
            USER_BYTES,
            USER_NAMES,
            ADDRESS_MESSAGES,
            ADDRESS_BYTES,
            ADDRESS_ARRIVALS,
            ADDRESS_LOGINS,
            ADDRESS_CONNECTIONS,
            RESERVE,
            LOOPBACK);

    static RateSettings of(Values values) {
        return new RateSettings(
                new Traffic(values.get(USER_MESSAGES), values.get(USER_BYTES)),
                values.get(USER_NAMES),
                new Traffic(values.get(ADDRESS_MESSAGES), values.get(ADDRESS_BYTES)),
                values.integer(ADDRESS_CONNECTIONS),
                values.get(ADDRESS_ARRIVALS),
                values.get(ADDRESS_LOGINS),
                values.integer(RESERVE),
                values.get(LOOPBACK));
    }

    public long reserveNanos() {
        return TimeUnit.SECONDS.toNanos(reserveSeconds);
    }
}
