/**
 * The processes of a verification run: the {@link dev.heddle.verify.process.ServerUnderTest}, started with the very flags and
 * class path that the scripts use, what the operating system says about it, and {@link dev.heddle.verify.process.ChildJvm},
 * any other JVM that is talked to in lines.
 *
 * <p>Threads: one reader of a child's output each, one sampler a server. Everything that is started ends with its owner's
 * {@code close}, and with this process. Depends on nothing of ours.
 */
@NullMarked
package dev.heddle.verify.process;

import org.jspecify.annotations.NullMarked;
