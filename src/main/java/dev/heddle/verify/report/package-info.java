/**
 * What a run found, as data ({@link dev.heddle.verify.report.Run}), and three ways to show it: {@code report.md}, {@code
 * report.html} with its plots inside, {@code data.json} with everything that was measured. All three come from the same
 * records, so they cannot disagree.
 *
 * <p>Threads: none. Plots are drawn by XChart without a display, the rest is text; depends on nothing of ours.
 */
@NullMarked
package dev.heddle.verify.report;

import org.jspecify.annotations.NullMarked;
