package dev.heddle.edge;

import java.net.BindException;
import java.net.InetSocketAddress;

/** The edge cannot listen at one of its addresses. */
public final class PortTakenException extends BindException {
    private static final long serialVersionUID = 1L;

    private final InetSocketAddress address;

    PortTakenException(InetSocketAddress address, String message, BindException cause) {
        super(message);
        initCause(cause);
        this.address = address;
    }

    /** The address as it was asked for. */
    public InetSocketAddress address() {
        return address;
    }
}
