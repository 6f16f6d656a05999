/** The model that judges presence. */
@NullMarked
package dev.heddle.verify.load;

import org.jspecify.annotations.NullMarked;
