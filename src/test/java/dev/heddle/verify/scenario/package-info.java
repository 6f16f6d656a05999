/** What scenarios look at, put to the test. */
@NullMarked
package dev.heddle.verify.scenario;

import org.jspecify.annotations.NullMarked;
