package dev.heddle.shard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LedgerTest {
    @Test
    void what_came_in_is_what_went_out_and_what_is_left() {
        Ledger ledger = new Ledger(10, 1234, 1199, 1, 0, 44);
        assertThat(ledger.balances()).isTrue();
        assertThat(ledger)
                .hasToString("accepted 1,234 + waiting at start 10 = acknowledged 1,199 + expired 1 + stored 44");
    }

    @Test
    void a_message_that_is_gone_shows() {
        Ledger ledger = new Ledger(10, 5, 3, 0, 0, 11);
        assertThat(ledger.balances()).isFalse();
        assertThat(ledger.difference()).isEqualTo(1);
        assertThat(ledger)
                .hasToString("accepted 5 + waiting at start 10 is not acknowledged 3 + expired 0 + stored 11");
    }

    @Test
    void a_message_too_many_shows() {
        assertThat(new Ledger(0, 5, 3, 0, 0, 3).difference()).isEqualTo(-1);
    }

    @Test
    void shards_are_added_figure_by_figure() {
        assertThat(new Ledger(1, 2, 3, 4, 5, 6).plus(new Ledger(10, 20, 30, 40, 50, 60)))
                .isEqualTo(new Ledger(11, 22, 33, 44, 55, 66));
    }
}
