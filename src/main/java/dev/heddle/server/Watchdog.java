package dev.heddle.server;

import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Looks once a second at what may change around a running server: its clock, its folder. One thread, from {@link #start} to the
 * close; both are called by the thread that starts and stops the server.
 */
final class Watchdog {
    private static final int LOOK_SECONDS = 1;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final List<Runnable> looks;
    private final Thread thread =
            Thread.ofPlatform().name("heddle-watchdog").daemon(true).unstarted(this::live);

    /** @param looks each takes well below a second and throws nothing */
    Watchdog(List<Runnable> looks) {
        this.looks = List.copyOf(looks);
    }

    void start() {
        thread.start();
    }

    private void live() {
        try {
            while (!closed.await(LOOK_SECONDS, TimeUnit.SECONDS)) {
                looks.forEach(Runnable::run);
            }
        } catch (InterruptedException nobodyDoes) {
            Thread.currentThread().interrupt();
        }
    }

    void close() throws InterruptedException {
        closed.countDown();
        if (thread.isAlive()) {
            thread.join();
        }
    }
}
