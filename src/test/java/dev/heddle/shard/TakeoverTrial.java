package dev.heddle.shard;

import java.io.IOException;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Runs {@link TakeoverTest} in a core with a bug in it. */
public final class TakeoverTrial implements LongFunction<@Nullable String> {
    /** What was wrong, or null; the number is of no meaning. */
    @Override
    @SuppressWarnings("JUnitMethodInvoked") // Of a test in another class loader, which no runner sees.
    public @Nullable String apply(long number) {
        TakeoverTest test = new TakeoverTest();
        try {
            test.open();
            test.more_than_a_thousand_that_were_not_acknowledged_come_again_in_order();
            return null;
        } catch (IOException | RuntimeException | AssertionError wrong) {
            return String.valueOf(wrong.getMessage()).lines().limit(3).toList().toString();
        }
    }
}
