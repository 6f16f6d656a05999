package dev.heddle.verify.report;

import java.util.List;
import java.util.Map;

/**
 * A whole run.
 *
 * @param size of the run: tiny, quick, full
 * @param command that repeats it
 * @param machine what it ran on, in the order to be shown
 * @param findings in sentences, written from the data
 */
public record Run(
        String version,
        String commit,
        String started,
        double seconds,
        String size,
        long seed,
        String command,
        Map<String, String> machine,
        List<Chapter> chapters,
        List<String> findings) {
    public boolean held() {
        return chapters.stream().allMatch(Chapter::held);
    }
}
