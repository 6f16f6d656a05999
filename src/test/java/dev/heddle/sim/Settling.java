package dev.heddle.sim;

import java.util.List;

/**
 * The end of a world: nothing breaks any more, everybody comes back, hears and acknowledges everything. Then all that was
 * promised has come, and nothing is left.
 */
final class Settling {
    private static final int ROUNDS = 20_000;
    private static final int QUESTIONS = 5;
    /** Rounds without a change that mean rest; more than a second, so that presence has been told. */
    private static final int QUIET_ROUNDS = 80;

    private final Simulation world;
    private final Server server;
    private final List<SimClient> clients;
    private final List<SimConnection> connections;

    Settling(Simulation world, Server server, List<SimClient> clients, List<SimConnection> connections) {
        this.world = world;
        this.server = server;
        this.clients = clients;
        this.connections = connections;
    }

    void run() {
        world.calm();
        world.say(() -> "settles");
        for (Place place : server.places()) {
            place.disk.shortTransfers(false);
        }
        switch (world.random().nextInt(3)) {
            case 0 -> server.crash(world.plan().survivesPowerCuts());
            case 1 -> server.crash(false);
            default -> server.guarded(server::drain);
        }
        rest();
        world.oracle().finish(server.elapsed());
        presence();
        for (Place place : server.places()) {
            if (place.shard().liveBytes() != 0 && !world.plan().forgets()) {
                throw new Violation(
                        Violation.Kind.UNBOUNDED,
                        place.shard().liveBytes() + " bytes still live in shard " + place.number
                                + ", all is acknowledged");
            }
        }
        world.over();
        server.guarded(server::drain);
        rest();
    }

    /** Everybody asks about somebody, then some go: what the others were told has to be so, before and after. */
    private void presence() {
        for (SimClient client : clients) {
            for (int i = 0; i < QUESTIONS; i++) {
                client.ask("user-" + world.random().nextInt(clients.size() + 1));
            }
        }
        boolean crowd = world.plan().pace() > 1;
        if (crowd) {
            clients.forEach(client -> client.watch(clients.getFirst().toString()));
        }
        rest();
        clients.forEach(client -> client.checkKnown(world.presences()));
        for (SimClient client : clients) {
            if (world.random().nextInt(3) == 0 || (crowd && client.index == 0)) {
                client.stayAway();
            }
        }
        rest();
        clients.forEach(client -> client.checkKnown(world.presences()));
    }

    private void rest() {
        int quiet = 0;
        for (int round = 0; quiet < QUIET_ROUNDS; round++) {
            if (round == ROUNDS) {
                throw new Violation(Violation.Kind.STUCK, unrest());
            }
            if (round == ROUNDS / 2 && world.plan().diskBytes() != Long.MAX_VALUE) {
                server.places().stream()
                        .filter(place -> place.shard().isStorageFull())
                        .forEach(Place::addRoom);
            }
            server.guarded(this::round);
            quiet = isQuiet() ? quiet + 1 : 0;
        }
    }

    private void round() {
        for (SimClient client : clients) {
            if (!client.isConnected() && !client.isAway()) {
                world.connect(client);
            }
            while (client.hear()) {
                // all of it
            }
            client.acknowledge(true);
        }
        connections.removeIf(SimConnection::isForgotten);
        server.everythingMoves();
    }

    private boolean isQuiet() {
        return clients.stream().allMatch(client -> client.isAway() || (client.isWelcome() && client.isQuiet()))
                && connections.stream().allMatch(SimConnection::isQuiet)
                && server.places().stream().allMatch(Place::isIdle)
                && server.places().stream().noneMatch(place -> place.shard().isStorageFull())
                && world.oracle().missing(server.elapsed()) == null;
    }

    private String unrest() {
        StringBuilder text =
                new StringBuilder("no rest: missing ").append(world.oracle().missing(server.elapsed()));
        for (SimClient client : clients) {
            if (!client.isWelcome() || !client.isQuiet()) {
                text.append("; ").append(client).append(client.isWelcome() ? " is in" : " is out");
                text.append(client.hasOpen() ? " and waits for answers" : "");
            }
        }
        connections.stream()
                .filter(each -> !each.isQuiet())
                .forEach(each -> text.append("; ").append(each));
        for (Place place : server.places()) {
            text.append(place.isIdle() ? "" : "; shard " + place.number + " is busy");
            text.append(
                    place.shard().isStorageFull()
                            ? "; shard " + place.number + " is full, " + place.disk.used() + " of "
                                    + world.plan().diskBytes() + " bytes used, live "
                                    + place.shard().liveBytes() + ", "
                                    + place.shard().logBytes() + " of log"
                            : "");
        }
        return text.toString();
    }
}
