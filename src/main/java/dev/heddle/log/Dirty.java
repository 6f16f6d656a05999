package dev.heddle.log;

import java.util.List;

/**
 * What has to be forced.
 *
 * @param segments written to since they were last forced, each pinned
 * @param files theirs, in the same order
 * @param names whether files were created
 * @param from up to where the log was forced before
 * @param position where the written part of the log ends
 */
record Dirty(List<Segment> segments, List<DiskFile> files, boolean names, long from, long position) {}
