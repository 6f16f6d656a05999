package dev.heddle.edge;

import com.google.errorprone.annotations.CheckReturnValue;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that connections come from; any thread, under a lock that is taken when a connection comes and when it goes.
 * Bounded by the connections, and {@link #MOST_REMEMBERED} addresses that have none.
 *
 * <p>An address is remembered so that it cannot begin anew by going and coming back. When there are too many, a quarter of
 * them is forgotten, those who have used least or longest ago: who wants to be forgotten would need thousands of addresses
 * that have done more than it has.
 */
final class Origins {
    static final int MOST_REMEMBERED = 8192;

    /** Above all that an address of IPv6 can have as its first half: nobody sends from a multicast address. */
    private static final long IPV4 = 0xffff_ffffL << 32;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Long, Origin> origins = new HashMap<>();
    /** Of them those with connections. */
    private int connected;

    /** A connection comes; null if there are too many from there, or too fast. Each other one has to {@link #left leave}. */
    @CheckReturnValue
    @Nullable
    Origin arrived(InetAddress address, AddressLimits limits, long now) {
        if (address.isLoopbackAddress() && !limits.loopback()) {
            return Origin.FREE;
        }
        lock.lock();
        try {
            Origin origin = origins.computeIfAbsent(key(address), key -> new Origin());
            boolean full = limits.connections() > 0 && origin.connections >= limits.connections();
            boolean admitted = !full && origin.arrives(limits.arrivals(), now);
            if (admitted && origin.connections++ == 0) {
                connected++;
            }
            if (origins.size() - connected > MOST_REMEMBERED) {
                forget();
            }
            return admitted ? origin : null;
        } finally {
            lock.unlock();
        }
    }

    /** A connection from there is gone. */
    void left(Origin origin) {
        if (origin.isFree()) {
            return;
        }
        lock.lock();
        try {
            if (--origin.connections == 0) {
                connected--;
            }
        } finally {
            lock.unlock();
        }
    }

    private void forget() {
        long[] ends = origins.values().stream()
                .filter(origin -> origin.connections == 0)
                .mapToLong(Origin::paidUntil)
                .sorted()
                .toArray();
        long least = ends[ends.length / 4];
        origins.values().removeIf(origin -> origin.connections == 0 && origin.paidUntil() <= least);
    }

    int size() {
        lock.lock();
        try {
            return origins.size();
        } finally {
            lock.unlock();
        }
    }

    /** What an address counts as: of IPv6 its first half, for whoever has one address has all that share it. */
    static long key(InetAddress address) {
        ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
        return address instanceof Inet6Address ? bytes.getLong() : IPV4 | (bytes.getInt() & 0xffff_ffffL);
    }
}
