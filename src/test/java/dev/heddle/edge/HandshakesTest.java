package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.heddle.events.EventLog;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whose turn it is to calculate, and who is refused. */
@Timeout(60)
final class HandshakesTest {
    private static final long MILLI = 1_000_000;

    private final AtomicLong nanos = new AtomicLong();
    private final Semaphore calculations = new Semaphore(0);
    private final Semaphore begun = new Semaphore(0);
    private final ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger gone = new AtomicInteger();
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private ServerSocketChannel listener;
    private Handshakes handshakes;
    private SocketChannel crowd;

    @BeforeEach
    void open() throws IOException {
        handshakes = new Handshakes(Engine::new, new EventLog(), nanos::get, 1);
        listener = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        opened.add(listener);
        crowd = from("127.0.0.1");
    }

    @AfterEach
    void close() throws Exception {
        calculations.release(100_000);
        for (Thread each : threads) {
            each.join();
        }
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
    }

    /** A connection from there, as the server sees it. */
    private SocketChannel from(String address) throws IOException {
        SocketChannel client = SocketChannel.open().bind(new InetSocketAddress(address, 0));
        client.connect(listener.getLocalAddress());
        SocketChannel server = listener.accept();
        opened.add(client);
        opened.add(server);
        return server;
    }

    /** One that calculates until it is told to end. */
    private void shakesHands(String name, SocketChannel socket, boolean isOver) {
        int before = handshakes.waiting();
        begun.drainPermits();
        Engine engine = new Engine();
        engine.task = () -> {
            begun.release();
            calculations.acquireUninterruptibly();
            nanos.addAndGet(4 * MILLI);
            done.add(name);
        };
        threads.add(Thread.ofVirtual().start(() -> {
            try {
                handshakes.calculate(engine, socket, () -> isOver);
            } catch (SSLException tooMany) {
                assertThat(tooMany).hasMessage(Handshakes.TOO_MANY);
                refused.incrementAndGet();
            } catch (IOException closed) {
                gone.incrementAndGet();
            }
        }));
        await().atMost(Duration.ofSeconds(10))
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> handshakes.waiting() > before || begun.tryAcquire() || refused.get() > 0);
    }

    private void let(int many) {
        int before = done.size();
        calculations.release(many);
        await().atMost(Duration.ofSeconds(10)).until(() -> done.size() >= before + many);
    }

    @Test
    void a_crowd_from_one_address_costs_another_address_one_turn() throws IOException {
        for (int i = 0; i < 100; i++) {
            shakesHands("crowd", crowd, false);
        }
        shakesHands("alone", from("127.0.0.2"), false);
        let(3);
        assertThat(done).contains("alone");
        let(98);
        assertThat(refused).hasValue(0);
    }

    @Test
    void the_line_is_no_longer_than_what_is_done_in_half_a_second() throws IOException {
        // Each takes 4 ms, as the first hundred show.
        for (int i = 0; i < 100; i++) {
            shakesHands("crowd", crowd, false);
        }
        let(100);
        for (int i = 0; refused.get() == 0; i++) {
            assertThat(i).as("waiting").isLessThan(200);
            shakesHands("flood", crowd, false);
        }
        assertThat(handshakes.waiting()).isBetween(120, 135);
        shakesHands("alone", from("127.0.0.2"), false);
        await().atMost(Duration.ofSeconds(10)).until(() -> refused.get() == 2);
        let(3);
        assertThat(done).as("it was one of the flood that was refused").contains("alone");
    }

    @Test
    void who_has_gone_before_its_turn_costs_nothing() throws IOException {
        shakesHands("first", crowd, false);
        for (int i = 0; i < 20; i++) {
            shakesHands("gone", crowd, true);
        }
        shakesHands("last", crowd, false);
        let(2);
        assertThat(done).containsExactly("first", "last");
        assertThat(gone).hasValue(20);
    }

    /** An engine with one thing to calculate, and nothing else. */
    private static final class Engine extends SSLEngine {
        private @Nullable Runnable task;

        @Override
        public @Nullable Runnable getDelegatedTask() {
            Runnable once = task;
            task = null;
            return once;
        }

        @Override
        public SSLEngineResult wrap(ByteBuffer[] sources, int offset, int length, ByteBuffer target) {
            throw new UnsupportedOperationException();
        }

        @Override
        public SSLEngineResult unwrap(ByteBuffer source, ByteBuffer[] targets, int offset, int length) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void closeInbound() {}

        @Override
        public boolean isInboundDone() {
            return false;
        }

        @Override
        public void closeOutbound() {}

        @Override
        public boolean isOutboundDone() {
            return false;
        }

        @Override
        public String[] getSupportedCipherSuites() {
            return new String[0];
        }

        @Override
        public String[] getEnabledCipherSuites() {
            return new String[0];
        }

        @Override
        public void setEnabledCipherSuites(String[] suites) {}

        @Override
        public String[] getSupportedProtocols() {
            return new String[0];
        }

        @Override
        public String[] getEnabledProtocols() {
            return new String[0];
        }

        @Override
        public void setEnabledProtocols(String[] protocols) {}

        @Override
        public SSLSession getSession() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void beginHandshake() {}

        @Override
        public SSLEngineResult.HandshakeStatus getHandshakeStatus() {
            return SSLEngineResult.HandshakeStatus.NEED_TASK;
        }

        @Override
        public void setUseClientMode(boolean mode) {}

        @Override
        public boolean getUseClientMode() {
            return false;
        }

        @Override
        public void setNeedClientAuth(boolean need) {}

        @Override
        public boolean getNeedClientAuth() {
            return false;
        }

        @Override
        public void setWantClientAuth(boolean want) {}

        @Override
        public boolean getWantClientAuth() {
            return false;
        }

        @Override
        public void setEnableSessionCreation(boolean flag) {}

        @Override
        public boolean getEnableSessionCreation() {
            return true;
        }
    }
}
