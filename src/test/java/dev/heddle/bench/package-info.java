/** The table, end to end at a small size. */
@NullMarked
package dev.heddle.bench;

import org.jspecify.annotations.NullMarked;
