package dev.heddle.bench.row;

import com.sun.management.ThreadMXBean;
import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * The inside of a server's JVM, by the management agent that every JDK has; the caller's thread. Attaching costs the server a
 * few threads and a megabyte or two, so it is done before anything is measured.
 */
final class ServerJvm implements AutoCloseable {
    /** Nothing was compiled for so long: there is nothing left that waits to be. */
    private static final int QUIET_LOOKS = 4;

    private static final long LOOK_NANOS = 500_000_000;
    private static final int MOST_LOOKS = 16;

    /** Only a JVM on Linux has this. */
    private static final String TRIM = "systemTrimNativeHeap";

    private final JMXConnector connector;
    private final MBeanServerConnection beans;
    private final MemoryMXBean memory;
    private final ThreadMXBean threads;
    private final CompilationMXBean compiler;

    private ServerJvm(JMXConnector connector) throws IOException {
        this.connector = connector;
        beans = connector.getMBeanServerConnection();
        memory = ManagementFactory.newPlatformMXBeanProxy(
                beans, ManagementFactory.MEMORY_MXBEAN_NAME, MemoryMXBean.class);
        threads = ManagementFactory.newPlatformMXBeanProxy(
                beans, ManagementFactory.THREAD_MXBEAN_NAME, ThreadMXBean.class);
        compiler = ManagementFactory.newPlatformMXBeanProxy(
                beans, ManagementFactory.COMPILATION_MXBEAN_NAME, CompilationMXBean.class);
    }

    // The other end is a process that this one started, and nobody else can answer for it.
    @SuppressWarnings("BanJNDI")
    static ServerJvm attach(long pid) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                return new ServerJvm(
                        JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException refused) {
            throw new IOException("the server's JVM cannot be looked into", refused);
        }
    }

    /** Bytes of heap that are in use after a collection of all of it. */
    long liveBytes() {
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }

    /** Bytes of heap that were in use at most since the start, in each of its parts for itself. */
    long mostHeapBytes() throws IOException {
        long bytes = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getPlatformMXBeans(beans, MemoryPoolMXBean.class)) {
            bytes += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
        }
        return bytes;
    }

    /** Waits until the code of what has been done is compiled: two seconds without a new method, or eight seconds. */
    void awaitCompiled() {
        long before = compiler.getTotalCompilationTime();
        int quiet = 0;
        for (int look = 0; quiet < QUIET_LOOKS && look < MOST_LOOKS; look++) {
            LockSupport.parkNanos(LOOK_NANOS);
            long now = compiler.getTotalCompilationTime();
            quiet = now == before ? quiet + 1 : 0;
            before = now;
        }
    }

    /** Has what the JVM needed for a while and no longer needs, as to compile, given back to the system, where that can be. */
    void trim() throws IOException {
        try {
            ObjectName commands = new ObjectName("com.sun.management:type=DiagnosticCommand");
            if (Arrays.stream(beans.getMBeanInfo(commands).getOperations())
                    .anyMatch(known -> known.getName().equals(TRIM))) {
                beans.invoke(commands, TRIM, null, null);
            }
        } catch (JMException unknown) {
            throw new IOException("the server's JVM does not trim its native heap", unknown);
        }
    }

    /** Bytes that all threads have allocated since the start, those that have ended and virtual ones included. */
    long allocatedBytes() {
        return threads.getTotalThreadAllocatedBytes();
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}
