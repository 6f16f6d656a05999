/** Tests of what is worked out; what is said over HTTP is tested with a real server, in {@code dev.heddle.protocol}. */
@NullMarked
package dev.heddle.admin;

import org.jspecify.annotations.NullMarked;
