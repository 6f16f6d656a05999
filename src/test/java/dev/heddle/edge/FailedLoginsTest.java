package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

final class FailedLoginsTest {
    private final FailedLogins failures = new FailedLogins();

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }

    @Test
    void each_failure_doubles_the_wait_up_to_a_limit() throws Exception {
        long expected = FailedLogins.FIRST_NANOS;
        for (int failure = 0; failure < 100; failure++) {
            assertThat(failures.failed(address("127.0.0.1"), failure)).isEqualTo(expected);
            expected = Math.min(2 * expected, FailedLogins.MOST_NANOS);
        }
    }

    @Test
    void a_minute_without_a_failure_is_a_new_beginning() throws Exception {
        InetAddress address = address("127.0.0.1");
        for (int failure = 0; failure < 9; failure++) {
            failures.failed(address, 0);
        }
        assertThat(failures.failed(address, FailedLogins.FORGIVEN_NANOS - 1)).isEqualTo(FailedLogins.MOST_NANOS);
        assertThat(failures.failed(address, 2 * FailedLogins.FORGIVEN_NANOS)).isEqualTo(FailedLogins.FIRST_NANOS);
    }

    @Test
    void addresses_do_not_slow_each_other() throws Exception {
        for (int failure = 0; failure < 9; failure++) {
            failures.failed(address("127.0.0.1"), 0);
            failures.failed(address("2001:db8:0:1::1"), 0);
        }
        assertThat(failures.failed(address("127.0.0.2"), 0)).isEqualTo(FailedLogins.FIRST_NANOS);
        assertThat(failures.failed(address("2001:db8:0:2::1"), 0)).isEqualTo(FailedLogins.FIRST_NANOS);
    }

    @Test
    void the_second_half_of_an_address_of_ipv6_makes_no_difference() throws Exception {
        failures.failed(address("2001:db8::1"), 0);
        assertThat(failures.failed(address("2001:db8::ffff:1:2:3"), 0)).isEqualTo(2 * FailedLogins.FIRST_NANOS);
    }

    @Test
    void of_too_many_addresses_those_that_failed_longest_ago_are_forgotten() throws Exception {
        InetAddress stubborn = address("127.255.0.1");
        for (int i = 0; i < 3 * FailedLogins.MOST_ADDRESSES; i++) {
            failures.failed(InetAddress.getByAddress(new byte[] {127, 1, (byte) (i >> 8), (byte) i}), i);
            failures.failed(stubborn, i);
        }
        assertThat(failures.addresses()).isEqualTo(FailedLogins.MOST_ADDRESSES);
        assertThat(failures.failed(stubborn, 3L * FailedLogins.MOST_ADDRESSES)).isEqualTo(FailedLogins.MOST_NANOS);
    }
}
