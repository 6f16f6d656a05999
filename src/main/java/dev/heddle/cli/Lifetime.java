package dev.heddle.cli;

import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** How long a token holds, as people write it: 90s, 15m, 12h, 30d; a second to ten years. */
final class Lifetime implements ITypeConverter<Duration> {
    private static final Pattern WRITTEN = Pattern.compile("([0-9]{1,9})([smhd])");
    private static final Duration MOST = Duration.ofDays(3650);

    @Override
    public Duration convert(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (written.matches()) {
            long number = Long.parseLong(written.group(1));
            Duration lifetime = switch (written.group(2)) {
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                case "h" -> Duration.ofHours(number);
                default -> Duration.ofDays(number);
            };
            if (lifetime.isPositive() && lifetime.compareTo(MOST) <= 0) {
                return lifetime;
            }
        }
        throw new TypeConversionException(text + ": must be a time from 1s to 3650d, such as 12h or 30d");
    }
}
