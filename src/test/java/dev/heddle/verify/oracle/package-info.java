/** The judge of the verification run, judged. */
@NullMarked
package dev.heddle.verify.oracle;

import org.jspecify.annotations.NullMarked;
