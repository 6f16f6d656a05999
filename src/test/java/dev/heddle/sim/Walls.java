package dev.heddle.sim;

import java.util.ArrayList;
import java.util.List;

/** What the wall's clock of a simulated machine has shown, and when. Bounded by how often it was set. */
final class Walls {
    /** From then on, on the monotonic clock, the wall was so much ahead of that. */
    private record Setting(long from, long ahead) {}

    private final List<Setting> settings = new ArrayList<>();

    Walls(long ahead) {
        settings.add(new Setting(Long.MIN_VALUE, ahead));
    }

    /** It is set by so much, or back. */
    void set(long elapsed, long by) {
        settings.add(new Setting(elapsed, settings.getLast().ahead() + by));
    }

    /** What it shows. */
    long at(long elapsed) {
        return elapsed + settings.getLast().ahead();
    }

    /** Whether it showed this time at some instant from one to the other. */
    boolean showed(long wall, long from, long to) {
        long until = to;
        for (Setting setting : settings.reversed()) {
            long when = wall - setting.ahead();
            if (when >= Math.max(from, setting.from()) && when <= until) {
                return true;
            }
            until = Math.min(until, setting.from());
        }
        return false;
    }
}
