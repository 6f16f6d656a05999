package dev.heddle.verify.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What the kernel holds for a socket that nobody reads. */
final class SendQueuesTest {
    @Test
    void only_a_socket_of_that_port_with_bytes_that_wait_counts() {
        String waits = "   0: 0100007F:1CE8 0100007F:A2C4 01 00000A00:00000000 01:00000014 00000000 0 0 12 1";
        assertThat(SendQueues.isFull(waits, 7400)).isTrue();
        assertThat(SendQueues.isFull(waits, 7401)).isFalse();
        assertThat(SendQueues.isFull(waits.replace("00000A00:00000000", "00000000:00000A00"), 7400))
                .isFalse();
        assertThat(SendQueues.isFull("  sl  local_address rem_address   st tx_queue rx_queue", 7400))
                .isFalse();
    }

    @Test
    void a_real_socket_counts_once_its_other_end_takes_no_more() throws Exception {
        assumeTrue(Files.isReadable(Path.of("/proc/net/tcp")), "no /proc/net/tcp here");
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                SocketChannel deaf = SocketChannel.open()) {
            deaf.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
            deaf.connect(new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort()));
            try (var accepted = listener.accept()) {
                assertThat(SendQueues.full(listener.getLocalPort())).isZero();
                accepted.setSendBufferSize(4_096);
                OutputStream out = accepted.getOutputStream();
                Thread writer = Thread.ofPlatform().daemon().start(() -> {
                    try {
                        out.write(new byte[1 << 20]);
                    } catch (IOException closed) {
                        // The test is over.
                    }
                });
                Awaitility.await()
                        .atMost(Duration.ofSeconds(10))
                        .until(() -> SendQueues.full(listener.getLocalPort()) == 1);
                deaf.configureBlocking(false);
                Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
                    ByteBuffer in = ByteBuffer.allocate(65_536);
                    while (deaf.read(in.clear()) > 0) {
                        // All that has come.
                    }
                    return !writer.isAlive() && SendQueues.full(listener.getLocalPort()) == 0;
                });
            }
        }
    }
}
