package dev.heddle.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class LedgerTest {
    private final Ledger ledger = new Ledger();
    private final Random random = new Random(1);

    private byte[] accepted() {
        byte[] body = ledger.next("a", "b", random, 50);
        ledger.accepted("a", "b", body);
        return body;
    }

    @Test
    void what_arrives_in_order_and_once_balances() {
        ledger.arrived("a", "b", accepted());
        ledger.arrived("a", "b", accepted());
        assertThat(ledger.faults()).isEmpty();
    }

    @Test
    void a_lost_message_shows() {
        accepted();
        assertThat(ledger.faults()).containsExactly("1 lost");
    }

    @Test
    void a_message_that_was_never_accepted_may_be_missing() {
        ledger.next("a", "b", random, 50);
        assertThat(ledger.faults()).isEmpty();
    }

    @Test
    void a_duplicate_shows() {
        byte[] body = accepted();
        ledger.arrived("a", "b", body);
        ledger.arrived("a", "b", body);
        assertThat(ledger.faults()).containsExactly("1 duplicated from a to b");
    }

    @Test
    void a_reordering_shows() {
        byte[] first = accepted();
        byte[] second = accepted();
        ledger.arrived("a", "b", second);
        ledger.arrived("a", "b", first);
        assertThat(ledger.faults()).containsExactly("1 reordered from a to b");
    }

    @Test
    void a_changed_body_shows() {
        byte[] body = ledger.next("a", "b", random, 50).clone();
        ledger.accepted("a", "b", body);
        body[body.length - 1] ^= 1;
        ledger.arrived("a", "b", body);
        assertThat(ledger.faults()).containsExactly("1 corrupted from a to b");
    }

    @Test
    void what_was_never_sent_shows() {
        ledger.arrived("a", "b", new byte[20]);
        assertThat(ledger.faults()).containsExactly("1 invented from a to b");
    }
}
