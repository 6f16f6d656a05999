package dev.heddle.verify.load;

import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.FrameCursor;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Clients that mean harm, each a blocking socket on a virtual thread that is opened again whenever the server ends it. Bounded
 * by the order's connections.
 */
public final class Attack {
    /** How it is done. */
    public enum Kind {
        /** bytes by lot, before any LOGIN */
        NOISE,
        /** a known user's frames with fields that do not fit */
        MALFORMED,
        /** a length of 4 GiB */
        GIANT,
        /** a LOGIN of which a byte comes every 200 ms */
        SLOW,
        /** connected, and nothing more */
        SILENT,
        /** LOGIN over and over, as the same few users */
        LOGINS
    }

    /** How much: so many connections at once, for so long. */
    public record Order(int port, Kind kind, int connections, double seconds, long seed) {}

    /**
     * What came of it.
     *
     * @param ended connections that the server ended, by the code of its GOODBYE; 0: without one
     */
    public record Result(long attempts, long refused, Map<Integer, Long> ended) {}

    private static final int READ_MILLIS = 100;
    private static final long DRIP_NANOS = 200_000_000;

    private final Order order;
    private final long until;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Integer, Long> ended = new TreeMap<>();
    private long attempts;
    private long refused;

    private Attack(Order order) {
        this.order = order;
        this.until = System.nanoTime() + (long) (order.seconds() * 1e9);
    }

    static Result run(Order order) throws InterruptedException {
        return new Attack(order).go();
    }

    private Result go() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < order.connections(); i++) {
            Random random = new Random(order.seed() + i);
            threads.add(Thread.ofVirtual().start(() -> again(random)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return new Result(attempts, refused, ended);
    }

    private boolean isOn() {
        return System.nanoTime() - until < 0;
    }

    private void again(Random random) {
        while (isOn()) {
            count(() -> attempts++);
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), order.port()), 2_000);
                socket.setTcpNoDelay(true);
                socket.setSoTimeout(READ_MILLIS);
                int code = once(socket, random);
                if (code >= 0) {
                    count(() -> ended.merge(code, 1L, Long::sum));
                }
            } catch (IOException away) {
                count(() -> refused++);
            }
            LockSupport.parkNanos(5_000_000);
        }
    }

    private void count(Runnable change) {
        lock.lock();
        try {
            change.run();
        } finally {
            lock.unlock();
        }
    }

    /** Does it once, and waits for the end; returns GOODBYE's code, 0 for an end without one, -1 if time is over. */
    private int once(Socket socket, Random random) throws IOException {
        return switch (order.kind()) {
            case NOISE -> {
                byte[] noise = new byte[1 + random.nextInt(2_000)];
                random.nextBytes(noise);
                if (random.nextBoolean()) {
                    // A length that is allowed: what follows is read as a frame.
                    Arrays.fill(noise, 0, Math.min(noise.length, 3), (byte) 0);
                }
                yield write(socket, noise) ? awaitEnd(socket) : 0;
            }
            case GIANT -> write(socket, new byte[] {-1, -1, -1, -1, 1, 2, 3}) ? awaitEnd(socket) : 0;
            case MALFORMED -> {
                byte[] login = login("mallory-" + random.nextInt(1_000_000));
                byte[] wrong = {0, 0, 0, 3, (byte) (2 + random.nextInt(5)), 9, 9};
                yield write(socket, login) && write(socket, wrong) ? awaitEnd(socket) : 0;
            }
            case SLOW -> drip(socket, login("slow-" + "x".repeat(90)));
            case SILENT -> awaitEnd(socket);
            case LOGINS -> {
                boolean written = write(socket, login("flood-" + random.nextInt(50)));
                LockSupport.parkNanos(random.nextLong(5_000_000));
                yield written ? -1 : 0;
            }
        };
    }

    private static byte[] login(String user) {
        byte[] name = user.getBytes(StandardCharsets.UTF_8);
        byte[] token = {};
        ByteBuffer frame = ByteBuffer.allocate(ClientFrames.loginSize(name.length, 0));
        ClientFrames.login(frame, name, 0, token);
        return frame.array();
    }

    private static boolean write(Socket socket, byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            return true;
        } catch (IOException ended) {
            return false;
        }
    }

    private int drip(Socket socket, byte[] bytes) throws IOException {
        for (byte one : bytes) {
            if (!isOn()) {
                return -1;
            }
            if (!write(socket, new byte[] {one})) {
                return 0;
            }
            int code = awaitEnd(socket, System.nanoTime() + DRIP_NANOS);
            if (code >= 0) {
                return code;
            }
        }
        return awaitEnd(socket);
    }

    private int awaitEnd(Socket socket) throws IOException {
        return awaitEnd(socket, until);
    }

    /** GOODBYE's code, 0 for an end without one, -1 if there is no end by then. */
    private int awaitEnd(Socket socket, long most) throws IOException {
        ByteBuffer in = ByteBuffer.allocate(4_096);
        FrameCursor frames = new FrameCursor(Protocol.DEFAULT_FRAME_LIMIT);
        ServerFrame frame = new ServerFrame();
        InputStream stream = socket.getInputStream();
        while (isOn() && System.nanoTime() - most < 0) {
            try {
                int count = stream.read(in.array(), in.position(), in.remaining());
                if (count < 0) {
                    throw new EOFException();
                }
                in.position(in.position() + count);
            } catch (SocketTimeoutException patience) {
                continue;
            } catch (IOException gone) {
                return 0;
            }
            frames.wrap(in, 0, in.position());
            while (frames.next() == FrameCursor.Step.FRAME) {
                if (frame.parse(in, frames.type(), frames.bodyStart(), frames.bodyEnd())
                        && frame.type() == Protocol.GOODBYE) {
                    return frame.code();
                }
            }
            in.limit(in.position()).position(frames.consumed());
            in.compact();
        }
        return -1;
    }
}
