/** The server as a real process, killed under load, and what its clients have to say about it. */
@NullMarked
package dev.heddle.crash;

import org.jspecify.annotations.NullMarked;
