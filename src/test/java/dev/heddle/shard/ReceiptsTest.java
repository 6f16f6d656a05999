package dev.heddle.shard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReceiptsTest {
    private final Receipts receipts = new Receipts();
    private final Stage stage = new Stage();
    private final SpokenTo alice = new SpokenTo();
    private final SpokenTo bob = new SpokenTo();
    private final Session ofAlice = session(alice);
    private final Session ofBob = session(bob);

    private static Session session(Client client) {
        return new Session(client, new User(new byte[] {'u'}, new Backlog(() -> null)), 1, 0);
    }

    @Test
    void nothing_is_said_before_the_force_is_done() {
        receipts.owe(ofAlice, 5);
        assertThat(receipts.isWaiting()).isTrue();
        receipts.begin();
        assertThat(receipts.isWaiting()).isFalse();
        assertThat(alice.heard).isEmpty();
        receipts.complete(stage);
        assertThat(alice.heard).containsExactly("accepted 5 x1");
    }

    @Test
    void a_force_covers_what_was_stored_before_it_and_no_more() {
        receipts.owe(ofAlice, 5);
        receipts.owe(ofAlice, 6);
        receipts.begin();
        receipts.owe(ofAlice, 7);
        receipts.owe(ofBob, 1);
        receipts.complete(stage);
        assertThat(alice.heard).containsExactly("accepted 6 x2");
        assertThat(bob.heard).isEmpty();

        receipts.begin();
        receipts.complete(stage);
        assertThat(alice.heard).containsExactly("accepted 6 x2", "accepted 7 x1");
        assertThat(bob.heard).containsExactly("accepted 1 x1");
        assertThat(receipts.isWaiting()).isFalse();
    }

    @Test
    void what_is_said_is_staged_for_release() {
        receipts.owe(ofAlice, 5);
        receipts.begin();
        receipts.complete(stage);
        assertThat(alice.releases).isZero();
        stage.release(true);
        assertThat(alice.releases).isEqualTo(1);
    }

    @Test
    void who_has_gone_meanwhile_is_told_nothing() {
        receipts.owe(ofAlice, 5);
        receipts.begin();
        assertThat(ofAlice.close()).isTrue();
        receipts.complete(stage);
        stage.release(true);
        assertThat(alice.heard).isEmpty();
        assertThat(alice.releases).isZero();
    }

    @Test
    void one_who_is_owed_much_stands_there_once() {
        for (int id = 1; id <= 1000; id++) {
            receipts.owe(ofAlice, id);
        }
        receipts.begin();
        receipts.complete(stage);
        assertThat(alice.heard).containsExactly("accepted 1000 x1000");
    }

    @Test
    void a_message_waits_for_the_log_and_other_words_do_not() {
        stage.addMessage(ofAlice);
        stage.add(ofBob);
        stage.release(false);
        assertThat(alice.releases).isZero();
        assertThat(bob.releases).isEqualTo(1);
        stage.release(true);
        assertThat(alice.releases).isEqualTo(1);
        assertThat(bob.releases).isEqualTo(1);
    }
}
