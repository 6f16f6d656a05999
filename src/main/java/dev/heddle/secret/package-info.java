/**
 * Who else may read or write a file that holds a secret: {@link dev.heddle.secret.SecretFile}. Threads: none. Depends on nothing
 * of ours.
 */
@NullMarked
package dev.heddle.secret;

import org.jspecify.annotations.NullMarked;
