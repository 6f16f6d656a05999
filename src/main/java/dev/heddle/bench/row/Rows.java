package dev.heddle.bench.row;

import java.util.List;

/** All rows, in the order of the table. */
public final class Rows {
    private Rows() {}

    public static List<Row> all() {
        return List.of(
                new LockStepLatency(),
                new FanIn(),
                new ManyPairs(),
                new OfflineInbox(),
                new PresenceQueries(),
                new Logins(),
                new IdleConnections(),
                new BesideStalled(),
                new Garbage(),
                new CostOfConnections(),
                new CostOfInboxes(),
                new CostOfBacklog(),
                new StartUp());
    }
}
