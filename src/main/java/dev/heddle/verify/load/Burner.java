package dev.heddle.verify.load;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Takes processors, or a disk, away from everybody else for a while. */
final class Burner {
    /**
     * How much.
     *
     * @param threads that compute
     * @param file that is written and forced over and over; empty: none
     */
    record Order(int threads, String file, double seconds) {}

    private static final int PIECE = 4 << 20;
    private static final long FILE_BYTES = 64L << 20;

    private Burner() {}

    /** Returns after that time. */
    static long burn(Order order) throws IOException, InterruptedException {
        long until = System.nanoTime() + (long) (order.seconds() * 1e9);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < order.threads(); i++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> compute(until)));
        }
        if (!order.file().isEmpty()) {
            write(Path.of(order.file()), until);
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return until;
    }

    private static void compute(long until) {
        while (System.nanoTime() - until < 0) {
            Thread.onSpinWait();
        }
    }

    private static void write(Path file, long until) throws IOException {
        ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            long at = 0;
            while (System.nanoTime() - until < 0) {
                piece.clear();
                channel.write(piece, at % FILE_BYTES);
                channel.force(true);
                at += PIECE;
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }
}
