/**
 * Everything that can be set: a table of settings ({@link dev.heddle.config.Settings#TABLE}), the sources that they are read
 * from (file, then environment, then command line), and the immutable records that the server is built from. A new setting is
 * one constant in the record of its area; the sample file, the README's table, the command line and the environment follow
 * from it.
 *
 * <p>No setting holds a secret, so that values may be shown in errors; secrets are in files that a setting names.
 *
 * <p>Threads: none. Depends on nothing.
 */
@NullMarked
package dev.heddle.config;

import org.jspecify.annotations.NullMarked;
