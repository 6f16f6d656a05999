/**
 * Who may log in. A {@link dev.heddle.auth.TokenVerifier} judges the token of a LOGIN by the keys of a
 * {@link dev.heddle.auth.KeyFile}; {@link dev.heddle.auth.TokenKey} makes such tokens. The only package that knows the JWT
 * library.
 *
 * <p>Tokens and keys are secrets: nothing here logs, and no message of an exception quotes either, nor what the library says
 * of them, which does.
 *
 * <p>Threads: none; what is shared is immutable or swapped as a whole. Depends on nothing of Heddle; the time is passed in.
 */
@NullMarked
package dev.heddle.auth;

import org.jspecify.annotations.NullMarked;
