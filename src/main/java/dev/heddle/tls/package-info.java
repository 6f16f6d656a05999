/**
 * What TLS needs besides the JDK's own: certificates and keys as files of PEM, checked before they are used, and what a server
 * ({@link dev.heddle.tls.ServerContext}) and a client ({@link dev.heddle.tls.ClientContext}) make of them.
 *
 * <p>No message quotes a key. Threads: none. Depends on nothing.
 */
@NullMarked
package dev.heddle.tls;

import org.jspecify.annotations.NullMarked;
