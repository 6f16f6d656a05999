package dev.heddle.auth;

import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.MessageDigest;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;
import org.jose4j.jwa.AlgorithmConstraints;
import org.jose4j.jwa.AlgorithmConstraints.ConstraintType;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.MalformedClaimException;
import org.jose4j.jwt.NumericDate;
import org.jose4j.jwt.ReservedClaimNames;
import org.jose4j.jwt.consumer.ErrorCodeValidator;
import org.jose4j.jwt.consumer.ErrorCodes;
import org.jose4j.jwt.consumer.InvalidJwtException;
import org.jose4j.jwt.consumer.JwtConsumer;
import org.jose4j.jwt.consumer.JwtConsumerBuilder;
import org.jose4j.jwt.consumer.JwtContext;
import org.jose4j.jwx.JsonWebStructure;
import org.jose4j.lang.UnresolvableKeyException;
import org.jspecify.annotations.Nullable;

/**
 * Judges tokens by a ring of keys; any thread. Bounded by that ring: nothing is remembered of a token. Half of the processors
 * verify signatures at a time, so that forged ones, which cost as much as good ones, leave the other half to those who are in.
 *
 * <p>A token is a JWT in its compact form, signed with HS256 or Ed25519 by a key of the ring. Its subject is the user; it has
 * an expiry, and no audience, which would mean that it is for somebody else.
 *
 * <p>{@link #use} swaps keys and revocations as a whole: a token that is verified meanwhile is verified with the old or with the
 * new ones, and {@link #stillHolds} says afterwards whether the result still holds.
 */
public final class TokenVerifier implements Authenticator {
    static final Verdict NONE = new Verdict.Refused("this server asks for a token");
    static final Verdict INVALID = new Verdict.Refused("the token is not valid");
    static final Verdict EXPIRED = new Verdict.Refused("the token has expired");
    static final Verdict TOO_EARLY = new Verdict.Refused("the token is not valid yet");
    static final Verdict REVOKED = new Verdict.Refused("the token has been revoked");
    static final Verdict OTHER_USER = new Verdict.Refused("the token is for another user");

    private static final AlgorithmConstraints SIGNATURES =
            new AlgorithmConstraints(ConstraintType.PERMIT, Algorithm.HS256.header(), Algorithm.ED25519.header());

    private static final ErrorCodeValidator.Error NOT_YET =
            new ErrorCodeValidator.Error(ErrorCodes.NOT_YET_VALID, "not valid yet");

    private static final int PARTS = 3;

