package dev.heddle.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/**
 * What a log's folder holds, by name. Names that are not the log's are left alone.
 *
 * @param bases of the segments
 * @param gaps between them
 * @param leftovers names that dropped segments left behind
 * @param hasWatermark whether there is one
 */
record Folder(TreeSet<Long> bases, Gaps gaps, List<String> leftovers, boolean hasWatermark) {

    static Folder of(Disk disk) throws IOException {
        List<String> names = disk.list();
        List<Gap> found = new ArrayList<>();
        for (String name : names) {
            Gap gap = Gap.of(name);
            if (gap != null) {
                found.add(gap);
            }
        }
        found.sort(Comparator.comparingLong(Gap::start).thenComparing(Gap::end, Comparator.reverseOrder()));
        Gaps gaps = new Gaps();
        List<String> leftovers = new ArrayList<>();
        for (Gap gap : found) {
            if (gaps.hold(gap.start())) {
                leftovers.add(gap.fileName());
            } else {
                gaps.add(gap);
            }
        }
        TreeSet<Long> bases = new TreeSet<>();
        for (String name : names) {
            long base = SegmentHeader.baseOf(name);
            if ((base >= 0 && gaps.hold(base)) || Spares.isSpare(name)) {
                leftovers.add(name);
            } else if (base >= 0) {
                bases.add(base);
            }
        }
        return new Folder(bases, gaps, leftovers, names.contains(Watermark.FILE_NAME));
    }

    boolean isNew() {
        return bases.isEmpty() && gaps.end() == 0;
    }
}
