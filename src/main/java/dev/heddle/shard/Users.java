package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.presence.UserStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every user of a shard: those in use resident on the heap, all others in the {@link UserStore}; the shard's owner only.
 * Bounded by sessions and watched users, which stay resident, and {@code capacity} others, which give way to newer ones.
 *
 * <p>{@link #resident} never touches the store and may run on any thread that owns the shard; {@link #load} and
 * {@link #create} do touch it, and want the resident owner.
 */
final class Users {
    private final UserStore store;
    private final Backlog backlog;
    private final int capacity;
    private final byte[] image = new byte[User.IMAGE_BYTES];
    private final ByteBuffer imageBuffer = ByteBuffer.wrap(image);
    private final byte[] lastSeen = new byte[User.LAST_SEEN_BYTES];
    private final ByteBuffer lastSeenBuffer = ByteBuffer.wrap(lastSeen);

    private final Shelf shelf = new Shelf();
    private final Residents residents;
    private int held;
    private int hand;
    private boolean missed;
    private long forgottenSeq;

    /** @param secret any number that clients do not know */
    Users(UserStore store, Backlog backlog, int capacity, int secret) {
        this.store = store;
        this.backlog = backlog;
        this.capacity = capacity;
        this.residents = new Residents(secret);
    }

    /** The user if it is on the heap. */
    @Nullable
    User resident(ByteBuffer source, int start, int length) {
        User user = residents.find(source, start, length);
        if (user != null) {
            user.referenced = true;
        }
        return user;
    }

    @Nullable
    User resident(byte[] name) {
        return resident(ByteBuffer.wrap(name), 0, name.length);
    }

    /** Whether the store was asked for anybody since this was last called. */
    boolean takeMissed() {
        boolean was = missed;
        missed = false;
        return was;
    }

    /** A hint that this user is asked for soon. */
    void expect(ByteBuffer source, int start, int length) {
        if (residents.isAbsent(source, start, length)) {
            store.expect(source, start, length);
        }
    }

    /** Makes what was expected quick to load. */
    void fetch() {
        store.fetch();
    }

    /** The user from the heap or the store; null if it is in neither. */
    @Nullable
    User load(byte[] name) {
        User user = resident(name);
        if (user != null) {
            return user;
        }
        if (!isStored(name)) {
            return null;
        }
        user = new User(name, backlog);
        user.readImage(imageBuffer);
        user.stored = true;
        shelf.take(user);
        add(user);
        return user;
    }

    /** The user from the heap, or a copy from the store that is nobody's; null if nobody knows it. Leaves nothing behind. */
    @Nullable
    User look(byte[] name) {
        User user = resident(name);
        if (user == null && isStored(name)) {
            user = new User(name, backlog);
            user.readImage(imageBuffer);
            user.stored = true;
        }
        // Somebody may be here because others watch the name.
        return user != null && user.stored ? user : null;
    }

    /** Names of those with full inboxes who are not on the heap. */
    List<byte[]> shelved() {
        return shelf.names();
    }

    /** Those on the heap. */
    Residents residents() {
        return residents;
    }

    /** The user, made new if nobody knows it; null if it is new and the store is full. */
    @CheckReturnValue
    @Nullable
    User create(byte[] name) {
        User user = load(name);
        if (user != null && user.stored) {
            return user;
        }
        if (store.isFull()) {
            return null;
        }
        if (user == null) {
            user = unknown(name);
        }
        user.inbox.lastSeq = Seq.later(user.inbox.lastSeq, forgottenSeq);
        save(user);
        return user;
    }

    /**
     * As {@link #create}, for a name that somebody writes to, who may have invented it: null already when a tenth of the store is
     * left, which is for those who log in.
     */
    @CheckReturnValue
    @Nullable
    User createForOthers(byte[] name) {
        User user = load(name);
        if (user != null && user.stored) {
            return user;
        }
        return store.size() >= store.most() - store.most() / 10 ? null : create(name);
    }

    /** Forgets the user; its inbox is empty. References to the object stay valid, but no lookup returns it any more. */
    void forget(User user) {
        store.remove(user.name);
        forgetAmongAll(user);
    }

    /** As {@link #forget}, from within {@link #change}, which tells the store. */
    void forgetAmongAll(User user) {
        forgottenSeq(user.inbox.lastSeq);
        user.forget();
    }

    /** The highest seq of any forgotten user; new inboxes begin above it. */
    long forgottenSeq() {
        return forgottenSeq;
    }

    /** Somebody who was forgotten had this seq. */
    void forgottenSeq(long seq) {
        forgottenSeq = Seq.later(forgottenSeq, seq);
    }

    /** Whether the store has the user; then its image is in {@link #imageBuffer}. */
    private boolean isStored(byte[] name) {
        missed = true;
        return store.load(name, image);
    }

    /** When a user who is not on the heap was last seen, 0 if never. Leaves nothing behind. */
    long lastSeen(byte[] name) {
        missed = true;
        return store.load(name, lastSeen) ? User.lastSeenOf(lastSeenBuffer) : 0;
    }

    /** A user that may be unknown to the store, and then is known only as long as it is held. */
    User watched(byte[] name) {
        User user = load(name);
        return user == null ? unknown(name) : user;
    }

    /** A user that neither heap nor store has. */
    private User unknown(byte[] name) {
        User user = new User(name, backlog);
        add(user);
        return user;
    }

    /** Writes through to the store. */
    void save(User user) {
        user.writeImage(imageBuffer);
        if (user.stored) {
            store.replace(user.name, image);
        } else {
            store.add(user.name, image);
            user.stored = true;
        }
        user.dirty = false;
    }

    /** Every user that was ever stored is in the store after this. */
    void saveAll() {
        for (int place = 0; place < residents.places(); place++) {
            residents.visit(place, user -> {
                if (user.dirty && user.stored) {
                    save(user);
                }
            });
        }
    }

    /** Visits every user there is; those that are not resident are shown as a copy. */
    void forEach(UserVisitor visitor) throws IOException {
        saveAll();
        try {
            store.forEach((name, bytes) -> {
                User user = resident(name);
                if (user == null) {
                    user = new User(name, backlog);
                    user.readImage(ByteBuffer.wrap(bytes));
                }
                try {
                    visitor.visit(user);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    /**
     * As {@link #forEach}, for a visitor that may change the user that it is shown: what is dirty then is stored, and who is no
     * longer {@link User#stored} is forgotten.
     */
    void change(UserVisitor visitor) throws IOException {
        saveAll();
        try {
            store.change((name, image) -> changed(name, ByteBuffer.wrap(image), visitor));
        } catch (UncheckedIOException failure) {
            throw failure.getCause();
        }
    }

    private UserStore.Change changed(byte[] name, ByteBuffer from, UserVisitor visitor) {
        User user = resident(name);
        if (user == null) {
            user = new User(name, backlog);
            user.readImage(from);
            user.stored = true;
        }
        try {
            visitor.visit(user);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        if (!user.stored) {
            return UserStore.Change.REMOVE;
        }
        if (!user.dirty) {
            return UserStore.Change.NONE;
        }
        user.writeImage(from);
        user.dirty = false;
        return UserStore.Change.REPLACE;
    }

    /** Sees one user. */
    interface UserVisitor {
        void visit(User user) throws IOException;
    }

    long size() {
        return store.size();
    }

    /** Keeps the user on the heap until {@link #release} has been called as often. */
    void hold(User user) {
        if (user.holds++ == 0) {
            held++;
        }
    }

    void release(User user) {
        if (--user.holds == 0) {
            held--;
        }
    }

    private void add(User user) {
        // Before, so that it cannot be the one that has to go.
        if (residents.count() >= held + capacity) {
            sweep();
        }
        user.referenced = true;
        residents.add(user);
    }

    /** A second-chance sweep: lets go of users that nobody holds and nobody used since it last came by. */
    private void sweep() {
        int places = residents.places();
        int target = residents.count() - Math.max(1, capacity / 16);
        for (int steps = 2 * places; residents.count() > target && steps > 0; steps--) {
            hand = hand + 1 & places - 1;
            residents.removeIf(hand, this::letGo);
        }
    }

    /** Prepares one to go: all that is to be remembered of it is in the store then. False if it is to stay for another round. */
    private boolean letGo(User user) {
        boolean goes = user.holds == 0 && !user.referenced;
        if (goes) {
            if (user.dirty && user.stored) {
                save(user);
            }
            shelf.put(user);
        }
        user.referenced = false;
        return goes;
    }
}
