/**
 * The scenarios: each a {@link dev.heddle.verify.scenario.Scenario} with one question, and the {@link
 * dev.heddle.verify.scenario.Bench} that gives it servers and load and takes them away again.
 *
 * <p>Threads: the caller's. Depends on the other rooms of {@code verify}, and {@code client} and {@code wire} where a scenario
 * itself is a client.
 */
@NullMarked
package dev.heddle.verify.scenario;

import org.jspecify.annotations.NullMarked;
