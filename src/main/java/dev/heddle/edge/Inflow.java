package dev.heddle.edge;

import dev.heddle.wire.GoodbyeCode;
import java.io.IOException;
import java.nio.channels.ByteChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gets what a client sends out of its socket and handled; whoever has the turn to read, but where it says otherwise. One read
 * at a time is under way: the next one waits until the shards have handled it, so a sender that is too fast is slowed by TCP.
 *
 * <p>The turn is a reader's, who may wait for everything there is to wait for, and ends when a client that is logged in has
 * nothing more to say. Where something comes alone the poller does the same without waiting, and leaves to a reader what is
 * not done at once.
 */
final class Inflow extends ReadTurn {
    /** How far the poller came with what the reader is to go on with. */
    private static final int NOTHING = 0;

    private static final int READ = 1;
    private static final int BEGUN = 2;

    private final Connection connection;
    private final Edge edge;
    /** Null: what is read is the socket's own. */
    private final @Nullable Layer layer;

    private final ClientQueue queue;
    private final Deadlines deadlines;
    private final Intake intake;

    private int handed = NOTHING;

    /** It is not read from, for want of room for answers or because it was too fast. */
    private volatile boolean waits;

    Inflow(
            Connection connection,
            Edge edge,
            @Nullable Layer layer,
            ClientQueue queue,
            Deadlines deadlines,
            Intake intake) {
        this.connection = connection;
        this.edge = edge;
        this.layer = layer;
        this.queue = queue;
        this.deadlines = deadlines;
        this.intake = intake;
    }

    private ByteChannel stream() {
        return layer == null ? connection.channel() : layer;
    }

    // ---- the reader ----

    @Override
    public void run() {
        boolean ends = true;
        try {
            ends = !converse();
            if (ends && connection.phase() == Phase.OPEN) {
                part();
            }
            if (ends && connection.phase() == Phase.ENDING) {
                linger();
                awaitWritten();
            }
        } catch (IOException gone) {
            // The client went without a word, which is its right.
        } finally {
            if (ends) {
                connection.abandon();
                intake.release();
                connection.close();
            }
        }
    }

    /** Reads and handles; true if there is nothing more now, and the turn is free, false if the connection is to end. */
    private boolean converse() throws IOException {
        while (!connection.phase().isLast()) {
            int count = handed == NOTHING ? read() : 1;
            if (count < 0 || (count > 0 && !handle())) {
                return false;
            }
            if (count == 0 && connection.phase() != Phase.OPEN) {
                awaitReadable();
            } else if (count == 0 && leave()) {
                return true;
            }
        }
        return false;
    }

    private int read() throws IOException {
        int count;
        try {
            count = intake.read(stream());
        } catch (IOException broken) {
            // A wait for memory that was ended; or the socket, which shows when it is read to its end.
            if (connection.phase() != Phase.ENDING) {
                throw broken;
            }
            return -1;
        }
        int passedOver = layer == null ? 0 : layer.takePassedOver();
        if (count > 0 || passedOver > 0) {
            deadlines.heard(edge.nanos());
        }
        if (passedOver > 0) {
            long held = edge.admission().charge(connection.origin(), 0, passedOver);
            holdBack(TimeUnit.NANOSECONDS.toMillis(held));
        }
        return count;
    }

    /**
     * Frees the turn, and has the poller look for something to read; false if there is something else to do. After it was freed
     * there may be another reader already.
     */
    private boolean leave() {
        free();
        if ((connection.phase() != Phase.OPEN || (layer != null && layer.wantsIn())) && resume()) {
            return false;
        }
        edge.poller().ask(connection, Poller.READ);
        return true;
    }

    /** The client has said its last word: it is told what became of all it said. */
    private void part() {
        Dispatch shards = connection.shards();
        if (shards != null) {
            shards.settle();
        }
        connection.ending();
    }

    private void awaitWritten() {
        waits = true;
        while (!queue.isIdle() && connection.phase() == Phase.ENDING) {
            LockSupport.park(this);
        }
        waits = false;
    }

    /** Offers the turn, and has it again when this returns. */
    private void awaitReadable() {
        Phase before = connection.phase();
        offer();
        edge.poller().ask(connection, layer != null && layer.wantsOut() ? Poller.WRITE : Poller.READ);
        while (!isReaders() && !(connection.phase() != before && retract())) {
            LockSupport.park(this);
        }
    }

    /** Handles every whole frame that was read; false if the connection is to end. */
    private boolean handle() throws IOException {
        int from = 0;
        if (connection.phase() == Phase.NEW) {
            from = new Login(connection, edge, intake, deadlines).take();
            if (from == 0) {
                return connection.phase() == Phase.NEW && keep(0);
            }
            isNotHandled();
            opened();
            holdBack();
        }
        Dispatch shards = connection.shards();
        if (connection.phase() != Phase.OPEN || shards == null) {
            return false;
        }
        boolean begun = handed == BEGUN;
        handed = NOTHING;
        if (begun) {
            from = shards.finish();
        } else if (intake.isWhole(from)) {
            isHandled();
            from = shards.work(intake.buffer(), from, intake.length());
        }
        if (from < 0) {
            return false;
        }
        isNotHandled();
        if (shards.isHeld()) {
            // And no large buffer is kept for what is not going to be read.
            intake.readLess();
        }
        if (!keep(from)) {
            return false;
        }
        holdBack();
        return true;
    }

