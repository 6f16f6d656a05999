package dev.heddle.log;

import com.google.errorprone.annotations.CheckReturnValue;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The log of one shard. Owned by one thread, the shard's; only {@link ForceRequest#run} is for another one. Its memory is
 * {@link LogOptions#directBytes} and a few objects for each segment; the disk it takes is the caller's to limit, by
 * {@link #bytes} and {@link #drop}.
 *
 * <p>A record's position is its distance in bytes from the beginning of all that was ever appended. Each segment is a file
 * that holds the positions from its base on, so that {@code position - base} is an offset in that file:
 *
 * <pre>
 *   0000000000000000.log                0000000000003f80.log
 *   +--------+--------+--- ... ---+     +--------+--------+---------+--- ...
 *   | header | record | records   |     | header | record | marker  | records
 *   +--------+--------+--- ... ---+     +--------+--------+---------+--- ...
 *   0        48                  3f80   3f80     3fb0
 *
 *   dropped(gap) | sealed ... sealed | active
 *                                    |---- forced ----|---- written ----|---- appended ----|
 *                                      durable          survives kill     in memory
 * </pre>
 *
 * <p>After a crash recovery keeps everything up to the first record that is not valid. If that lies before any position
 * known to have been forced (from the watermark, a gap, the caller, or a later header or marker) the log is damaged and
 * does not open. Otherwise it is the torn end of what was never promised, and is cut off. The positions of what was cut
 * are used again, which is safe because the cut is durable before anything is appended, and because what survived is
 * known to the caller from the replay.
 */
public final class Log implements Closeable {
    /** Types of records are 1 to this. */
    public static final int MAX_TYPE = 254;

    /** File descriptors that a log wants at most: segments that are read, those on their way out, its other files. */
    public static final int MOST_FILES = 2 * Segments.MAX_OPEN + Spares.MOST + 16;

    private final AppendBuffer append;
    private final Segments segments;
    private final Gaps gaps;
    private final Watermark watermark;
    private final Spares spares;
    private final SegmentWriter writer;
    private final Scanner scanner;
    private final Reader reader;
    private final Forces forces;
    private final int segmentBytes;
    private boolean closed;

    private Log(Disk disk, LogOptions options, Recovered recovered, Scanner scanner) {
        this.scanner = scanner;
        segmentBytes = options.segmentBytes();
        reader = new Reader(options);
        append = new AppendBuffer(options);
        segments = recovered.segments();
        gaps = recovered.gaps();
        watermark = recovered.watermark();
        spares = new Spares(disk);
        forces = new Forces(disk, watermark, spares, recovered.end(), options.segmentBytes());
        writer = new SegmentWriter(disk, options.salt(), append, segments, spares, forces);
        writer.continueAt(recovered.end());
    }

    /** As {@link #open(Disk, LogOptions, long, RecordVisitor)} with everything replayed. */
    public static Log open(Disk disk, LogOptions options, RecordVisitor replay) throws IOException {
        return open(disk, options, 0, replay);
    }

    /**
     * Opens the log of a folder, an empty one if there is none, and shows the records from position {@code from} on to
     * {@code replay}. All that it shows, and all that it kept, is durable when it returns. It can be repeated after it
     * failed or was interrupted by a crash, with the same outcome.
     *
     * @param from 0, or a position that was {@link #forced} once; segments before it are not read and so not verified
     * @throws DamagedLogException if something that was forced is missing or altered; nothing was changed
     */
    public static Log open(Disk disk, LogOptions options, long from, RecordVisitor replay) throws IOException {
        Scanner scanner = new Scanner(options);
        Recovered recovered = new Recovery(disk, scanner, from).run(replay);
        return new Log(disk, options, recovered, scanner);
    }

    /** Whether a record fits before the next {@link #write}. After a successful one any record does. */
    @CheckReturnValue
    public boolean hasRoom(int payloadLength) {
        return append.hasRoom(payloadLength);
    }

    /**
     * Room for one payload: from the returned buffer's position to its limit. To be filled at once, without keeping the
     * buffer, and ended by {@link #commit}; a claim that is not committed is void with the next one.
     *
     * @param payloadLength 0 to {@link LogOptions#maxPayloadBytes}
     * @throws IllegalStateException if there is no room, see {@link #hasRoom}
     */
    public ByteBuffer claim(int payloadLength) {
        forces.check();
        return append.claim(payloadLength, forces.forced());
    }

    /**
     * Appends the claimed record.
     *
     * @param type 1 to {@link #MAX_TYPE}
     * @return its position, which increases from record to record
     */
    public long commit(int type) {
        return append.commit(type);
    }

    /**
     * Hands what was appended to the operating system, where it survives the end of this process.
     *
     * @throws IOException if it cannot, {@link StorageFullException} if for want of room. Nothing counts as written then:
     *     {@link #written} and {@link #appended} are as they were, and the same records are to be tried again.
     */
    public void write() throws IOException {
        forces.check();
        writer.write();
    }

    /** Where the next record or marker begins. */
    public long appended() {
        return append.end();
    }

    /** Base of the segment that the last committed record is in. */
    public long activeBase() {
        return append.segmentBase();
    }

    /** Everything before this position survives the end of the process. */
    public long written() {
        return append.start();
    }

    /** Everything before this position survives a power cut. */
    public long forced() {
        return forces.forced();
    }

    /** Whether {@link #beginForce} would have anything to do. */
    public boolean needsForce() {
        return forces.forced() < written() || forces.hasDrops();
    }

    /** Whether {@link #beginWatermarkForce} would have anything to do. */
    public boolean needsWatermarkForce() {
        return forces.watermarkForced() < written() || forces.hasDrops();
    }

    /**
     * All that is written and not forced, and the drops that wait for it. One request at a time: the next one only after
     * {@link #forced(ForceRequest)}.
     */
    public ForceRequest beginForce() {
        forces.check();
        return forces.begin(written(), false);
    }

    /** As {@link #beginForce}, and the watermark is durable, too. Worth its price once the log is quiet. */
    public ForceRequest beginWatermarkForce() {
        forces.check();
        return forces.begin(written(), true);
    }

    /**
     * Takes note of a request that {@link ForceRequest#run} has completed.
     *
     * @throws LogFailedException if it has failed
     */
    public void forced(ForceRequest done) {
        forces.check();
        forces.done(done);
    }

    /**
     * The payload of a record, verified, from position to limit of a read-only buffer that is valid until the next read,
     * append or write. Records not yet written can be read, too.
     *
     * @param payloadLength the record's, or -1 to accept any
     * @throws DamagedLogException if no such record is intact there
     * @throws IllegalArgumentException if the position is in no segment
     */
    public ByteBuffer read(long position, int payloadLength) throws IOException {
        forces.check();
        if (position >= append.start()) {
            return append.read(position, payloadLength);
        }
        return reader.read(segments.opened(position), position, payloadLength);
    }

    /** The segments that can be read, oldest first; what is only appended is not counted. */
    public List<SegmentInfo> segments() {
        return segments.infos();
    }

    /**
     * Shows some of the written records of a segment to {@code visitor}, which may append, write and read, but not scan.
     *
     * @param base of the segment
     * @param from the base, or what the call before returned
     * @param maxBytes stops after the record that reaches this many, at least one
     * @return where to go on; the segment's end when it is done
     */
    public long scan(long base, long from, int maxBytes, RecordVisitor visitor) throws IOException {
        forces.check();
        Segment segment = segments.opened(segments.at(base).base());
        long first = Math.max(from, base + SegmentHeader.BYTES);
        long next = scanner.scan(segment, first, segment.end(), Math.max(maxBytes, 1), visitor);
        if (next < 0) {
            throw segment.damaged(-1 - next, "the record's checksum does not match");
        }
        return next;
    }

    /**
     * Takes a sealed segment out: it can no longer be read, and its file goes with the next {@link #beginForce}, right
     * after all that is written now is durable, so that copies of what was still needed are safe first. The deletion is
     * durable when that request was handed back to {@link #forced(ForceRequest)}; until then a crash may bring
     * it back, or a part of it, and recovery deletes that.
     *
     * @param reusable whether its file may be kept, to be written over by a later segment: for a disk that has room for it
     * @throws IllegalStateException if something is appended and not written: a copy in memory is none
     */
    public void drop(long base, boolean reusable) {
        forces.check();
        Segment segment = segments.at(base);
        if (!segments.isSealed(segment)) {
            throw new IllegalArgumentException("segment " + base + " is being appended to");
        }
        if (appended() != written()) {
            throw new IllegalStateException("write() first");
        }
        segments.remove(segment);
        reader.forget();
        long bytes = segment.end() - segment.base();
        boolean fits = bytes >= segmentBytes / 2 && bytes <= segmentBytes;
        forces.add(gaps.drop(segment, reusable && fits));
    }

    /**
     * Gives back the space of files that are kept to be written over.
     *
     * @return false if there are none
     */
    @CheckReturnValue
    public boolean giveUpSpares() throws IOException {
        forces.check();
        return spares.giveUp();
    }

    /**
     * What is written now, to be copied elsewhere while this log goes on. No file is deleted before {@link #release}, so that
     * drops take effect later; one snapshot at a time.
     *
     * <p>Null while nothing of the last segment is forced: a power cut could take it, and this log then go on in the segment
     * before it, which a copy may share. Try again after a force.
     */
    public @Nullable Snapshot snapshot() {
        forces.check();
        if (forces.holds()) {
            throw new IllegalStateException("the snapshot before was not released");
        }
        Segment last = segments.last();
        if (last == null || forces.forced() <= last.base()) {
            return null;
        }
        forces.hold();
        List<Snapshot.Extent> extents = segments.all().stream()
                .map(segment -> new Snapshot.Extent(
                        segment.fileName(), segment.end() - segment.base(), segments.isSealed(segment)))
                .toList();
        return new Snapshot(extents, gaps.fileNames(), written());
    }

    /** The snapshot has been copied, or will not be. */
    public void release() {
        forces.release();
    }

    /** Bytes on disk of all segments that can be read. Those dropped and not yet gone are in {@link #droppedBytes}. */
    public long bytes() {
        return segments.bytes();
    }

    /** Bytes of segments that were dropped and still take room on the disk. */
    public long droppedBytes() {
        return forces.droppedBytes();
    }

    /**
     * Writes and forces all, unless the log has failed or a force is still under way, and closes the files. Whoever runs
     * forces elsewhere first waits for the last one. A second call does nothing.
     */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (watermark;
                spares;
                Closeable _ = segments::close) {
            if (!forces.hasFailed() && !forces.isInFlight()) {
                write();
                Segment active = segments.last();
                boolean _ = active != null && active.cut(written());
                ForceRequest last = beginWatermarkForce();
                last.run();
                forced(last);
                boolean _ = spares.giveUp();
            }
        }
    }
}
