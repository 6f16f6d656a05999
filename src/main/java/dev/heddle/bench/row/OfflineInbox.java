package dev.heddle.bench.row;

import dev.heddle.bench.load.Mailing;
import java.io.IOException;
import java.util.List;

/** Many senders to one inbox whose owner is away, and then comes and takes everything. */
final class OfflineInbox implements Row {
    private static final int SENDERS = 10;
    private static final int BYTES = 64;
    private static final Figure IN = Figure.atLeast("in", "/s", 1_500_000, 1_000_000);
    private static final Figure OUT = Figure.atLeast("out", "/s", 2_000_000, 1_000_000);

    @Override
    public String name() {
        return "offline";
    }

    @Override
    public String how(Effort effort) {
        return SENDERS + " senders, " + each(effort) + " messages of " + BYTES
                + " B each, to one inbox whose owner is away; then a login, and all of it out, in order";
    }

    @Override
    public List<Figure> figures() {
        return List.of(IN, OUT);
    }

    @Override
    public int warmUps(Effort effort) {
        return effort.pick(0, 3, 3);
    }

    @Override
    public Stand on(Rig rig) throws IOException, InterruptedException {
        Mailing mailing = rig.keep(new Mailing(rig.server().port(), "away", SENDERS, 1, BYTES));
        long each = each(rig.effort());
        return () -> new Reading()
                .put(IN, each * SENDERS / mailing.send(each))
                .put(OUT, each * SENDERS / mailing.drain(each * SENDERS));
    }

    private static int each(Effort effort) {
        // An inbox takes a million messages, by default.
        return effort.pick(1_000, 50_000, 100_000);
    }
}
