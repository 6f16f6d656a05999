package dev.heddle.admin;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What an {@code Accept} header says of the formats of metrics; no state. What cannot be understood in it is passed over. */
final class MediaTypes {
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final Set<String> VERSIONS = Set.of("1.0.0", "0.0.1");
    private static final String PLAIN = "text/plain";
    private static final Pattern QUALITY = Pattern.compile("0(\\.\\d{0,3})?|1(\\.0{0,3})?");

    private MediaTypes() {}

    /** Whether OpenMetrics is asked for by its name, and no less than plain text is. */
    static boolean preferOpenMetrics(@Nullable String accept) {
        double open = 0;
        double plain = 0;
        for (String range : accept == null ? new String[0] : accept.split(",", -1)) {
            String[] parts = range.toLowerCase(Locale.ROOT).split(";", -1);
            double quality = quality(parts);
            switch (parts[0].strip()) {
                case OPEN_METRICS -> open = isKnown(parts) ? Math.max(open, quality) : open;
                case PLAIN -> plain = Math.max(plain, quality);
                default -> {
                    // Nothing that is spoken here, or anything: that is plain text.
                }
            }
        }
        return open > 0 && open >= plain;
    }

    private static boolean isKnown(String[] parts) {
        String version = parameter(parts, "version");
        return version == null || VERSIONS.contains(version);
    }

    /** 0 to 1; 0 if it is none. */
    private static double quality(String[] parts) {
        String quality = parameter(parts, "q");
        if (quality == null) {
            return 1;
        }
        return QUALITY.matcher(quality).matches() ? Double.parseDouble(quality) : 0;
    }

    private static @Nullable String parameter(String[] parts, String name) {
        for (int i = 1; i < parts.length; i++) {
            int equals = parts[i].indexOf('=');
            if (equals > 0 && parts[i].substring(0, equals).strip().equals(name)) {
                return parts[i].substring(equals + 1).strip().replace("\"", "");
            }
        }
        return null;
    }
}
