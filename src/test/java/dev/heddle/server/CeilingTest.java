package dev.heddle.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.heddle.config.Settings;
import dev.heddle.config.SettingsException;
import dev.heddle.edge.EdgeOptions;
import dev.heddle.legacy.LegacyPort;
import dev.heddle.log.Log;
import dev.heddle.log.LogOptions;
import dev.heddle.presence.ChronicleUserStore;
import dev.heddle.server.Ceiling.Machine;
import dev.heddle.tls.Certificates;
import dev.heddle.tls.Hellos;
import dev.heddle.tls.Identity;
import dev.heddle.tls.ServerContext;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CeilingTest {
    private static final long MIB = 1L << 20;
    private static final long PLENTY = 1L << 40;
    private static final LogOptions LOG = LogOptions.defaults(1);
    private static final int OTHER_FILES = 256;
    private static final int HANDSHAKE = 4096;

    private static Settings settings(String... pairs) {
        Map<String, String> values = new HashMap<>(Map.of("max.users", "100000"));
        for (int i = 0; i < pairs.length; i += 2) {
            values.put(pairs[i], pairs[i + 1]);
        }
        return Settings.of(values);
    }

    private static Ceiling of(Settings settings, Machine machine) {
        return Ceiling.of(settings, 1, LOG, machine);
    }

    @Test
    void the_sum_is_what_its_parts_are() {
        Settings settings = settings("max.connections", "1000");
        Ceiling ceiling = Ceiling.of(settings, 2, LOG, new Machine(512 * MIB, 512 * MIB, PLENTY, 65_536, HANDSHAKE));

        assertThat(ceiling.connections()).isEqualTo(1000);
        assertThat(ceiling.heapBytes()).isEqualTo(512 * MIB);
        assertThat(ceiling.userBytes()).isEqualTo(2 * ChronicleUserStore.memoryBytes(100_000, DataFolder.USER_BYTES));
        assertThat(ceiling.kernelBytes())
                .as("the kernel doubles what it is asked for, both ways")
                .isEqualTo(1000L
                        * 2
                        * (settings.connections().sendBufferBytes()
                                + settings.connections().receiveBufferBytes()));
        assertThat(ceiling.directBytes())
                .as(
                        "logs, shared buffers, each connection's own, a slab of each size begun, and what the JDK copies through")
                .isEqualTo(2 * LOG.directBytes()
                        + settings.connections().sharedBufferBytes()
                        + 1000L * EdgeOptions.smallBytesPerConnection(false)
                        + 10 * MIB);
        assertThat(ceiling.processBytes())
                .isEqualTo(ceiling.heapBytes() + ceiling.directBytes() + ceiling.userBytes() + ceiling.baseBytes());
    }

    @Test
    void with_a_port_for_tls_each_connection_may_be_one_that_uses_it() {
        Machine machine = new Machine(512 * MIB, PLENTY, PLENTY, PLENTY, HANDSHAKE);
        int plain = of(settings(), machine).connections();
        int tls = of(settings("tls.port", "7443"), machine).connections();
        assertThat((double) plain / tls)
                .isCloseTo(
                        (double) (Ceiling.HEAP_PER_CONNECTION + Ceiling.HEAP_PER_TLS + HANDSHAKE)
                                / Ceiling.HEAP_PER_CONNECTION,
                        within(0.01));
        Machine wide = new Machine(PLENTY / 2, 2000 * MIB, PLENTY, PLENTY, HANDSHAKE);
        assertThat(of(settings("tls.port", "7443"), wide).directBytes()).isBetween(2000 * MIB - MIB, 2000 * MIB);
        assertThat(of(settings("tls.port", "7443"), wide).connections())
                .isLessThan(of(settings(), wide).connections());
    }

    @Test
    void all_that_it_counts_fits_the_machine() {
        for (long memory = 700 * MIB; memory < 64_000 * MIB; memory = memory * 3 / 2) {
            Ceiling ceiling = of(settings(), new Machine(400 * MIB, PLENTY, memory, PLENTY, HANDSHAKE));
            assertThat(ceiling.processBytes() + ceiling.kernelBytes())
                    .as("on %d bytes", memory)
                    .isLessThanOrEqualTo(memory);
        }
    }

    @Test
    void buffers_fit_the_direct_memory() {
        for (long direct = 128 * MIB; direct < 8000 * MIB; direct = direct * 3 / 2) {
            Ceiling ceiling = of(settings(), new Machine(PLENTY / 2, direct, PLENTY, PLENTY, HANDSHAKE));
            assertThat(ceiling.directBytes()).isBetween(direct - MIB, direct);
        }
    }

    @Test
    void open_files_limit_the_connections() {
        Ceiling ceiling = of(settings(), new Machine(512 * MIB, PLENTY, PLENTY, 1024, HANDSHAKE));
        assertThat(ceiling.connections()).isEqualTo(1024 - OTHER_FILES - Log.MOST_FILES);
    }

    @Test
    void without_any_other_limit_there_are_a_million() {
        Ceiling ceiling = of(settings(), new Machine(1L << 36, PLENTY, PLENTY, PLENTY, HANDSHAKE));
        assertThat(ceiling.connections()).isEqualTo(1_000_000);
    }

    @Test
    void more_connections_than_open_files_are_refused() {
        Machine machine = new Machine(512 * MIB, PLENTY, PLENTY, 1024, HANDSHAKE);
        int most = 1024 - OTHER_FILES - Log.MOST_FILES;
        String oneTooMany = String.valueOf(most + 1);
        assertThatThrownBy(() -> of(settings("max.connections", oneTooMany), machine))
                .isInstanceOf(SettingsException.class)
                .hasMessageStartingWith("max.connections=" + oneTooMany
                        + " cannot hold: the limit of open files (1024) allows " + most + " connections");
        assertThat(of(settings("max.connections", String.valueOf(most)), machine)
                        .connections())
                .isEqualTo(most);
    }

    @Test
    void a_heap_too_small_for_the_connections_is_refused() {
        assertThatThrownBy(() -> of(
                        settings("max.connections", "100000"),
                        new Machine(256 * MIB, PLENTY, PLENTY, PLENTY, HANDSHAKE)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("max.connections=100000 cannot hold: a heap of 256 MiB allows ");
    }

    @Test
    void direct_memory_too_small_for_the_buffers_is_refused() {
        assertThatThrownBy(() -> of(settings(), new Machine(512 * MIB, 64 * MIB, PLENTY, PLENTY, HANDSHAKE)))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("this configuration cannot hold: direct memory of 64 MiB allows 0 connections");
    }

    @Test
    void more_users_than_the_machine_has_memory_for_are_refused() {
        Machine machine = new Machine(512 * MIB, PLENTY, 1024 * MIB, PLENTY, HANDSHAKE);
        assertThatThrownBy(() -> of(settings("max.users", "100000000"), machine))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("a machine of 1024 MiB allows 0 connections")
                .hasMessageContaining("lower --heap, max.users");
    }

    @Test
    void each_shard_counts() {
        Machine machine = new Machine(1024 * MIB, 512 * MIB, PLENTY, PLENTY, HANDSHAKE);
        int one = Ceiling.of(settings(), 1, LOG, machine).connections();
        int four = Ceiling.of(settings(), 4, LOG, machine).connections();
        assertThat(four).isLessThan(one);
    }

    @Test
    void what_legacy_clients_take_besides_counts_if_they_may_come() {
        Machine machine = new Machine(512 * MIB, PLENTY, PLENTY, PLENTY, HANDSHAKE);
        double without = of(settings("legacy.connections", "500"), machine).connections();
        double any = of(settings("legacy.port", "8085"), machine).connections();
        assertThat(without / any)
                .isCloseTo(
                        (double) (Ceiling.HEAP_PER_CONNECTION + LegacyPort.HEAP_BYTES) / Ceiling.HEAP_PER_CONNECTION,
                        within(0.01));
        Ceiling some = of(settings("legacy.port", "8085", "legacy.connections", "500"), machine);
        assertThat(some.connections())
                .isCloseTo((int) without - 500 * LegacyPort.HEAP_BYTES / Ceiling.HEAP_PER_CONNECTION, within(1));
        assertThat(some.directBytes())
                .isEqualTo(of(settings("max.connections", "" + some.connections()), machine)
                                .directBytes()
                        + 500 * EdgeOptions.CODEC_BYTES);
        assertThat(some.kernelBytes()).isEqualTo(some.connections() * 256L * 1024);
        Machine files = new Machine(512 * MIB, PLENTY, PLENTY, 4096, HANDSHAKE);
        assertThat(of(settings("legacy.port", "8085"), files).connections())
                .as("one socket each")
                .isEqualTo(of(settings(), files).connections());
        assertThat(of(settings("legacy.port", "8085"), machine).connections())
                .as("for which there was no room when each had threads and two more sockets")
                .isGreaterThan(6000);
        Machine small = new Machine(192 * MIB, PLENTY, PLENTY, PLENTY, HANDSHAKE);
        assertThat(of(settings(), small).connections()).isPositive();
        assertThatThrownBy(() -> of(settings("legacy.port", "8085", "legacy.connections", "5000"), small))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("a heap of 192 MiB")
                .hasMessageEndingWith("or legacy.connections");
    }

    @Test
    void it_is_said_in_one_line() {
        assertThat(of(
                        settings("max.connections", "1000"),
                        new Machine(512 * MIB, 512 * MIB, PLENTY, 65_536, HANDSHAKE)))
                .hasToString("memory ceiling 823 MiB (heap 512 MiB, buffers 94 MiB, users 25 MiB, JVM 192 MiB)"
                        + " and 250 MiB of socket buffers, for 1000 connections");
    }

    /** What a client may offer (see {@code ClientHello}), as lists of what becomes the most objects. */
    static Stream<byte[]> greedyHellos() throws Exception {
        List<byte[]> hellos = new ArrayList<>();
        for (String protocol : List.of("TLSv1.3", "TLSv1.2")) {
            byte[] usual = Hellos.withSuites(Hellos.usual(protocol), 200);
            hellos.add(usual);
            hellos.add(Hellos.with(usual, 10, Hellos.numbers(220, 0x001d, 0x0017)));
            hellos.add(Hellos.with(usual, 13, Hellos.numbers(220, 0x0403)));
            hellos.add(Hellos.with(usual, 50, Hellos.numbers(220, 0x0403)));
            hellos.add(Hellos.with(usual, 16, Hellos.names(220)));
            hellos.add(Hellos.with(usual, 47, Hellos.authorities(110)));
        }
        return hellos.stream();
    }

    @ParameterizedTest
    @MethodSource("greedyHellos")
    void a_handshake_that_stands_still_takes_no_more_heap_than_is_counted(byte[] hello, @TempDir Path folder)
            throws Exception {
        Certificates.ec().in(folder);
        Identity identity = Identity.read(folder.resolve("tls.crt"), folder.resolve("tls.key"));
        ServerContext context = new ServerContext(identity, true);
        List<SSLEngine> engines = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            engines.add(stopped(context, hello));
        }
        engines.clear();
        long before = usedHeap();
        for (int i = 0; i < 400; i++) {
            engines.add(stopped(context, hello));
        }
        assertThat((usedHeap() - before) / engines.size())
                .as("bytes of heap each")
                .isLessThan(Ceiling.HEAP_PER_TLS + HANDSHAKE);
    }

    /** The server's side of a handshake after it has answered, and heard most of the next message in TLS 1.2. */
    private static SSLEngine stopped(ServerContext context, byte[] hello) throws Exception {
        SSLEngine engine = context.get();
        ByteBuffer out = ByteBuffer.allocate(32 * 1024);
        ByteBuffer none = ByteBuffer.allocate(0);
        engine.beginHandshake();
        try {
            engine.unwrap(ByteBuffer.wrap(hello), out);
            Runnable task = engine.getDelegatedTask();
            while (task != null) {
                task.run();
                task = engine.getDelegatedTask();
            }
            while (engine.getHandshakeStatus() == SSLEngineResult.HandshakeStatus.NEED_WRAP) {
                engine.wrap(none, out.clear());
            }
            if (engine.getHandshakeSession().getProtocol().equals("TLSv1.2")) {
                int heard = HANDSHAKE - 16;
                ByteBuffer part = ByteBuffer.allocate(5 + heard)
                        .put((byte) 22)
                        .putShort((short) 0x0303)
                        .putShort((short) heard)
                        .putInt(16 << 24 | HANDSHAKE - 4);
                engine.unwrap(part.rewind(), out.clear());
            }
        } catch (SSLException refused) {
            // Then it takes less.
        }
        return engine;
    }

    private static long usedHeap() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
