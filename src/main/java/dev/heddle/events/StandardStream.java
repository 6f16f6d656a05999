package dev.heddle.events;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.function.Supplier;

/** Standard output or standard error, whichever stream that is now; one thread. Closing it closes nothing. */
public final class StandardStream extends OutputStream {
    private final Supplier<PrintStream> stream;

    private StandardStream(Supplier<PrintStream> stream) {
        this.stream = stream;
    }

    public static OutputStream out() {
        return new StandardStream(() -> System.out);
    }

    public static OutputStream err() {
        return new StandardStream(() -> System.err);
    }

    @Override
    public void write(int one) {
        stream.get().write(one);
    }

    @Override
    public void write(byte[] bytes, int from, int length) {
        stream.get().write(bytes, from, length);
    }

    /** @throws IOException if something was not written; a {@code PrintStream} keeps that in mind for good */
    @Override
    public void flush() throws IOException {
        if (stream.get().checkError()) {
            throw new IOException("not written");
        }
    }
}
