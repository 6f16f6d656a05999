package dev.heddle.edge;

/**
 * What all connections together use, about; any thread makes one.
 *
 * @param connections sockets that are open now
 * @param opened connections that came, since the start
 * @param turnedAway connections above the limit, which were told so
 * @param limitedConnections turned away, because their address had too many or they came too fast from there
 * @param limitedLogins turned away, because they came too fast from their address
 * @param failedLogins whose token was refused
 * @param queuedBytes buffers that are in use: what is read and not handled, what is written and not sent
 * @param queuedLimitBytes that they can be
 * @param assemblyBytes memory on the heap for large frames that are arriving
 * @param assemblyLimitBytes that it can be
 */
public record EdgePicture(
        int connections,
        long opened,
        long turnedAway,
        long limitedConnections,
        long limitedLogins,
        long failedLogins,
        long queuedBytes,
        long queuedLimitBytes,
        long assemblyBytes,
        long assemblyLimitBytes) {}
