package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import dev.heddle.presence.UserStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
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
    private final int hashSeed;
    private final byte[] image = new byte[User.IMAGE_BYTES];
    private final ByteBuffer imageBuffer = ByteBuffer.wrap(image);

    private final Shelf shelf = new Shelf();
    private @Nullable User[] buckets = new @Nullable User[1024];
    private int residents;
    private int held;
    private int hand;

    /** @param hashSeed any number, unknown to clients, so that nobody can choose names that collide */
    Users(UserStore store, Backlog backlog, int capacity, int hashSeed) {
        this.store = store;
        this.backlog = backlog;
        this.capacity = capacity;
        this.hashSeed = hashSeed;
    }

    /** The user if it is on the heap. */
    @Nullable
    User resident(ByteBuffer source, int start, int length) {
        int hash = hash(source, start, length);
        for (User user = buckets[hash & buckets.length - 1]; user != null; user = user.nextInBucket) {
            if (user.hash == hash && isNamed(user, source, start, length)) {
                user.referenced = true;
                return user;
            }
        }
        return null;
    }

    @Nullable
    User resident(byte[] name) {
        return resident(ByteBuffer.wrap(name), 0, name.length);
    }

    /** The user from the heap or the store; null if it is in neither. */
    @Nullable
    User load(byte[] name) {
        User user = resident(name);
        if (user != null) {
            return user;
        }
        if (!store.load(name, image)) {
            return null;
        }
        user = new User(name, hash(ByteBuffer.wrap(name), 0, name.length), backlog);
        user.readImage(imageBuffer);
        user.stored = true;
        shelf.take(user);
        add(user);
        return user;
    }

    /** The user from the heap, or a copy from the store that is nobody's; null if it is in neither. Leaves nothing behind. */
    @Nullable
    User look(byte[] name) {
        User user = resident(name);
        ByteBuffer image = user == null ? peek(name) : null;
        if (image != null) {
            user = new User(name, 0, backlog);
            user.readImage(image);
        }
        return user;
    }

    /** Names of those with full inboxes who are not on the heap. */
    List<byte[]> shelved() {
        return shelf.names();
    }

    /** Where users on the heap are found: in so many places. */
    int buckets() {
        return buckets.length;
    }

    /** Those in one of these places. */
    void visit(int bucket, Consumer<User> visitor) {
        for (User user = buckets[bucket]; user != null; user = user.nextInBucket) {
            visitor.accept(user);
        }
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
        save(user);
        return user;
    }

    /** The user's image in the store, or null; valid until the next call. For a question that should leave nothing behind. */
    @Nullable
    ByteBuffer peek(byte[] name) {
        return store.load(name, image) ? imageBuffer : null;
    }

    /** A user that may be unknown to the store, and then is known only as long as it is held. */
    User watched(byte[] name) {
        User user = load(name);
        return user == null ? unknown(name) : user;
    }

    /** A user that neither heap nor store has. */
    private User unknown(byte[] name) {
        User user = new User(name, hash(ByteBuffer.wrap(name), 0, name.length), backlog);
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
        for (int i = 0; i < buckets.length; i++) {
            for (User user = buckets[i]; user != null; user = user.nextInBucket) {
                if (user.dirty && user.stored) {
                    save(user);
                }
            }
        }
    }

    /** Visits every user there is; those that are not resident are shown as a copy. */
    void forEach(UserVisitor visitor) throws IOException {
        saveAll();
        try {
            store.forEach((name, bytes) -> {
                User user = resident(name);
                if (user == null) {
                    user = new User(name, 0, backlog);
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

    /** Sees one user. */
    interface UserVisitor {
        void visit(User user) throws IOException;
    }

    long size() {
        return store.size();
    }

    boolean isFull() {
        return store.isFull();
    }

    int residents() {
        return residents;
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
        if (residents >= held + capacity) {
            sweep();
        }
        if (residents >= buckets.length) {
            grow();
        }
        int bucket = user.hash & buckets.length - 1;
        user.nextInBucket = buckets[bucket];
        user.referenced = true;
        buckets[bucket] = user;
        residents++;
    }

    /** A second-chance sweep: lets go of users that nobody holds and nobody used since it last came by. */
    private void sweep() {
        int target = Math.max(1, capacity / 16);
        for (int steps = 2 * buckets.length; target > 0 && steps > 0; steps--) {
            hand = hand + 1 & buckets.length - 1;
            @Nullable User previous = null;
            for (User user = buckets[hand]; user != null; user = user.nextInBucket) {
                if (user.holds == 0 && !user.referenced) {
                    evict(user, previous);
                    target--;
                } else {
                    user.referenced = false;
                    previous = user;
                }
            }
        }
    }

    private void evict(User user, @Nullable User previous) {
        if (user.dirty && user.stored) {
            save(user);
        }
        shelf.put(user);
        if (previous == null) {
            buckets[hand] = user.nextInBucket;
        } else {
            previous.nextInBucket = user.nextInBucket;
        }
        residents--;
    }

    private void grow() {
        @Nullable User[] old = buckets;
        buckets = new @Nullable User[old.length * 2];
        for (User chain : old) {
            for (User user = chain; user != null; ) {
                User next = user.nextInBucket;
                int bucket = user.hash & buckets.length - 1;
                user.nextInBucket = buckets[bucket];
                buckets[bucket] = user;
                user = next;
            }
        }
    }

    private static boolean isNamed(User user, ByteBuffer source, int start, int length) {
        byte[] name = user.name;
        if (name.length != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (name[i] != source.get(start + i)) {
                return false;
            }
        }
        return true;
    }

    private int hash(ByteBuffer source, int start, int length) {
        int hash = hashSeed;
        int i = 0;
        for (; i + 4 <= length; i += 4) {
            hash = mix(hash ^ source.getInt(start + i));
        }
        for (; i < length; i++) {
            hash = mix(hash ^ source.get(start + i));
        }
        return mix(hash ^ length);
    }

    private static int mix(int value) {
        int mixed = value * 0x9E3779B1;
        mixed ^= mixed >>> 15;
        mixed *= 0x85EBCA77;
        return mixed ^ mixed >>> 13;
    }
}
