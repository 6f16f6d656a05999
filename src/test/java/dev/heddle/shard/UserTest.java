package dev.heddle.shard;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class UserTest {
    private static final byte[] NAME = {'a'};

    @Test
    void its_image_brings_back_all_of_it() {
        Backlog backlog = new Backlog(() -> ByteBuffer.allocate(SlotMemory.CHUNK_BYTES));
        User user = new User(NAME, backlog);
        user.lastSeen = 1;
        user.floor = 2;
        user.certainFrom = 3;
        user.statePosition = 4;
        user.lastWord = 5;
        user.paidUntil = 6;
        assertThat(user.inbox.reserve()).isTrue();
        user.inbox.append(8, 9, 10);
        user.inbox.lastSeq = 8;
        user.inbox.cursor = 7;
        user.inbox.sentSeq = 7;
        ByteBuffer image = ByteBuffer.allocate(User.IMAGE_BYTES);
        user.writeImage(image);

        User again = new User(NAME, backlog);
        again.readImage(image);
        assertThat(again).usingRecursiveComparison().isEqualTo(user);
        assertThat(again.inbox.headPosition()).isEqualTo(9);
    }
}
