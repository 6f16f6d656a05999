/** The verification run itself, put to the test: with servers that are right, and with servers that are not. */
@NullMarked
package dev.heddle.verify;

import org.jspecify.annotations.NullMarked;
