package dev.heddle.auth;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jose4j.json.JsonUtil;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/** The keys of one file, the newest last; immutable. At most {@link #MOST_KEYS}, no two of one id. */
public final class KeyRing {
    public static final int MOST_KEYS = 64;

    private final List<TokenKey> keys;

    private KeyRing(List<TokenKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * The keys of a JWK Set (RFC 7517).
     *
     * @param source what to call it in messages
     */
    static KeyRing parse(String source, String json) throws KeyFileException {
        List<TokenKey> keys = new ArrayList<>();
        for (Map<String, Object> members : members(source, json)) {
            int number = keys.size() + 1;
            try {
                TokenKey key = TokenKey.of(members);
                if (keys.stream().anyMatch(other -> other.id().equals(key.id()))) {
                    throw new TokenKey.Unusable("another key has its kid " + key);
                }
                keys.add(key);
            } catch (TokenKey.Unusable unusable) {
                throw new KeyFileException(source + ": key " + number + ": " + unusable.getMessage());
            }
        }
        return new KeyRing(keys);
    }

    /** The keys as they stand in a JWK Set, their members unread. */
    static List<Map<String, Object>> members(String source, String json) throws KeyFileException {
        List<Map<String, Object>> found = new ArrayList<>();
        try {
            if (JsonUtil.parseJson(json).get("keys") instanceof List<?> entries && entries.size() <= MOST_KEYS) {
                for (Object entry : entries) {
                    found.add(Objects.requireNonNull(object(entry)));
                }
                return found;
            }
        } catch (JoseException | RuntimeException secret) {
            // Not passed on: the library quotes what it was given.
        }
        throw new KeyFileException(
                source + ": not a JWK Set, {\"keys\": [{...}, ...]} with at most " + MOST_KEYS + " keys");
    }

    @SuppressWarnings("unchecked") // the names in an object of JSON are strings
    private static Map<String, Object> object(Object entry) {
        return (Map<String, Object>) entry;
    }

    public List<TokenKey> keys() {
        return keys;
    }

    /** The ids of the keys: this may be printed. */
    @Override
    public String toString() {
        return keys.stream().map(TokenKey::id).collect(Collectors.joining(", "));
    }

    /** Whether the key with this fingerprint is among them. */
    boolean holds(long fingerprint) {
        return keys.stream().anyMatch(key -> key.fingerprint() == fingerprint);
    }

    /**
     * The key that a token names, if it is for this algorithm: so a public key is never taken for a secret. A token that names
     * none is for the only key of its algorithm.
     */
    @Nullable
    TokenKey verifying(@Nullable String id, @Nullable String algorithm) {
        List<TokenKey> fitting = keys.stream()
                .filter(key -> key.algorithm().header().equals(algorithm))
                .filter(key -> id == null || key.id().equals(id))
                .toList();
        return fitting.size() == 1 ? fitting.getFirst() : null;
    }

    /** The key with this id, or the newest, that can make tokens; null if there is none. */
    public @Nullable TokenKey signing(@Nullable String id) {
        return keys.reversed().stream()
                .filter(TokenKey::canSign)
                .filter(key -> id == null || key.id().equals(id))
                .findFirst()
                .orElse(null);
    }
}
