package dev.heddle.verify.fault;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * One direction of one connection: a thread reads and says when each piece is due, another writes it then, in order. Bounded by
 * 64 pieces; then the sender waits, as it would for a full network.
 */
final class Pipe {
    /** Without bytes: the end. */
    private static final class Piece {
        final byte[] bytes;
        final long dueNanos;

        Piece(byte[] bytes, long dueNanos) {
            this.bytes = bytes;
            this.dueNanos = dueNanos;
        }
    }

    private static final int PIECES = 64;
    private static final int PIECE_BYTES = 16 * 1024;
    private static final long LOOK_NANOS = 2_000_000;
    private static final Piece END = new Piece(new byte[0], 0);

    private final ArrayBlockingQueue<Piece> pieces = new ArrayBlockingQueue<>(PIECES);
    private final Supplier<Weather> weather;
    private final boolean up;
    private final Random random;
    private final Runnable over;
    private volatile boolean closed;

    /**
     * A direction.
     *
     * @param up from client to server
     * @param over is run when one end is closed
     */
    Pipe(Supplier<Weather> weather, boolean up, long seed, Runnable over) {
        this.weather = weather;
        this.up = up;
        this.random = new Random(seed);
        this.over = over;
    }

    void start(InputStream from, OutputStream to) {
        Thread.ofVirtual().name("verify-proxy-read").start(() -> read(from));
        Thread.ofVirtual().name("verify-proxy-write").start(() -> write(to));
    }

    void close() {
        closed = true;
    }

    private boolean passes() {
        return up ? weather.get().up() : weather.get().down();
    }

    private void read(InputStream from) {
        byte[] buffer = new byte[PIECE_BYTES];
        try {
            for (int count = from.read(buffer); count >= 0; count = from.read(buffer)) {
                Weather now = weather.get();
                long jitter = now.jitter().toNanos();
                long delay = now.latency().toNanos() + (jitter > 0 ? random.nextLong(jitter) : 0);
                pieces.put(new Piece(Arrays.copyOf(buffer, count), System.nanoTime() + delay));
            }
            pieces.put(END);
        } catch (IOException gone) {
            over.run();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(OutputStream to) {
        try {
            for (Piece piece = pieces.take(); piece.bytes.length > 0; piece = pieces.take()) {
                long left = piece.dueNanos - System.nanoTime();
                if (left > 0) {
                    LockSupport.parkNanos(left);
                }
                while (!passes() && !closed) {
                    LockSupport.parkNanos(LOOK_NANOS);
                }
                to.write(piece.bytes);
                long rate = weather.get().bytesPerSecond();
                if (rate > 0) {
                    LockSupport.parkNanos(piece.bytes.length * 1_000_000_000L / rate);
                }
            }
            over.run();
        } catch (IOException gone) {
            over.run();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
