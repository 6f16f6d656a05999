package dev.heddle.edge;

import dev.heddle.shard.Allowance;

/**
 * What all connections from one address may do together. Of IPv6 a /64 counts as one address.
 *
 * @param connections at once; 0: no limit
 * @param arrivals of new connections; one too many is turned away
 * @param logins one too many waits, {@link Origin#MOST_WAIT_NANOS} at most, and is then turned away
 * @param traffic what comes in; the connections are held back
 * @param loopback whether this and the allowance of users hold for the loopback addresses, too
 */
public record AddressLimits(
        int connections, Allowance arrivals, Allowance logins, Allowance traffic, boolean loopback) {
    /** No limits. */
    public static final AddressLimits NONE =
            new AddressLimits(0, Allowance.UNLIMITED, Allowance.UNLIMITED, Allowance.UNLIMITED, false);
}
