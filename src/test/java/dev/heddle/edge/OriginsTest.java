package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.shard.Allowance;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class OriginsTest {
    private static final long SECOND = 1_000_000_000L;
    private static final Allowance TWO_A_SECOND = new Allowance(2, 0, SECOND);
    private static final AddressLimits LIMITS =
            new AddressLimits(3, new Allowance(10, 0, SECOND), TWO_A_SECOND, TWO_A_SECOND, true);

    private final Origins origins = new Origins();

    private @Nullable Origin arrive(String address, long now) throws UnknownHostException {
        return origins.arrived(InetAddress.getByName(address), LIMITS, now);
    }

    private Origin welcome(String address, long now) throws UnknownHostException {
        return Objects.requireNonNull(arrive(address, now));
    }

    private void comesAndGoes(int address, long now) throws UnknownHostException {
        byte[] bytes = ByteBuffer.allocate(4).putInt(0x0a00_0000 + address).array();
        origins.left(Objects.requireNonNull(origins.arrived(InetAddress.getByAddress(bytes), LIMITS, now)));
    }

    @Test
    void an_address_has_so_many_connections_at_once_and_others_theirs() throws Exception {
        Origin first = welcome("10.0.0.1", 0);
        assertThat(arrive("10.0.0.1", 0)).isSameAs(first);
        assertThat(arrive("10.0.0.1", 0)).isSameAs(first);
        assertThat(arrive("10.0.0.1", 0)).isNull();
        assertThat(arrive("10.0.0.2", 0)).isNotNull().isNotSameAs(first);
        origins.left(first);
        assertThat(arrive("10.0.0.1", 0)).isSameAs(first);
        assertThat(arrive("10.0.0.1", 0)).isNull();
    }

    @Test
    void connections_that_come_too_fast_are_turned_away_and_cost_nothing() throws Exception {
        int admitted = 0;
        for (int i = 0; i < 1000; i++) {
            Origin origin = arrive("10.0.0.1", SECOND * i / 100);
            if (origin != null) {
                admitted++;
                origins.left(origin);
            }
        }
        assertThat(admitted).isBetween(110, 112);
    }

    @Test
    void of_logins_so_many_come_in_at_once_some_wait_their_turn_and_the_others_are_turned_away() throws Exception {
        Origin origin = welcome("10.0.0.1", 0);
        long[] waits = new long[8];
        for (int i = 0; i < waits.length; i++) {
            waits[i] = origin.logsIn(TWO_A_SECOND, 0);
        }
        assertThat(waits)
                .containsExactly(0, 0, 0, SECOND / 2, SECOND, SECOND + SECOND / 2, 2 * SECOND, Origin.NOT_AT_ALL);
        assertThat(origin.logsIn(TWO_A_SECOND, SECOND / 2)).isEqualTo(2 * SECOND);
    }

    @Test
    void all_connections_from_an_address_draw_on_one_allowance_even_when_they_come_back() throws Exception {
        Origin origin = welcome("10.0.0.1", 0);
        assertThat(origin.charge(TWO_A_SECOND, 0, 2, 100)).isZero();
        origins.left(origin);
        assertThat(welcome("10.0.0.1", 0).charge(TWO_A_SECOND, 0, 2, 100)).isEqualTo(SECOND);
        assertThat(welcome("10.0.0.2", 0).charge(TWO_A_SECOND, 0, 2, 100)).isZero();
    }

    @Test
    void the_loopback_is_free_unless_told_otherwise() throws Exception {
        InetAddress loopback = InetAddress.getByName("127.0.0.9");
        Origin free = Objects.requireNonNull(origins.arrived(loopback, AddressLimits.NONE, 0));
        assertThat(free.isFree()).isTrue();
        assertThat(free.charge(TWO_A_SECOND, 0, 1000, 0)).isZero();
        assertThat(free.logsIn(TWO_A_SECOND, 0)).isZero();
        origins.left(free);
        assertThat(Objects.requireNonNull(origins.arrived(loopback, LIMITS, 0)).isFree())
                .isFalse();
        assertThat(welcome("::1", 0).isFree()).isFalse();
    }

    @Test
    void the_second_half_of_an_address_of_ipv6_makes_no_difference() throws Exception {
        Origin origin = welcome("2001:db8::1", 0);
        assertThat(arrive("2001:db8::ffff:1:2:3", 0)).isSameAs(origin);
        assertThat(arrive("2001:db8:0:1::1", 0)).isNotSameAs(origin);
        assertThat(arrive("::ffff:10.0.0.1", 0)).isSameAs(arrive("10.0.0.1", 0));
    }

    @Test
    void of_a_hundred_thousand_addresses_few_are_remembered_and_who_owes_most_longest() throws Exception {
        Origin debtor = welcome("192.168.0.1", 0);
        debtor.charge(TWO_A_SECOND, 0, 1000, 0);
        origins.left(debtor);
        Origin connected = welcome("192.168.0.2", 0);
        for (int i = 0; i < 100_000; i++) {
            comesAndGoes(i, i);
            assertThat(origins.size()).isLessThanOrEqualTo(Origins.MOST_REMEMBERED + 2);
        }
        assertThat(origins.size()).isGreaterThan(Origins.MOST_REMEMBERED / 2);
        assertThat(arrive("192.168.0.1", SECOND)).isSameAs(debtor);
        assertThat(arrive("192.168.0.2", SECOND)).isSameAs(connected);
    }
}
