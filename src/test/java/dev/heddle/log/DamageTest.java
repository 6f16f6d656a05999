package dev.heddle.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is torn is cut, what was forced and is no longer there is refused. */
class DamageTest {
    private static final LogOptions OPTIONS = new LogOptions(2048, 1024, 200, 4096, 77);
    private static final RecordVisitor NOBODY = (_, _, _, _, _) -> {};

    private final FaultyDisk disk = new FaultyDisk(new Random(1));
    private final List<Entry> forced = new ArrayList<>();
    private final List<Entry> unforced = new ArrayList<>();
    private String lastFile = "";
    private long lastBase;
    private long forcedEnd;

    /** Three segments; the last one holds three records that were written and not forced. */
    @BeforeEach
    void write_a_log_and_kill_its_process() throws IOException {
        Random random = new Random(3);
        Log log = Log.open(disk, OPTIONS, NOBODY);
        while (log.segments().size() < 3) {
            byte[] payload = new byte[random.nextInt(201)];
            random.nextBytes(payload);
            forced.add(Entry.append(log, 1, payload));
            log.write();
        }
        ForceRequest request = log.beginForce();
        request.run();
        log.forced(request);
        forcedEnd = log.forced();
        for (int length : new int[] {40, 0, 133}) {
            byte[] payload = new byte[length];
            random.nextBytes(payload);
            unforced.add(Entry.append(log, 2, payload));
        }
        log.write();
        lastBase = log.segments().getLast().base();
        lastFile = SegmentHeader.fileName(lastBase);
        assertThat(log.segments()).hasSize(3);
        disk.kill();
    }

    private List<Entry> keptUpTo(long end) {
        List<Entry> kept = new ArrayList<>(forced);
        unforced.stream().filter(entry -> entry.end() <= end).forEach(kept::add);
        return kept;
    }

    @Test
    void a_tail_cut_at_any_byte_leaves_the_whole_records_before_it() throws IOException {
        byte[] whole = disk.contents(lastFile);
        for (int length = whole.length; length >= forcedEnd - lastBase; length--) {
            FaultyDisk copy = disk.copy();
            copy.replace(lastFile, Arrays.copyOf(whole, length));
            assertThat(Entry.replay(copy, OPTIONS)).as("cut at %d", length).isEqualTo(keptUpTo(lastBase + length));
            assertThat(Entry.replay(copy, OPTIONS)).as("once more").isEqualTo(keptUpTo(lastBase + length));
        }
    }

    @Test
    void a_tail_of_zeros_from_any_byte_leaves_the_whole_records_before_it() throws IOException {
        byte[] whole = disk.contents(lastFile);
        for (int from = whole.length; from >= forcedEnd - lastBase; from--) {
            byte[] zeroed = Arrays.copyOf(Arrays.copyOf(whole, from), whole.length + 4096);
            FaultyDisk copy = disk.copy();
            copy.replace(lastFile, zeroed);
            int meaningful = from;
            while (meaningful < whole.length && whole[meaningful] == 0) {
                meaningful++;
            }
            assertThat(Entry.replay(copy, OPTIONS))
                    .as("zeros from %d", from)
                    .isEqualTo(keptUpTo(lastBase + meaningful));
        }
    }

    @Test
    void a_forced_part_cut_at_any_byte_is_damage() {
        byte[] whole = disk.contents(lastFile);
        for (int length = (int) (forcedEnd - lastBase) - 1; length >= 0; length--) {
            FaultyDisk copy = disk.copy();
            copy.replace(lastFile, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> Log.open(copy, OPTIONS, NOBODY))
                    .as("cut at %d", length)
                    .isInstanceOf(DamagedLogException.class)
                    .hasMessageContaining(lastFile);
        }
    }

    @Test
    void every_bit_of_what_was_forced_is_guarded_and_nothing_is_touched() throws IOException {
        Map<String, String> before = disk.snapshot();
        for (String name : disk.list()) {
            if (!name.equals(Watermark.FILE_NAME)) {
                int bytes = name.equals(lastFile) ? (int) (forcedEnd - lastBase) : disk.contents(name).length;
                for (int bit = 0; bit < bytes * 8; bit++) {
                    disk.flip(name, bit);
                    DamagedLogException damage =
                            catchThrowableOfType(DamagedLogException.class, () -> Log.open(disk, OPTIONS, NOBODY));
                    assertThat(damage).as("bit %d of %s", bit, name).isNotNull();
                    assertThat(damage.file()).isEqualTo(name);
                    assertThat(damage.offset()).isBetween(bit / 8 - 208L, (long) bit / 8);
                    disk.flip(name, bit);
                }
            }
        }
        assertThat(disk.snapshot()).isEqualTo(before);
    }

    @Test
    void every_bit_of_what_was_not_forced_cuts_the_log_there() throws IOException {
        int from = (int) (forcedEnd - lastBase);
        for (int bit = from * 8; bit < disk.contents(lastFile).length * 8; bit++) {
            FaultyDisk copy = disk.copy();
            copy.flip(lastFile, bit);
            assertThat(Entry.replay(copy, OPTIONS)).as("bit %d", bit).isEqualTo(keptUpTo(lastBase + bit / 8));
        }
    }

