package dev.heddle.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LineOutputTest {
    private static final long PATIENCE_MILLIS = 10_000;
    private static final String LONG = "x".repeat(1000);

    /** A pipe whose reader stands still until it goes on, or is gone. */
    private static final class Pipe extends OutputStream {
        final CountDownLatch goesOn = new CountDownLatch(1);
        volatile boolean gone;
        volatile boolean closed;
        private final ByteArrayOutputStream read = new ByteArrayOutputStream();

        @Override
        public void write(int one) {
            throw new AssertionError("a line is written as a whole");
        }

        @Override
        public void write(byte[] line) throws IOException {
            try {
                goesOn.await();
            } catch (InterruptedException stopped) {
                throw new IOException(stopped);
            }
            if (gone) {
                throw new IOException("Broken pipe");
            }
            read.write(line);
        }

        @Override
        public void close() {
            closed = true;
        }

        List<String> lines() {
            return read.toString(StandardCharsets.UTF_8).lines().toList();
        }
    }

    private final Pipe pipe = new Pipe();
    private final LineOutput output = new LineOutput("heddle-test", pipe, dropped -> "dropped " + dropped + "\n");

    @Test
    void lines_are_written_whole_and_in_their_order() {
        pipe.goesOn.countDown();
        List<String> said = IntStream.range(0, 1000).mapToObj(i -> "line " + i).toList();
        said.forEach(line -> assertThat(output.add(line + "\n")).isTrue());
        assertThat(output.flush(PATIENCE_MILLIS)).isTrue();
        assertThat(pipe.lines()).isEqualTo(said);
        assertThat(output.dropped()).isZero();
    }

    @Test
    void whoever_has_something_to_say_does_not_wait_for_a_reader_that_stands_still() {
        int all = 0;
        while (output.dropped() < 500) {
            output.add(LONG + all++ + "\n");
        }
        assertThat(all).isBetween(LineOutput.MOST_BYTES / 1010 + 500, LineOutput.MOST_BYTES / 1000 + 500);
        long begun = System.nanoTime();
        assertThat(output.flush(100)).isFalse();
        assertThat(System.nanoTime() - begun).isLessThan(TimeUnit.SECONDS.toNanos(10));

        pipe.goesOn.countDown();
        assertThat(output.flush(PATIENCE_MILLIS)).isTrue();
        int written = all - 500;
        await().atMost(Duration.ofSeconds(10)).until(() -> pipe.lines().size() == written + 1);
        assertThat(pipe.lines()).filteredOn(line -> line.startsWith(LONG)).hasSize(written);
        assertThat(pipe.lines()).filteredOn(line -> line.startsWith("dropped")).containsExactly("dropped 500");
        output.add("and on\n");
        assertThat(output.flush(PATIENCE_MILLIS)).isTrue();
        assertThat(pipe.lines().getLast()).isEqualTo("and on");
    }

    @Test
    void lines_for_a_reader_that_is_gone_are_counted_and_told_to_the_next_one() {
        pipe.gone = true;
        pipe.goesOn.countDown();
        for (int i = 0; i < 7; i++) {
            output.add("lost\n");
        }
        assertThat(output.flush(PATIENCE_MILLIS)).isTrue();
        assertThat(output.dropped()).isEqualTo(7);

        Pipe next = new Pipe();
        next.goesOn.countDown();
        output.to(next);
        output.add("found\n");
        await().atMost(Duration.ofSeconds(10))
                .untilAsserted(() -> assertThat(next.lines()).containsExactly("found", "dropped 7"));
        assertThat(pipe.closed).isTrue();
        assertThat(next.closed).isFalse();
    }

    @Test
    void a_target_that_was_named_and_never_used_is_closed_as_well() {
        Pipe second = new Pipe();
        Pipe third = new Pipe();
        output.add("one\n");
        output.to(second);
        output.to(third);
        pipe.goesOn.countDown();
        third.goesOn.countDown();
        output.add("two\n");
        assertThat(output.flush(PATIENCE_MILLIS)).isTrue();
        assertThat(pipe.closed).isTrue();
        assertThat(second.closed).isTrue();
        assertThat(third.lines()).contains("two");
    }
}
