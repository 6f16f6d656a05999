package dev.heddle.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Random work on a disk that crashes, fills up and fails, from a seed; {@code -Dheddle.log.seed=N} repeats one,
 * {@code -Dheddle.log.seeds=N} runs more.
 */
class LogCrashTest {
    private static final int STEPS = 120;

    @Test
    void everything_forced_is_there_in_order_and_nothing_is_invented() {
        Long only = Long.getLong("heddle.log.seed");
        long first = only == null ? 1 : only;
        long seeds = only == null ? Long.getLong("heddle.log.seeds", 1500) : 1;
        for (long seed = first; seed < first + seeds; seed++) {
            try {
                new Life(seed).run();
            } catch (Throwable e) {
                throw new AssertionError("repeat with -Dheddle.log.seed=" + seed, e);
            }
        }
    }

    /** One disk through many processes. */
    private static final class Life {
        private final SplittableRandom random;
        private final FaultyDisk disk;
        private final LogOptions options;
        /** All payloads have one length, so that records stand where others stood in a file that is written over. */
        private final boolean alike;

        /** All that was appended and not given up, in order. */
        private List<Entry> timeline = new ArrayList<>();

        private final Set<Long> maybeDropped = new HashSet<>();
        private final Set<Long> dropped = new HashSet<>();
        private final Set<Long> dropsInFlight = new HashSet<>();
        private int written;
        private int forced;
        private int promised;
        private int inFlightCount;
        private @Nullable ForceRequest inFlight;
        private boolean failed;
        private Log log;

        Life(long seed) throws IOException {
            random = new SplittableRandom(seed);
            disk = new FaultyDisk(random.split());
            disk.shortTransfers(random.nextBoolean());
            int maxPayload = random.nextInt(1, 1500);
            int least = SegmentHeader.BYTES + RecordCodec.MARKER_BYTES + RecordCodec.recordBytes(maxPayload);
            int segmentBytes = least + random.nextInt(random.nextBoolean() ? 4000 : 12_000);
            options = new LogOptions(segmentBytes, least + random.nextInt(4000), maxPayload, 4096, random.nextLong());
            alike = random.nextBoolean();
            log = Log.open(disk, options, Entry.into(new ArrayList<>()));
        }

        void run() throws IOException {
            for (int i = 0; i < STEPS; i++) {
                try {
                    step();
                } catch (FaultyDisk.CrashException e) {
                    failed = true;
                } catch (StorageFullException e) {
                    disk.roomFor(Long.MAX_VALUE);
                } catch (LogFailedException e) {
                    assertThat(failed).isTrue();
                }
                if (failed || random.nextInt(40) == 0) {
                    restart();
                }
            }
            if (!failed) {
                restart();
            }
        }

        private void step() throws IOException {
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3, 4 -> append();
                case 5, 6, 7 -> write();
                case 8, 9 -> beginForce();
                case 10 -> endForce();
                case 11 -> readOne();
                case 12 -> drop();
                case 13 -> scanOne();
                case 14 -> disk.crashAfter(random.nextInt(30));
                default -> {
                    if (random.nextInt(3) == 0) {
                        disk.failNextForce();
                    } else {
                        disk.roomFor(random.nextInt(3000));
                    }
                }
            }
        }

        private void append() throws IOException {
            for (int left = random.nextInt(1, 12); left > 0; left--) {
                int most = options.maxPayloadBytes();
                byte[] payload = new byte[alike ? most / 8 : random.nextInt(most + 1) >>> random.nextInt(8)];
                random.nextBytes(payload);
                if (!log.hasRoom(payload.length)) {
                    write();
                }
                timeline.add(Entry.append(log, random.nextInt(1, Log.MAX_TYPE + 1), payload));
            }
        }

        private void write() throws IOException {
            log.write();
            assertThat(log.written()).isEqualTo(log.appended());
            written = timeline.size();
        }

        private void beginForce() throws IOException {
            endForce();
            inFlight = random.nextInt(4) == 0 ? log.beginWatermarkForce() : log.beginForce();
            inFlightCount = written;
            dropsInFlight.addAll(maybeDropped);
        }

