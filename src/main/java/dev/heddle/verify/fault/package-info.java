/**
 * Faults that need no root: {@link dev.heddle.verify.fault.FaultProxy}, a TCP proxy in user space with {@link
 * dev.heddle.verify.fault.Weather}, and {@link dev.heddle.verify.fault.KernelNetwork}, the same at the kernel where that is
 * allowed. What a network loses TCP sends again, so loss shows as stalls and resets, and these are what the proxy makes.
 *
 * <p>Threads: two virtual ones for each direction of each connection. Depends on nothing of ours.
 */
@NullMarked
package dev.heddle.verify.fault;

import org.jspecify.annotations.NullMarked;