    private final Semaphore judges =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), true);
    private final int skewSeconds;
    private final LongSupplier wallMillis;
    private volatile Rules rules;

    private record Rules(KeyRing ring, Revocations revoked) {}

    /**
     * Judges by these keys, until it is to {@link #use} others.
     *
     * @param revoked tokens that hold no longer, whoever signed them
     * @param skewSeconds how far the clocks of servers and issuers may be apart
     * @param wallMillis the time, in milliseconds since 1970
     */
    public TokenVerifier(KeyRing ring, Revocations revoked, int skewSeconds, LongSupplier wallMillis) {
        this.rules = new Rules(ring, revoked);
        this.skewSeconds = skewSeconds;
        this.wallMillis = wallMillis;
    }

    /** Tokens that are judged from now on are judged by these. */
    public void use(KeyRing ring, Revocations revoked) {
        rules = new Rules(ring, revoked);
    }

    @Override
    public boolean stillHolds(Grant grant) {
        Rules now = rules;
        return now.ring.holds(grant.key()) && !now.revoked.cover(grant);
    }

    @Override
    public Verdict judge(byte[] user, byte[] token) {
        if (token.length == 0) {
            return NONE;
        }
        if (!isCompact(token)) {
            return INVALID;
        }
        long now = wallMillis.getAsLong();
        judges.acquireUninterruptibly();
        Rules by = rules;
        try {
            JwtContext judged = consumer(by.ring, now).process(new String(token, StandardCharsets.US_ASCII));
            JwtClaims claims = judged.getJwtClaims();
            String subject = claims.getSubject();
            byte[] name = subject.getBytes(StandardCharsets.UTF_8);
            if (!new String(name, StandardCharsets.UTF_8).equals(subject)) {
                // Half of a surrogate pair, which no name has: its bytes would be those of another one.
                return INVALID;
            }
            if (!MessageDigest.isEqual(name, user)) {
                return OTHER_USER;
            }
            Grant grant = grant(by.ring, judged, name);
            return by.revoked.cover(grant) ? REVOKED : admitted(claims, now, grant);
        } catch (InvalidJwtException wrong) {
            // Its signature is judged first: who hears of a claim has a token that was signed here.
            return wrong.hasErrorCode(ErrorCodes.EXPIRED)
                    ? EXPIRED
                    : wrong.hasErrorCode(ErrorCodes.NOT_YET_VALID) ? TOO_EARLY : INVALID;
        } catch (MalformedClaimException | RuntimeException hostile) {
            return INVALID;
        } finally {
            judges.release();
        }
    }

    /** Three parts in the alphabet of base64url: what is anything else is not worth the library's time. */
    private static boolean isCompact(byte[] token) {
        int parts = 1;
        for (byte each : token) {
            if (each == '.') {
                parts++;
            } else if (!isBase64Url(each)) {
                return false;
            }
        }
        return parts == PARTS;
    }

    private static boolean isBase64Url(byte each) {
        boolean digit = each >= '0' && each <= '9';
        boolean letter = (each >= 'A' && each <= 'Z') || (each >= 'a' && each <= 'z');
        return digit || letter || each == '-' || each == '_';
    }

    private JwtConsumer consumer(KeyRing keys, long now) {
        return new JwtConsumerBuilder()
                .setJwsAlgorithmConstraints(SIGNATURES)
                .setVerificationKeyResolver((signature, nesting) -> key(keys, signature, nesting))
                .setEvaluationTime(NumericDate.fromMilliseconds(now))
                .setAllowedClockSkewInSeconds(skewSeconds)
                .registerValidator((ErrorCodeValidator) token -> tooEarly(token.getJwtClaims(), now / 1000))
                .setRequireExpirationTime()
                .setRequireSubject()
                .build();
    }

    /** The library calls a beginning malformed that is behind the end, or that no {@code long} can hold. */
    private ErrorCodeValidator.@Nullable Error tooEarly(JwtClaims claims, long nowSeconds) {
        boolean early = claims.getClaimValue(ReservedClaimNames.NOT_BEFORE) instanceof Number begins
                && begins.doubleValue() > nowSeconds + skewSeconds;
        return early ? NOT_YET : null;
    }

    private static Key key(KeyRing keys, JsonWebSignature signature, List<JsonWebStructure> nesting)
            throws UnresolvableKeyException {
        TokenKey key = keys.verifying(signature.getKeyIdHeaderValue(), signature.getAlgorithmHeaderValue());
        if (key == null || !nesting.isEmpty()) {
            throw new UnresolvableKeyException("no key for this token");
        }
        return key.verifying();
    }

    private static Grant grant(KeyRing keys, JwtContext judged, byte[] user) throws MalformedClaimException {
        JwtClaims claims = judged.getJwtClaims();
        JsonWebStructure signature = judged.getJoseObjects().getFirst();
        TokenKey key = keys.verifying(signature.getKeyIdHeaderValue(), signature.getAlgorithmHeaderValue());
        NumericDate issued = claims.getIssuedAt();
        return new Grant(
                Objects.requireNonNull(key).fingerprint(),
                Grant.ofId(claims.getJwtId()),
                Grant.ofUser(user),
                issued == null ? 0 : Math.multiplyExact(issued.getValue(), 1000L));
    }

    private Verdict admitted(JwtClaims claims, long now, Grant grant) throws MalformedClaimException {
        long seconds = now / 1000;
        long expires =
                Math.min(claims.getExpirationTime().getValue(), seconds + Verdict.MOST_MILLIS / 1000 - skewSeconds);
        return new Verdict.Admitted(Math.max(1, expires + skewSeconds - seconds) * 1000, grant);
    }
}
