package dev.heddle.presence;

import java.nio.ByteBuffer;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * What a shard remembers of each user it has ever met, off the heap: a fixed number of bytes a name, whose layout is the
 * shard's affair. Bounded in users; a store that is full says so.
 *
 * <p>Used by a shard's owner only, and only on its few platform threads: an implementation may keep thread-local state.
 */
public interface UserStore extends AutoCloseable {

    /**
     * Copies the first of the user's bytes into {@code value}, as many as that takes, a multiple of 8; false if the name is not
     * known (then {@code value} is unspecified).
     */
    boolean load(byte[] name, byte[] value);

    /** A hint: this name is looked for soon. Some dozens can be expected at a time, more are forgotten. */
    void expect(ByteBuffer source, int start, int length);

    /**
     * Brings near to the processor where the bytes of all that was expected begin, at once: where memory is far, one wait does
     * for many.
     */
    void fetch();

    /**
     * Remembers these bytes for a name that is not known.
     *
     * @throws IllegalStateException if the store {@link #isFull()}
     */
    void add(byte[] name, byte[] value);

    /** Remembers these bytes for a name that is known, in the place of earlier ones. */
    void replace(byte[] name, byte[] value);

    /** Forgets a name, if it is known, and has its room again. */
    void remove(byte[] name);

    /** True if no further name can be stored. */
    boolean isFull();

    /** How many names can be stored. */
    long most();

    /** Names known. */
    long size();

    /** Visits every user; both arrays are the visitor's to keep. The store must not be changed meanwhile. */
    void forEach(BiConsumer<byte[], byte[]> visitor);

    /** What becomes of a user that was visited. */
    enum Change {
        /** It is as it was. */
        NONE,
        /** The bytes that the visitor was shown, and has written to, take the place of the earlier ones. */
        REPLACE,
        /** It is forgotten. */
        REMOVE
    }

    /** As {@link #forEach}, for a visitor that may change the user whom it is shown, and nobody else. */
    void change(BiFunction<byte[], byte[], Change> visitor);

    @Override
    void close();
}
