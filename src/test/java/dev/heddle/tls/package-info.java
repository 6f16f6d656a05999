/** Certificates and keys: which are taken, and why not. */
@NullMarked
package dev.heddle.tls;

import org.jspecify.annotations.NullMarked;
