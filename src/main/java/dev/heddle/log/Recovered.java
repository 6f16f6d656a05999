package dev.heddle.log;

/** A log as recovery leaves it: whole, durable and ending at {@code end}. */
record Recovered(Segments segments, Gaps gaps, Watermark watermark, long end) {}
