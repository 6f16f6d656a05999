/**
 * What the log tells: {@link dev.heddle.events.Event} names what can happen, {@link dev.heddle.events.EventLog} sees to it
 * that nobody can flood the log with it, {@link dev.heddle.events.LogBackend} and its encoder make one line of each. The only
 * room that knows Logback; the others know SLF4J and put what they have to say into key-values:
 *
 * <pre>
 *   events.at(LOG, Event.LOGIN_REFUSED).addKeyValue("user", user).addKeyValue("reason", reason).log();
 * </pre>
 *
 * <p>No token and no key is ever among them. Threads: none of its own. Depends on nothing of ours.
 */
@NullMarked
package dev.heddle.events;

import org.jspecify.annotations.NullMarked;
