package dev.heddle.shard;

import com.google.errorprone.annotations.CheckReturnValue;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Where in the log the waiting messages of all inboxes stand; the shard's owner only. Bounded by its {@link SlotMemory}: 20
 * bytes a message off the heap, nothing on it. It holds no truth of its own: recovery rebuilds it from the log.
 *
 * <p>An inbox's entries, oldest first, fill a chain of slots:
 *
 * <pre>
 *   slot, 128 bytes:  | entry 0 | ... | entry 5 | next slot i32 | skip i32 |
 *   entry, 20 bytes:  | seq u64 | position u64 | payload length u32 |
 * </pre>
 *
 * <p>The chains are skip lists with one link more than a plain list: every slot has a {@link #level}, and {@code skip} leads to
 * the next slot of the chain that has the same level or a higher one. A search ({@link Inbox#find}) sets these links as it comes
 * by, and so passes a long chain slot by slot only once. A skip leads towards the tail and slots are freed at the head, so it
 * never leads to a slot that is free.
 */
final class Backlog {
    static final int NONE = -1;
    static final int ENTRIES = 6;

    private static final int ENTRY_BYTES = 20;
    private static final int SLOT_BYTES = 128;
    private static final int NEXT_AT = ENTRIES * ENTRY_BYTES;
    private static final int SKIP_AT = NEXT_AT + Integer.BYTES;
    /** Levels of slots: 0 up to this, exclusive. */
    static final int LEVELS = 24;

    /** Eight megabytes of slots. */
    private static final int MOST_GO_ROUND = 64 * 1024;

    private static final int SLOTS_PER_CHUNK = SlotMemory.CHUNK_BYTES / SLOT_BYTES;

    static {
        if (SKIP_AT + Integer.BYTES > SLOT_BYTES || Integer.bitCount(SLOTS_PER_CHUNK) != 1) {
            throw new ExceptionInInitializerError("slot layout does not fit");
        }
    }

    private final SlotMemory memory;
    private ByteBuffer[] chunks = new ByteBuffer[1];
    private int chunkCount;
    private int fresh;
    /**
     * Slots that were given back are taken in the order in which they were, so that those of one inbox follow each other in
     * memory as they did before, and the processor reads ahead. (The one given back last might still be near; the next one of its
     * chain would be anywhere.) But only so many go round, so that after a peak not all of its memory is used again.
     */
    private int firstFree = NONE;

    private int lastFree = NONE;
    private int goRound;
    /** The others, the last one first: only when none goes round any more. */
    private int otherFree = NONE;

    Backlog(SlotMemory memory) {
        this.memory = memory;
    }

    /** A slot for the caller to fill, or {@link #NONE} if memory has none. */
    @CheckReturnValue
    int allocate() {
        int slot = firstFree;
        if (slot != NONE) {
            firstFree = next(slot);
            goRound--;
        } else if (otherFree != NONE) {
            slot = otherFree;
            otherFree = next(slot);
        } else {
            if (fresh == chunkCount * SLOTS_PER_CHUNK && !grow()) {
                return NONE;
            }
            slot = fresh++;
        }
        setNext(slot, NONE);
        setSkip(slot, NONE);
        return slot;
    }

    private boolean grow() {
        ByteBuffer chunk = chunkCount < Integer.MAX_VALUE / SLOTS_PER_CHUNK ? memory.chunk() : null;
        if (chunk == null) {
            return false;
        }
        if (chunkCount == chunks.length) {
            chunks = Arrays.copyOf(chunks, chunkCount * 2);
        }
        chunks[chunkCount++] = chunk.order(ByteOrder.nativeOrder());
        return true;
    }

    void free(int slot) {
        if (goRound == MOST_GO_ROUND) {
            setNext(slot, otherFree);
            otherFree = slot;
            return;
        }
        setNext(slot, NONE);
        if (firstFree == NONE) {
            firstFree = slot;
        } else {
            setNext(lastFree, slot);
        }
        lastFree = slot;
        goRound++;
    }

    int next(int slot) {
        return chunk(slot).getInt(at(slot) + NEXT_AT);
    }

    void setNext(int slot, int next) {
        chunk(slot).putInt(at(slot) + NEXT_AT, next);
    }

    /** A slot further on in the chain, or {@link #NONE} if no search has set it yet. */
    int skip(int slot) {
        return chunk(slot).getInt(at(slot) + SKIP_AT);
    }

    void setSkip(int slot, int skip) {
        chunk(slot).putInt(at(slot) + SKIP_AT, skip);
    }

    /** Half of all slots have level 0, half of the others level 1, and so on, in no order. */
    static int level(int slot) {
        return Math.min(LEVELS - 1, Integer.numberOfTrailingZeros((slot * 0x9E3779B9) >>> 8));
    }

    long seq(int slot, int entry) {
        return chunk(slot).getLong(at(slot) + entry * ENTRY_BYTES);
    }

    long position(int slot, int entry) {
        return chunk(slot).getLong(at(slot) + entry * ENTRY_BYTES + 8);
    }

    int length(int slot, int entry) {
        return chunk(slot).getInt(at(slot) + entry * ENTRY_BYTES + 16);
    }

    void set(int slot, int entry, long seq, long position, int length) {
        ByteBuffer chunk = chunk(slot);
        int at = at(slot) + entry * ENTRY_BYTES;
        chunk.putLong(at, seq);
        chunk.putLong(at + 8, position);
        chunk.putInt(at + 16, length);
    }

    void move(int slot, int entry, long position) {
        chunk(slot).putLong(at(slot) + entry * ENTRY_BYTES + 8, position);
    }

    private ByteBuffer chunk(int slot) {
        return chunks[slot / SLOTS_PER_CHUNK];
    }

    private static int at(int slot) {
        return slot % SLOTS_PER_CHUNK * SLOT_BYTES;
    }
}
