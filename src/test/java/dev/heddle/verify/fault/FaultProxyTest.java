package dev.heddle.verify.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Real sockets on both sides of the proxy. */
final class FaultProxyTest {
    private static final int SILENCE_MILLIS = 150;

    private ServerSocket listener = unbound();
    private FaultProxy proxy = unstarted();
    private Socket client = new Socket();
    private Socket server = new Socket();

    @SuppressWarnings("NullAway") // made in connect()
    private static FaultProxy unstarted() {
        return null;
    }

    private static ServerSocket unbound() {
        try {
            return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        } catch (IOException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @BeforeEach
    void connect() throws IOException {
        proxy = new FaultProxy(listener.getLocalPort(), 7);
        client = new Socket(InetAddress.getLoopbackAddress(), proxy.port());
        server = listener.accept();
        client.setSoTimeout(5_000);
        server.setSoTimeout(5_000);
        await().until(() -> proxy.connections() == 1);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        proxy.close();
        listener.close();
    }

    private static void passes(Socket from, Socket to) throws IOException {
        from.getOutputStream().write(new byte[] {1, 2, 3});
        assertThat(to.getInputStream().readNBytes(3)).containsExactly(1, 2, 3);
    }

    private static void isSilent(Socket socket) throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(5_000);
    }

    @Test
    void in_fair_weather_everything_passes_both_ways() throws IOException {
        passes(client, server);
        passes(server, client);
    }

    @Test
    void latency_delays_and_keeps_the_order() throws IOException {
        proxy.weather(Weather.slow(Duration.ofMillis(60), Duration.ofMillis(40)));
        long begun = System.nanoTime();
        for (byte i = 0; i < 20; i++) {
            client.getOutputStream().write(i);
        }
        byte[] arrived = server.getInputStream().readNBytes(20);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThanOrEqualTo(Duration.ofMillis(60));
        assertThat(arrived).isSorted();
    }

    @Test
    void a_narrow_network_takes_its_time() throws IOException {
        proxy.weather(Weather.narrow(100_000));
        long begun = System.nanoTime();
        client.getOutputStream().write(new byte[20_000]);
        client.getOutputStream().write(new byte[1]);
        assertThat(server.getInputStream().readNBytes(20_001)).hasSize(20_001);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(100));
    }

    @Test
    void a_one_way_partition_stops_one_direction_and_loses_nothing() throws IOException {
        proxy.weather(Weather.partition(false, true));
        passes(server, client);
        client.getOutputStream().write(9);
        isSilent(server);
        proxy.weather(Weather.FAIR);
        assertThat(server.getInputStream().read()).isEqualTo(9);
    }

    @Test
    void a_reset_is_heard_at_both_ends() {
        proxy.resetAll();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        assertThatThrownBy(() -> server.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void a_half_open_connection_leaves_the_server_in_the_dark() throws IOException {
        proxy.halveAll();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        isSilent(server);
        proxy.forgetHalves();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void who_closes_is_followed_by_the_other_end() throws IOException {
        passes(client, server);
        client.close();
        assertThat(server.getInputStream().read()).isEqualTo(-1);
        await().until(() -> proxy.connections() == 0);
    }
}
