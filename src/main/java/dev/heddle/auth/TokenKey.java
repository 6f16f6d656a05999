package dev.heddle.auth;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.NamedParameterSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jose4j.base64url.Base64Url;
import org.jose4j.jwk.JsonWebKey;
import org.jose4j.jwk.OctetKeyPairJsonWebKey;
import org.jose4j.jwk.OctetSequenceJsonWebKey;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.jwt.JwtClaims;
import org.jose4j.jwt.NumericDate;
import org.jose4j.lang.JoseException;
import org.jspecify.annotations.Nullable;

/**
 * One key, for one algorithm; immutable. It has been used once before anybody sees it: one that cannot be used is found when it
 * is read, and the first login does not wait for the library to wake up.
 */
public final class TokenKey {
    private static final int LEAST_SECRET_BYTES = 32;
    private static final int MOST_ID_CHARS = 64;
    private static final int ED25519_BYTES = 32;
    private static final int ED25519_SIGNATURE_BYTES = 64;

    private final String id;
    private final Algorithm algorithm;
    private final Key verifying;
    private final @Nullable Key signing;
    private final long fingerprint;

    private TokenKey(String id, Algorithm algorithm, Key verifying, @Nullable Key signing) {
        this.id = id;
        this.algorithm = algorithm;
        this.verifying = verifying;
        this.signing = signing;
        this.fingerprint = Grant.digest(id.getBytes(StandardCharsets.US_ASCII), new byte[1], verifying.getEncoded());
    }

    /** Why a key is refused; says nothing of its value. */
    static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message);
        }
    }

    /**
     * A key as a JWK has it (RFC 7517, RFC 8037): {@code kty} oct with {@code k}, or OKP with {@code crv} Ed25519, {@code x} and
     * possibly {@code d}; and a {@code kid}.
     */
    static TokenKey of(Map<String, Object> members) throws Unusable {
        String id = named(members.get("kid"));
        try {
            TokenKey key = switch (JsonWebKey.Factory.newJwk(members)) {
                case OctetSequenceJsonWebKey secret -> secret(id, secret.getKey());
                case OctetKeyPairJsonWebKey pair
                when isEd25519(members) ->
                    new TokenKey(id, Algorithm.ED25519, pair.getPublicKey(), pair.getPrivateKey());
                default -> throw new Unusable("neither a secret (oct) nor an Ed25519 key (OKP)");
            };
            Object meantFor = members.get("alg");
            if (meantFor != null && !meantFor.equals(key.algorithm.header())) {
                throw new Unusable("made for another algorithm than " + key.algorithm.header());
            }
            key.prove();
            return key;
        } catch (JoseException | RuntimeException secret) {
            // Not passed on: the library quotes what it was given.
            throw new Unusable("not a key");
        }
    }

    private static String named(@Nullable Object kid) throws Unusable {
        if (kid instanceof String text
                && !text.isEmpty()
                && text.length() <= MOST_ID_CHARS
                && text.chars().allMatch(each -> each > ' ' && each < 0x7f)) {
            return text;
        }
        throw new Unusable("needs a kid of 1 to " + MOST_ID_CHARS + " visible ASCII characters");
    }

    /** The library takes a shorter public key for one that begins with zeros. */
    private static boolean isEd25519(Map<String, Object> members) {
        return "Ed25519".equals(members.get("crv"))
                && members.get("x") instanceof String x
                && Base64Url.decode(x).length == ED25519_BYTES;
    }

    private static TokenKey secret(String id, Key key) throws Unusable {
        if (key.getEncoded().length < LEAST_SECRET_BYTES) {
            throw new Unusable("a secret has at least " + LEAST_SECRET_BYTES + " bytes");
        }
        return new TokenKey(id, Algorithm.HS256, key, key);
    }

    private void prove() throws JoseException, Unusable {
        JsonWebSignature signed = new JsonWebSignature();
        if (signing == null) {
            String head = Base64Url.encodeUtf8ByteRepresentation("{\"alg\":\"" + algorithm.header() + "\"}");
            signed.setCompactSerialization(head + ".e30." + Base64Url.encode(new byte[ED25519_SIGNATURE_BYTES]));
            signed.setKey(verifying);
            if (signed.verifySignature()) {
                throw new Unusable("a public key that takes any signature");
            }
            return;
        }
        signed.setCompactSerialization(sign("{}"));
        signed.setKey(verifying);
        if (!signed.verifySignature()) {
            throw new Unusable("its private and its public half do not belong together");
        }
    }

    /** A new key as a JWK. */
    static Map<String, Object> generate(String id, Algorithm algorithm, SecureRandom random) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("kid", id);
        byte[] secret = new byte[LEAST_SECRET_BYTES];
        random.nextBytes(secret);
        switch (algorithm) {
            case HS256 -> {
                members.put("kty", "oct");
                members.put("k", Base64Url.encode(secret));
            }
            case ED25519 -> members.putAll(pair(random));
        }
        return members;
    }

    private static Map<String, Object> pair(SecureRandom random) {
        try {
            var generator = KeyPairGenerator.getInstance("Ed25519");
            generator.initialize(NamedParameterSpec.ED25519, random);
            var pair = generator.generateKeyPair();
            PublicJsonWebKey made = PublicJsonWebKey.Factory.newPublicJwk(pair.getPublic());
            made.setPrivateKey(pair.getPrivate());
            return made.toParams(JsonWebKey.OutputControlLevel.INCLUDE_PRIVATE);
        } catch (JoseException | GeneralSecurityException impossible) {
            throw new IllegalStateException("this JDK cannot make Ed25519 keys", impossible);
        }
    }

    public String id() {
        return id;
    }

    public Algorithm algorithm() {
        return algorithm;
    }

    /** Whether it can make tokens, and not only verify them. */
    public boolean canSign() {
        return signing != null;
    }

    Key verifying() {
        return verifying;
    }

    /** What tells it from other keys, also from one of the same id. */
    long fingerprint() {
        return fingerprint;
    }

    /**
     * A token for a user.
     *
     * @param issuedMillis since 1970, as all times here
     * @throws IllegalStateException if this key cannot sign
     */
    public String token(String user, long issuedMillis, long expiresMillis) {
        return token(null, user, issuedMillis, expiresMillis);
    }

    /**
     * The same with an id ({@code jti}), by which it can be revoked.
     *
     * @param tokenId null: it gets none
     */
    public String token(@Nullable String tokenId, String user, long issuedMillis, long expiresMillis) {
        JwtClaims claims = new JwtClaims();
        if (tokenId != null) {
            claims.setJwtId(tokenId);
        }
        claims.setSubject(user);
        claims.setIssuedAt(NumericDate.fromMilliseconds(issuedMillis));
        claims.setExpirationTime(NumericDate.fromMilliseconds(expiresMillis));
        try {
            return sign(claims.toJson());
        } catch (JoseException secret) {
            throw new IllegalStateException("key " + id + " cannot sign");
        }
    }

    private String sign(String payload) throws JoseException {
        if (signing == null) {
            throw new IllegalStateException("key " + id + " can only verify");
        }
        JsonWebSignature made = new JsonWebSignature();
        made.setAlgorithmHeaderValue(algorithm.header());
        made.setKeyIdHeaderValue(id);
        made.setPayload(payload);
        made.setKey(signing);
        return made.getCompactSerialization();
    }

    /** Its name, and nothing else: this may be printed. */
    @Override
    public String toString() {
        return id;
    }
}