    /** What was read is being handled: memory that it takes up meanwhile is not held by the client's fault. */
    void isHandled() {
        intake.isHandled();
        if (layer != null) {
            layer.isHandled();
        }
    }

    private void isNotHandled() {
        intake.isNotHandled();
        if (layer != null) {
            layer.isNotHandled();
        }
    }

    private void opened() {
        Dispatch shards = connection.shards();
        if (layer != null && shards != null && connection.phase() == Phase.OPEN) {
            layer.opened(shards.session().firstId());
        }
    }

    /** Who was too fast is not heard for a while. */
    private void holdBack() {
        Dispatch shards = connection.shards();
        holdBack(shards == null ? 0 : shards.takeHeldMillis());
    }

    private void holdBack(long millis) {
        if (millis == 0) {
            return;
        }
        intake.readLess();
        waits = true;
        long until = edge.nanos() + TimeUnit.MILLISECONDS.toNanos(millis);
        while (connection.phase() == Phase.OPEN && until - edge.nanos() > 0) {
            LockSupport.parkNanos(this, until - edge.nanos());
        }
        deadlines.heard(edge.nanos());
        waits = false;
    }

    /** Keeps the beginning of a frame; where there is no memory for it, waits until others have given some back. */
    private boolean keep(int from) {
        if (intake.keep(from)) {
            return true;
        }
        waits = true;
        long until = edge.nanos() + 2 * edge.patienceNanos();
        boolean kept = intake.awaitMemory(from, until, () -> !connection.phase().isLast());
        deadlines.heard(edge.nanos());
        waits = false;
        if (!kept && !connection.phase().isLast()) {
            connection.sayGoodbye(GoodbyeCode.OVERLOADED, Connection.RETRY_MILLIS, "no memory for so large a frame");
            return false;
        }
        return true;
    }

    /** Waits until the client has read its answers; false if it is gone. */
    boolean awaitRoom() {
        waits = true;
        isNotHandled();
        while (queue.bytes() > 0 && !connection.phase().isLast()) {
            LockSupport.park(this);
        }
        isHandled();
        waits = false;
        return !connection.phase().isLast();
    }

    /** Reads and drops what the client still sends, so that closing does not take its GOODBYE away from it. */
    private void linger() throws IOException {
        // What was kept of a frame is of no use any more, and others may wait for the memory.
        intake.readLess();
        intake.release();
        if (layer != null) {
            layer.stopHearing();
        }
        while (connection.phase() == Phase.ENDING) {
            int count = intake.drop(connection.channel());
            if (count < 0) {
                return;
            }
            if (count == 0) {
                awaitReadable();
            }
        }
    }

    // ---- the poller ----

    /**
     * There is something to read. A reader is woken, or started; or, where little is going on, what there is is read and handled
     * here and now. As {@link Polled#readable}.
     */
    boolean readable(boolean alone) {
        if (!take()) {
            return false;
        }
        if (alone && !isWaitedFor() && layer == null && edge.router().shards() == 1 && readHere()) {
            free();
            if (connection.phase() != Phase.OPEN) {
                // Who ended it found that it was not free.
                wake();
            }
            return true;
        }
        pass();
        return false;
    }

    /** What waits in the socket is to be read, whether or not it has been reported. */
    void look() {
        if (take()) {
            pass();
        }
    }

    /** Reads and handles; false if the reader has to go on, because there is something to wait for. */
    private boolean readHere() {
        Dispatch shards = connection.shards();
        try {
            int count = intake.read(connection.channel());
            if (count <= 0) {
                return count == 0;
            }
            deadlines.heard(edge.nanos());
            handed = READ;
            if (shards == null || !intake.isWhole(0)) {
                return false;
            }
            handed = BEGUN;
            intake.isHandled();
            boolean done = shards.begin(intake.buffer(), 0, intake.length());
            if (!done || shards.isHeld() || !intake.keep(shards.handled())) {
                return false;
            }
            handed = NOTHING;
            return true;
        } catch (IOException gone) {
            connection.abandon();
            return false;
        }
    }

    // ---- any thread ----

    /** What was submitted is done. */
    void done() {
        // The poller looks for itself before it gives its turn to the reader.
        if (!isPollers()) {
            wake();
        }
    }

    /** The queue has room again: who waits for that is told. */
    void roomAgain() {
        if (waits) {
            wake();
        }
    }

    /** Whether it is we who do not listen, and not the client that is silent. */
    boolean isDeaf() {
        return waits || (layer != null && layer.wantsOut());
    }
}
