package dev.heddle.verify.oracle;

/** Who writes to whom. */
public record Pair(String sender, String recipient) {}
