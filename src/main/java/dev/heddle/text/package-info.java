/**
 * How text that others wrote is shown to people: {@link dev.heddle.text.Printable} decides which characters go to a terminal, a
 * log or a page as they are. Threads: none. Depends on nothing of ours.
 */
@NullMarked
package dev.heddle.text;

import org.jspecify.annotations.NullMarked;
