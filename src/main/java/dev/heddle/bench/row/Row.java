package dev.heddle.bench.row;

import java.io.IOException;
import java.util.List;

/** One line of the table; stateless. */
public interface Row {
    /** As it is asked for on the command line. */
    String name();

    /** In a sentence, with the sizes of this effort. */
    String how(Effort effort);

    List<Figure> figures();

    /** Runs before those that count. */
    int warmUps(Effort effort);

    /** Runs that count, unless another number is asked for. */
    default int runs(Effort effort) {
        return effort.pick(1, 3, 5);
    }

    /**
     * Sets it up for one server.
     *
     * @throws UnavailableException if this machine cannot
     */
    Stand on(Rig rig) throws IOException, InterruptedException, UnavailableException;
}
