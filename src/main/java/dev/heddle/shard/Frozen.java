package dev.heddle.shard;

import dev.heddle.log.Snapshot;

/**
 * A shard as it was at one moment, for a copy: everything that it had accepted is in it. Immutable.
 *
 * @param messages that waited
 */
public record Frozen(Snapshot log, long messages) {}
