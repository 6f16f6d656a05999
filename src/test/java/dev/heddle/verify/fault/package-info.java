/** The proxy that plays the bad network. */
@NullMarked
package dev.heddle.verify.fault;

import org.jspecify.annotations.NullMarked;
