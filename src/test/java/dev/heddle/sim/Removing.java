package dev.heddle.sim;

import dev.heddle.shard.Outcome;
import dev.heddle.shard.Removal;
import java.util.ArrayList;
import java.util.List;

/** An operator removes a user from one shard, and is answered once that is durable. */
final class Removing implements Work {
    private final Simulation world;
    private final SimClient client;
    private List<Message> gone = List.of();
    private boolean done;
    private boolean full;

    Removing(Simulation world, SimClient client) {
        this.world = world;
        this.client = client;
    }

    @Override
    public Outcome run(Place place, boolean mayLoad) {
        if (!mayLoad) {
            return Outcome.NEEDS_STORE;
        }
        if (!done) {
            boolean atHome = world.shardOf(client.name) == place.number;
            gone = atHome ? world.oracle().removed(client.index) : new ArrayList<>();
            world.oracle().removedSender(client.index);
            Removal step;
            do {
                step = place.shard().remove(client.name, 0);
            } while (step.state() == Removal.State.MORE);
            if (atHome) {
                world.presences().removed(client.index);
            }
            full = step.state() == Removal.State.FULL;
            done = true;
            Removal last = step;
            world.say(() -> client + " is removed from shard " + place.number + ": " + last);
        }
        return place.shard().removalsSafe();
    }

    @Override
    public void finished(Outcome outcome) {
        if (!full) {
            client.leave(true);
            gone.forEach(message -> message.gone = true);
        }
    }
}
