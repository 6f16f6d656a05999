package dev.heddle.edge;

import java.net.InetSocketAddress;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * Where clients connect, and how.
 *
 * @param address port 0: any free one
 * @param engines makes the server's side of TLS for one connection, by any thread; null: the port speaks plain TCP
 * @param codecs of another protocol, over plain TCP; null: the port speaks in frames
 */
public record Port(
        InetSocketAddress address,
        @Nullable Supplier<SSLEngine> engines,
        @Nullable Codecs codecs) {
    /** One that speaks in frames. */
    public Port(InetSocketAddress address, @Nullable Supplier<SSLEngine> engines) {
        this(address, engines, null);
    }
}
