package dev.heddle.config;

/**
 * What may wait for one user.
 *
 * @param messages in one inbox
 * @param bytes of log that they may take
 * @param days after which a message is dropped
 */
public record InboxSettings(int messages, long bytes, int days) {
    private static final Setting<Long> MESSAGES = Setting.of("inbox.messages", Kind.number(1, 100_000_000), "1000000")
            .in("messages")
            .means("in one inbox, then INBOX_FULL")
            .reloadable();
    private static final Setting<Long> BYTES = Setting.of("inbox.bytes", Kind.bytes(1, 1L << 50), "256m")
            .in("bytes")
            .means("in one inbox, then INBOX_FULL")
            .reloadable();
    private static final Setting<Long> DAYS = Setting.of("message.days", Kind.number(1, 36_500), "30")
            .in("days")
            .means("older messages are dropped")
            .reloadable();

    static final Area AREA = Area.of("What may wait for one user", MESSAGES, BYTES, DAYS);

    static InboxSettings of(Values values) {
        return new InboxSettings(values.integer(MESSAGES), values.get(BYTES), values.integer(DAYS));
    }
}