        private void endForce() throws IOException {
            if (inFlight == null) {
                return;
            }
            try {
                inFlight.run();
            } catch (IOException e) {
                failed = true;
                return;
            }
            log.forced(inFlight);
            assertThat(log.forced()).isEqualTo(inFlight.position());
            inFlight = null;
            forced = inFlightCount;
            dropped.addAll(dropsInFlight);
            maybeDropped.removeAll(dropsInFlight);
            dropsInFlight.clear();
        }

        private void readOne() throws IOException {
            if (timeline.isEmpty()) {
                return;
            }
            int start = random.nextInt(timeline.size());
            for (Entry entry : timeline.subList(start, Math.min(timeline.size(), start + random.nextInt(20)))) {
                if (!dropped.contains(entry.position()) && !maybeDropped.contains(entry.position())) {
                    int length = random.nextBoolean() ? entry.length() : -1;
                    assertThat(Entry.hex(log.read(entry.position(), length))).isEqualTo(entry.payload());
                }
            }
        }

        private void drop() throws IOException {
            List<SegmentInfo> sealed =
                    log.segments().stream().filter(SegmentInfo::sealed).toList();
            if (sealed.isEmpty()) {
                return;
            }
            write();
            SegmentInfo gone = sealed.get(random.nextInt(sealed.size()));
            log.drop(gone.base(), random.nextBoolean());
            timeline.stream()
                    .map(Entry::position)
                    .filter(at -> at >= gone.base() && at < gone.base() + gone.bytes())
                    .forEach(maybeDropped::add);
        }

        private void scanOne() throws IOException {
            List<SegmentInfo> all = log.segments();
            if (all.isEmpty()) {
                return;
            }
            SegmentInfo segment = all.get(random.nextInt(all.size()));
            long end = segment.base() + segment.bytes();
            List<Entry> seen = new ArrayList<>();
            for (long at = segment.base(); at < end; ) {
                at = log.scan(segment.base(), at, random.nextInt(3000), Entry.into(seen));
            }
            assertThat(seen)
                    .isEqualTo(timeline.stream()
                            .filter(e -> e.position() >= segment.base() && e.position() < end)
                            .toList());
        }

        private void restart() throws IOException {
            promised = written;
            crash(random.nextInt(4) > 0);
            List<Entry> found = reopen();
            compare(found);
            timeline = found;
            written = found.size();
            forced = found.size();
            maybeDropped.clear();
            dropped.clear();
            dropsInFlight.clear();
            inFlight = null;
            failed = false;
            for (Entry entry : found) {
                assertThat(Entry.hex(log.read(entry.position(), entry.length())))
                        .isEqualTo(entry.payload());
            }
        }

        private List<Entry> reopen() throws IOException {
            while (true) {
                List<Entry> found = new ArrayList<>();
                if (random.nextInt(3) == 0) {
                    disk.crashAfter(random.nextInt(12));
                }
                try {
                    log = Log.open(disk, options, Entry.into(found));
                    if (!disk.hasCrashed()) {
                        disk.crashAfter(Integer.MAX_VALUE);
                        return found;
                    }
                } catch (FaultyDisk.CrashException e) {
                    crash(random.nextBoolean());
                }
            }
        }

        private void crash(boolean powerCut) {
            if (powerCut) {
                disk.powerCut();
                promised = forced;
            } else {
                disk.kill();
            }
        }

        private void compare(List<Entry> found) {
            int next = 0;
            for (int i = 0; i < timeline.size(); i++) {
                Entry expected = timeline.get(i);
                boolean there = next < found.size() && found.get(next).equals(expected);
                boolean mayBeGone = maybeDropped.contains(expected.position());
                boolean mustBeGone = dropped.contains(expected.position());
                if (there) {
                    assertThat(mustBeGone).as("dropped for good %s", expected).isFalse();
                    next++;
                } else if (!mayBeGone && !mustBeGone) {
                    assertThat(i).as("records kept of %d", timeline.size()).isGreaterThanOrEqualTo(promised);
                    break;
                }
            }
            assertThat(found.subList(next, found.size())).as("invented").isEmpty();
        }
    }
}
