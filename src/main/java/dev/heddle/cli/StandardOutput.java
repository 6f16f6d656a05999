package dev.heddle.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Standard output, for what counts as dealt with once it is printed. Any thread, one print at a time, under a lock. Into a pipe printed means
 * that its reader has taken it: what the pipe still holds when the reader ends ({@code | head -1}) nobody has seen. Elsewhere,
 * and where this cannot be found out, it means written without an error.
 */
final class StandardOutput {
    private static volatile boolean processOwn;

    private final ReentrantLock lock = new ReentrantLock();
    private final PrintStream out = System.out;
    private final @Nullable Descriptor descriptor = processOwn ? Descriptor.ofStandardOutput() : null;

    /** {@link System#out} is the process's descriptor 1, and nothing that a test has put there. */
    static void isProcessOwn() {
        processOwn = true;
    }

    /**
     * Prints a line.
     *
     * @throws IOException if it cannot be written, or its reader is gone
     */
    void line(String text) throws IOException, InterruptedException {
        bytes((text + System.lineSeparator()).getBytes(out.charset()));
    }

    /** Prints these bytes as they are. */
    void bytes(byte[] bytes) throws IOException, InterruptedException {
        lock.lockInterruptibly();
        try {
            out.write(bytes, 0, bytes.length);
            // Flushes as well.
            if (out.checkError()) {
                throw closed();
            }
            if (descriptor != null) {
                descriptor.awaitTaken();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether it is known that nobody will read what is printed. */
    boolean isClosed() {
        return descriptor != null && descriptor.isClosed();
    }

    private static IOException closed() {
        return new IOException("standard output is closed");
    }

    /** What Linux tells of descriptor 1. */
    private static final class Descriptor {
        private static final int STDOUT = 1;
        private static final long FIONREAD = 0x541BL;
        private static final int POLLERR_OR_NVAL = 0x8 | 0x20;
        private static final int FILE_TYPE = 0xf000;
        private static final int PIPE = 0x1000;
        private static final long FIRST_PAUSE_NANOS = 20_000;
        private static final long MOST_PAUSE_NANOS = 5_000_000;

        private final MethodHandle poll;
        private final MethodHandle ioctl;
        private final boolean pipe;

        private Descriptor(MethodHandle poll, MethodHandle ioctl, boolean pipe) {
            this.poll = poll;
            this.ioctl = ioctl;
            this.pipe = pipe;
        }

        /** Null where it tells nothing. */
        @SuppressWarnings("restricted") // etc/jvm.options allows it
        static @Nullable Descriptor ofStandardOutput() {
            try {
                Object mode = Files.getAttribute(Path.of("/proc/self/fd/" + STDOUT), "unix:mode");
                Linker linker = Linker.nativeLinker();
                SymbolLookup symbols = linker.defaultLookup();
                return new Descriptor(
                        linker.downcallHandle(
                                symbols.findOrThrow("poll"),
                                FunctionDescriptor.of(
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.JAVA_LONG,
                                        ValueLayout.JAVA_INT)),
                        linker.downcallHandle(
                                symbols.findOrThrow("ioctl"),
                                FunctionDescriptor.of(
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.JAVA_LONG,
                                        ValueLayout.ADDRESS),
                                Linker.Option.firstVariadicArg(2)),
                        mode instanceof Integer bits && (bits & FILE_TYPE) == PIPE);
            } catch (IOException | RuntimeException elsewhere) {
                return null;
            }
        }

        void awaitTaken() throws IOException, InterruptedException {
            long pause = FIRST_PAUSE_NANOS;
            while (pipe && unread() > 0) {
                // A reader that has gone may have taken everything before: then it counts.
                if (isClosed() && unread() > 0) {
                    throw closed();
                }
                TimeUnit.NANOSECONDS.sleep(pause);
                pause = Math.min(2 * pause, MOST_PAUSE_NANOS);
            }
        }

        private int unread() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment count = arena.allocate(ValueLayout.JAVA_INT);
                int failed = (int) ioctl.invokeExact(STDOUT, FIONREAD, count);
                return failed == 0 ? count.get(ValueLayout.JAVA_INT, 0) : 0;
            } catch (Throwable impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        boolean isClosed() {
            try (Arena arena = Arena.ofConfined()) {
                // struct pollfd: int fd; short events; short revents
                MemorySegment polled = arena.allocate(8, 4);
                polled.set(ValueLayout.JAVA_INT, 0, STDOUT);
                int ready = (int) poll.invokeExact(polled, 1L, 0);
                return ready > 0 && (polled.get(ValueLayout.JAVA_SHORT, 6) & POLLERR_OR_NVAL) != 0;
            } catch (Throwable impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }
}