    @Test
    void either_slot_of_the_watermark_is_enough() throws IOException {
        Log.open(disk, OPTIONS, NOBODY).close();
        List<Entry> all = keptUpTo(Long.MAX_VALUE);
        for (int slot : new int[] {0, 4096}) {
            for (int bit = slot * 8; bit < (slot + Watermark.SLOT_BYTES) * 8; bit++) {
                FaultyDisk copy = disk.copy();
                copy.flip(Watermark.FILE_NAME, bit);
                assertThat(Entry.replay(copy, OPTIONS)).isEqualTo(all);
            }
        }
        disk.flip(Watermark.FILE_NAME, 0);
        disk.flip(Watermark.FILE_NAME, 4096 * 8);
        assertThatThrownBy(() -> Log.open(disk, OPTIONS, NOBODY))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining(Watermark.FILE_NAME);
    }

    @Test
    void a_damaged_slot_of_the_watermark_is_durably_repaired_before_the_other_one_is_needed() throws IOException {
        Log.open(disk, OPTIONS, NOBODY).close();
        for (int slot : new int[] {0, 4096}) {
            FaultyDisk copy = disk.copy();
            copy.flip(Watermark.FILE_NAME, slot * 8);
            Log log = Log.open(copy, OPTIONS, NOBODY);
            assertThat(log.forced()).isEqualTo(log.written());
            copy.powerCut();
            copy.flip(Watermark.FILE_NAME, (4096 - slot) * 8);
            assertThat(Entry.replay(copy, OPTIONS)).isEqualTo(keptUpTo(Long.MAX_VALUE));
        }
    }

    @Test
    void with_an_old_watermark_a_later_marker_still_tells_damage_from_a_torn_tail() throws IOException {
        FaultyDisk never = new FaultyDisk(new Random(1));
        Log log = Log.open(never, OPTIONS, NOBODY);
        byte[] nothingForced = never.contents(Watermark.FILE_NAME);
        for (int i = 0; i < 60; i++) {
            Entry.append(log, 1, new byte[100]);
            log.write();
        }
        never.kill();
        never.flip("0000000000000000.log", 60 * 8);
        assertThat(Entry.replay(never, OPTIONS)).isEmpty();

        disk.replace(Watermark.FILE_NAME, nothingForced);
        disk.flip("0000000000000000.log", 60 * 8);
        assertThatThrownBy(() -> Log.open(disk, OPTIONS, NOBODY))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("file 0000000000000000.log, offset 48:");
    }

    @Test
    void a_segment_under_another_ones_name_is_damage() {
        disk.replace("0000000000000000.log", disk.contents(lastFile));
        assertThatThrownBy(() -> Log.open(disk, OPTIONS, NOBODY))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("0000000000000000.log");
    }

    @Test
    void reads_and_scans_name_the_damage_they_meet() throws IOException {
        Log log = Log.open(disk, OPTIONS, NOBODY);
        disk.flip("0000000000000000.log", (int) (forced.get(1).position() + 8) * 8);
        Entry intact = forced.getFirst();
        Entry hit = forced.get(1);
        assertThat(Entry.hex(log.read(intact.position(), -1))).isEqualTo(intact.payload());
        assertThatThrownBy(() -> log.read(hit.position(), hit.length()))
                .isInstanceOf(DamagedLogException.class)
                .hasMessageContaining("file 0000000000000000.log, offset " + hit.position() + ":");
        assertThatThrownBy(() -> log.scan(0, 0, 1 << 20, NOBODY)).isInstanceOf(DamagedLogException.class);
        assertThatThrownBy(() -> log.read(intact.position(), intact.length() + 1))
                .isInstanceOf(DamagedLogException.class);
    }

    /** As after a copy of another folder over this one, with an old watermark. */
    @Test
    void a_segment_that_begins_within_another_one_is_damage_if_that_goes_on_behind_it() throws IOException {
        FaultyDisk mixed = new FaultyDisk(new Random(1));
        List<Entry> entries = new ArrayList<>();
        byte[] nothingForced;
        try (Log log = Log.open(mixed, OPTIONS, NOBODY)) {
            nothingForced = mixed.contents(Watermark.FILE_NAME);
            for (int i = 0; i < 10; i++) {
                entries.add(Entry.append(log, 1, new byte[100]));
                log.write();
                Entry.force(log);
            }
            assertThat(log.segments()).hasSize(1);
        }
        mixed.replace(Watermark.FILE_NAME, nothingForced);
        String within = SegmentHeader.fileName(entries.get(4).position());
        mixed.replace(within, mixed.contents("0000000000000000.log"));
        assertThatThrownBy(() -> Log.open(mixed, OPTIONS, NOBODY)).isInstanceOf(DamagedLogException.class);
    }

    /** Whoever chooses payloads chooses what looks like a marker: all but its checksum, and that one in four billion times. */
    @Test
    void a_marker_that_says_more_was_forced_than_there_is_before_it_is_none() throws IOException {
        FaultyDisk torn = new FaultyDisk(new Random(1));
        Log log = Log.open(torn, OPTIONS, NOBODY);
        Entry first = Entry.append(log, 1, new byte[100]);
        log.write();
        torn.kill();
        byte[] file = Arrays.copyOf(torn.contents("0000000000000000.log"), 1000);
        ByteBuffer bytes = ByteBuffer.allocate(RecordCodec.MARKER_BYTES);
        new RecordCodec().putMarker(bytes, 0, 1L << 62, RecordCodec.mask(800, OPTIONS.salt()));
        System.arraycopy(bytes.array(), 0, file, 800, RecordCodec.MARKER_BYTES);
        torn.replace("0000000000000000.log", file);
        assertThat(Entry.replay(torn, OPTIONS)).containsExactly(first);
    }
}
