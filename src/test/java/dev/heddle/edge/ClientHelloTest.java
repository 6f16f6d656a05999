package dev.heddle.edge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.heddle.tls.Hellos;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which ClientHello an engine is made for. */
final class ClientHelloTest {
    private static String objection(byte[] record) {
        return ClientHello.objection(ByteBuffer.wrap(record));
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void what_clients_say_is_taken(String protocol) throws Exception {
        assertThat(objection(Hellos.usual(protocol))).isEmpty();
        byte[] posh = Hellos.usual(protocol);
        posh = Hellos.with(posh, 0, new byte[5 + 255]);
        posh = Hellos.with(posh, 51, Hellos.keyShares(1, 1216));
        assertThat(objection(posh)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 13, 16, 47, 50, 0x1234})
    void lists_that_no_client_needs_are_refused(int extension) throws Exception {
        byte[] hello = Hellos.with(Hellos.usual("TLSv1.3"), extension, new byte[700]);
        assertThat(objection(hello)).startsWith("a ClientHello with ").endsWith(" bytes of offers");
    }

    @Test
    void keys_and_suites_without_end_are_refused() throws Exception {
        byte[] hello = Hellos.usual("TLSv1.3");
        assertThat(objection(Hellos.with(hello, 51, Hellos.keyShares(16, 32)))).isEmpty();
        assertThat(objection(Hellos.with(hello, 51, Hellos.keyShares(17, 32))))
                .isEqualTo("a ClientHello with too many keys");
        assertThat(objection(Hellos.with(hello, 51, Hellos.keyShares(600, 1))))
                .isEqualTo("a ClientHello with too many keys");
        assertThat(objection(Hellos.with(hello, 41, Hellos.tickets(16)))).isEmpty();
        assertThat(objection(Hellos.with(hello, 41, Hellos.tickets(17)))).isEqualTo("a ClientHello with too many keys");
        assertThat(objection(Hellos.withSuites(hello, 300))).endsWith(" bytes of cipher suites");
    }

    @Test
    void one_that_is_cut_or_broken_anywhere_is_refused_and_never_read_beyond_its_end() throws Exception {
        byte[] hello = Hellos.usual("TLSv1.3");
        for (int length = 5; length < hello.length; length++) {
            assertThat(objection(Arrays.copyOf(hello, length))).isNotEmpty();
        }
        Random random = new Random(11);
        for (int i = 0; i < 100_000; i++) {
            byte[] broken = hello.clone();
            for (int changes = random.nextInt(1, 6); changes > 0; changes--) {
                broken[random.nextInt(5, broken.length)] = (byte) random.nextInt();
            }
            assertThat(objection(broken)).isNotNull();
        }
    }
}
