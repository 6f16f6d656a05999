package dev.heddle.edge;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** Another protocol, as it is spoken on a port; any thread. */
public interface Codecs {
    /** A client has come; null: there are too many of them. Any other is to be {@link Codec#closed}. */
    @Nullable
    Codec accept(SocketAddress from);

    /** What its sockets need besides. */
    void prepare(SocketChannel client) throws IOException;

    /** Clients at once, at most; 0: as many as there may be connections. */
    int most();

    /** So many seconds of silence end a session; 0: none do, and a client may give way to others for its silence. */
    int silenceSeconds();

    /** What its clients are called, for people. */
    String clients();
}
