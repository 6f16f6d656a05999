package dev.heddle.auth;

import dev.heddle.secret.SecretFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which tokens hold no longer; immutable. Bounded by a file of {@link #MOST_BYTES}, a line for each:
 *
 * <pre>
 *   # what follows is for people
 *   token ID                             the token with this jti
 *   before 2026-11-30T12:00:00Z USER     tokens of this user that were issued earlier
 * </pre>
 */
public final class Revocations {
    /** No token is. */
    public static final Revocations NONE = new Revocations();

    static final int MOST_BYTES = 1 << 20;

    private static final String TOKEN = "token ";
    private static final String BEFORE = "before ";
    private static final String BYTE_ORDER_MARK = "\ufeff";

    private final Set<Long> ids = new HashSet<>();
    private final Map<Long, Long> notBefore = new HashMap<>();

    private Revocations() {}

    /**
     * Reads the file.
     *
     * @throws KeyFileException if it cannot be used; it names the line that is wrong
     */
    public static Revocations read(Path file) throws KeyFileException {
        String name = "file of revoked tokens " + file;
        Revocations read = new Revocations();
        int number = 0;
        for (String line : lines(file, name)) {
            number++;
            if (!read.add(line)) {
                throw new KeyFileException(name + ": line " + number
                        + ": must be \"token ID\", or \"before 2026-11-30T12:00:00Z USER\", or begin with #");
            }
        }
        return read;
    }

    private static List<String> lines(Path file, String name) throws KeyFileException {
        try {
            Optional<String> writable = SecretFile.writable(file);
            if (writable.isPresent()) {
                throw new KeyFileException(name + ": " + writable.get());
            }
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MOST_BYTES + 1);
            }
            if (bytes.length > MOST_BYTES) {
                throw new KeyFileException(name + ": longer than " + MOST_BYTES + " bytes");
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text)
                    .lines()
                    .toList();
        } catch (NoSuchFileException absent) {
            throw new KeyFileException(name + ": there is no such file");
        } catch (CharacterCodingException otherwise) {
            throw new KeyFileException(name + ": must be UTF-8");
        } catch (IOException unreadable) {
            throw new KeyFileException(name + ": cannot be read: " + unreadable.getMessage());
        }
    }

    /** False if the line makes no sense. */
    private boolean add(String line) {
        if (line.isBlank() || line.startsWith("#")) {
            return true;
        }
        if (line.startsWith(TOKEN)) {
            String id = line.substring(TOKEN.length()).strip();
            ids.add(Grant.ofId(id));
            return !id.isEmpty();
        }
        int name = line.indexOf(' ', BEFORE.length()) + 1;
        // A name may have spaces within it; at its end one was not meant.
        if (!line.startsWith(BEFORE)
                || name == 0
                || name == line.stripTrailing().length()
                || !line.equals(line.strip())) {
            return false;
        }
        try {
            long millis =
                    Instant.parse(line.substring(BEFORE.length(), name - 1)).toEpochMilli();
            long user = Grant.ofUser(line.substring(name).getBytes(StandardCharsets.UTF_8));
            notBefore.merge(user, millis, Math::max);
            return true;
        } catch (DateTimeParseException | ArithmeticException none) {
            return false;
        }
    }

    /** Whether a token is among them. */
    boolean cover(Grant grant) {
        Long earliest = notBefore.get(grant.user());
        return (earliest != null && grant.issuedMillis() < earliest)
                || (grant.id() != Grant.NO_ID && ids.contains(grant.id()));
    }

    /** How many there are: this may be printed. */
    @Override
    public String toString() {
        return ids.size() + " tokens, and those of " + notBefore.size() + " users from before a time";
    }
}
