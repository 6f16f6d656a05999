/** What a report shows of a run. */
@NullMarked
package dev.heddle.verify.report;

import org.jspecify.annotations.NullMarked;
