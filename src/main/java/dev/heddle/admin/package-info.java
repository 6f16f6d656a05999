/**
 * What is going on: an HTTP port for operators and their tools, with figures, health, and a few things that can be done.
 *
 * <p>Nothing is read while its owner may be changing it: a shard's figures are a picture that its owner takes, asked for by a
 * command on its ring. A request is checked by {@link dev.heddle.admin.Gate} before any {@link dev.heddle.admin.Route} sees it.
 *
 * <p>Threads: the dispatcher of the JDK's HTTP server, a bounded number of threads that come when there are requests and go
 * when there are none, and one that takes a sample every few seconds. Depends on {@code edge}, {@code events},
 * {@code routing}, {@code shard}, {@code wire}.
 */
@NullMarked
package dev.heddle.admin;

import org.jspecify.annotations.NullMarked;
