package dev.heddle.bench.load;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Users who log in and do nothing; the caller's thread and one more log them in. Bounded by their number.
 *
 * <p>Each thread connects and sends LOGIN without waiting for the answer, as long as fewer than a thousand are unanswered:
 * more would overflow the kernel's queue of connections that nobody has accepted yet, and then the clock would measure the
 * second that TCP waits before it tries again.
 */
public final class Crowd implements AutoCloseable {
    private static final int THREADS = 2;
    private static final int UNANSWERED = 1_000;

    /**
     * Users who seem to come from the same address. With all of them on one the kernel spends more time on the search for a free
     * port than client and server together on the logins.
     */
    private static final int A_HOST = 1_000;

    private static final int HOSTS = 100;

    private final Names names;
    private final int count;
    private List<Link> links = List.of();

    public Crowd(String name, int count) {
        this.names = new Names(name + "-");
        this.count = count;
    }

    /** Logs all in; returns the seconds until the last WELCOME. */
    public double login(int port) throws IOException, InterruptedException {
        List<FutureTask<List<Link>>> parts = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int from = (int) ((long) count * i / THREADS);
            int to = (int) ((long) count * (i + 1) / THREADS);
            parts.add(new FutureTask<>(() -> login(port, from, to)));
        }
        long begun = System.nanoTime();
        for (int i = 1; i < THREADS; i++) {
            Thread.ofPlatform().daemon().name("bench-crowd").start(parts.get(i));
        }
        parts.getFirst().run();
        List<Link> all = new ArrayList<>();
        IOException broken = null;
        for (FutureTask<List<Link>> part : parts) {
            try {
                all.addAll(part.get());
            } catch (ExecutionException failure) {
                broken = new IOException("a login failed: " + failure.getCause(), failure);
            }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        links = all;
        if (broken != null) {
            close();
            throw broken;
        }
        return seconds;
    }

    private List<Link> login(int port, int from, int to) throws IOException {
        ByteBuffer out = ByteBuffer.allocateDirect(ClientFrames.loginSize(Protocol.MAX_NAME_BYTES, 0));
        ByteBuffer in = ByteBuffer.allocateDirect(out.capacity());
        List<SocketChannel> channels = new ArrayList<>(to - from);
        List<Link> welcomed = new ArrayList<>(to - from);
        try {
            while (welcomed.size() < to - from) {
                int opened = channels.size();
                if (opened < to - from && opened - welcomed.size() < UNANSWERED) {
                    SocketChannel channel = Link.dial(port, 1 + (from + opened) / A_HOST % HOSTS);
                    channels.add(channel);
                    Link.login(channel, out, names.name(from + opened), 0);
                } else {
                    welcomed.add(Link.welcome(channels.get(welcomed.size()), in));
                }
            }
            return welcomed;
        } catch (IOException | RuntimeException failure) {
            for (SocketChannel channel : channels) {
                channel.close();
            }
            throw failure;
        }
    }

    /** All connections are reset, one after the other. */
    public void cut() throws IOException {
        for (Link link : links) {
            link.cut();
        }
        links = List.of();
    }

    @Override
    public void close() throws IOException {
        cut();
    }
}
