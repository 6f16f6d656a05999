/**
 * What the log tells: {@link dev.heddle.events.Event} names what can happen, {@link dev.heddle.events.EventLog} sees to it
 * that nobody can flood the log with it, {@link dev.heddle.events.LineLogger} makes one line of each, and
 * {@link dev.heddle.events.LineOutput} writes them, without anybody waiting for it. The only room that knows slf4j-simple; the
 * others know SLF4J and put what they have to say into key-values:
 *
 * <pre>
 *   events.at(LOG, Event.LOGIN_REFUSED).addKeyValue("user", user).addKeyValue("reason", reason).log();
 * </pre>
 *
 * <p>No token and no key is ever among them. Threads: one that writes. Depends on {@code text}.
 */
@NullMarked
package dev.heddle.events;

import org.jspecify.annotations.NullMarked;
