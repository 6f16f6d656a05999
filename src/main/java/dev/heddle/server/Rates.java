package dev.heddle.server;

import dev.heddle.config.RateSettings;
import dev.heddle.edge.AddressLimits;
import dev.heddle.shard.Allowance;

/** What the settings say of rates, as those who hold to them want it. */
final class Rates {
    private Rates() {}

    static Allowance perUser(RateSettings rates) {
        RateSettings.Traffic traffic = rates.user();
        return new Allowance(traffic.messages(), traffic.bytes(), rates.userNames(), rates.reserveNanos());
    }

    static AddressLimits perAddress(RateSettings rates) {
        return new AddressLimits(
                rates.addressConnections(),
                new Allowance(rates.addressArrivals(), 0, rates.reserveNanos()),
                new Allowance(rates.addressLogins(), 0, rates.reserveNanos()),
                traffic(rates.address(), rates),
                rates.loopback());
    }

    private static Allowance traffic(RateSettings.Traffic traffic, RateSettings rates) {
        return new Allowance(traffic.messages(), traffic.bytes(), rates.reserveNanos());
    }
}
