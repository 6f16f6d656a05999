package dev.heddle.shard;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The users on the heap, found by name; the shard's owner only. A table of chains that grows and never shrinks, bounded by
 * what {@link Users} lets in.
 *
 * <p>Beside each chain stands a mark of 32 bits, one of them set by each user in it: most names that are not here are told
 * from it alone, without a look at users that may be far from the processor. Names are hashed and compared eight bytes at a
 * time, where they lie.
 */
final class Residents {
    private static final int FIRST_PLACES = 1024;
    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    /** Secret, so that nobody can choose names that meet in one chain. */
    private final long seed;

    private final long multiplier;

    private @Nullable User[] chains = new @Nullable User[FIRST_PLACES];
    private int[] marks = new int[FIRST_PLACES];
    private int count;

    /** @param secret any number that clients do not know */
    Residents(int secret) {
        this.seed = secret * 0x9E3779B97F4A7C15L;
        this.multiplier = fold(seed ^ 0xD1B54A32D192ED03L, 0x8CB92BA72F3D8DD7L) | 1;
    }

    /** How many there are. */
    int count() {
        return count;
    }

    /** True if there is nobody of that name for certain, from its mark alone; false for some who are not here, too. */
    boolean isAbsent(ByteBuffer source, int start, int length) {
        int hash = hash(source, start, length);
        return (marks[hash & chains.length - 1] & mark(hash)) == 0;
    }

    /** The user of that name, or null. */
    @Nullable
    User find(ByteBuffer source, int start, int length) {
        int hash = hash(source, start, length);
        int place = hash & chains.length - 1;
        if ((marks[place] & mark(hash)) == 0) {
            return null;
        }
        User user = chains[place];
        while (user != null && !(user.hash == hash && isNamed(user, source, start, length))) {
            user = user.nextInChain;
        }
        return user;
    }

    /** Adds one that is not here. */
    void add(User user) {
        if (count >= chains.length) {
            grow();
        }
        user.hash = hash(ByteBuffer.wrap(user.name), 0, user.name.length);
        link(user);
        count++;
    }

    private void link(User user) {
        int place = user.hash & chains.length - 1;
        user.nextInChain = chains[place];
        chains[place] = user;
        marks[place] |= mark(user.hash);
    }

    private void grow() {
        @Nullable User[] old = chains;
        chains = new @Nullable User[old.length * 2];
        marks = new int[chains.length];
        for (User chain : old) {
            for (User user = chain; user != null; ) {
                User next = user.nextInChain;
                link(user);
                user = next;
            }
        }
    }

    /** Each of them stands in one of so many places, and stays there until they are twice as many. */
    int places() {
        return chains.length;
    }

    /** Shows those in one place. */
    void visit(int place, Consumer<User> visitor) {
        for (User user = chains[place]; user != null; user = user.nextInChain) {
            visitor.accept(user);
        }
    }

    /** Forgets those in one place of whom it says so. */
    void removeIf(int place, Predicate<User> goes) {
        @Nullable User last = null;
        int mark = 0;
        for (User user = chains[place]; user != null; user = user.nextInChain) {
            if (goes.test(user)) {
                count--;
                if (last == null) {
                    chains[place] = user.nextInChain;
                } else {
                    last.nextInChain = user.nextInChain;
                }
            } else {
                mark |= mark(user.hash);
                last = user;
            }
        }
        marks[place] = mark;
    }

    /** The bits that no place depends on while there are fewer than 128 million. */
    private static int mark(int hash) {
        return 1 << (hash >>> 27);
    }

    private static boolean isNamed(User user, ByteBuffer source, int start, int length) {
        byte[] name = user.name;
        if (name.length != length) {
            return false;
        }
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            if ((long) WORD.get(name, i) != source.getLong(start + i)) {
                return false;
            }
        }
        for (; i < length; i++) {
            if (name[i] != source.get(start + i)) {
                return false;
            }
        }
        return true;
    }

    /** Folded products, as in Wang Yi's wyhash, with a secret factor; where the last word is not whole it overlaps. */
    private int hash(ByteBuffer source, int start, int length) {
        long hash = seed ^ length;
        if (length >= Long.BYTES) {
            int last = start + length - Long.BYTES;
            for (int at = start; at < last; at += Long.BYTES) {
                hash = fold(hash ^ source.getLong(at), multiplier);
            }
            hash = fold(hash ^ source.getLong(last), multiplier);
        } else {
            long word = 0;
            for (int at = start; at < start + length; at++) {
                word = (word << Byte.SIZE) | (source.get(at) & 0xff);
            }
            hash = fold(hash ^ word, multiplier);
        }
        return Long.hashCode(hash);
    }

    private static long fold(long one, long other) {
        return (one * other) ^ Math.unsignedMultiplyHigh(one, other);
    }
}
