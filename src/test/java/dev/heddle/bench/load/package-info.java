/** The load of the table, held against faults that are planted. */
@NullMarked
package dev.heddle.bench.load;

import org.jspecify.annotations.NullMarked;
