package dev.heddle.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which tokens let whom in. Forged ones are put together by hand, and not by the library that is to see through them. */
@Timeout(60)
final class TokenVerifierTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final int SKEW_SECONDS = 30;
    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path folder;

    private final AtomicLong wall = new AtomicLong(NOW);
    private KeyFile file;
    private TokenKey secret;
    private TokenKey pair;
    private TokenVerifier verifier;

    @BeforeEach
    void makeKeys() throws KeyFileException {
        file = new KeyFile(folder.resolve("keys"));
        secret = file.add(Algorithm.HS256, "secret", RANDOM);
        pair = file.add(Algorithm.ED25519, "pair", RANDOM);
        verifier = new TokenVerifier(file.readSome(), Revocations.NONE, SKEW_SECONDS, wall::get);
    }

    private TokenKey key(Algorithm algorithm) {
        return algorithm == Algorithm.HS256 ? secret : pair;
    }

    private Verdict judge(String user, String token) {
        return verifier.judge(user.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8));
    }

    private boolean holds(Verdict verdict) {
        Grant grant = ((Verdict.Admitted) verdict).grant();
        return grant != null && verifier.stillHolds(grant);
    }

    private static long validMillis(Verdict verdict) {
        return ((Verdict.Admitted) verdict).validMillis();
    }

    // ---- tokens by hand ----

    private static String part(String json) {
        return part(json.getBytes(StandardCharsets.UTF_8));
    }

    private static String part(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] hmac(byte[] key, String signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Signed with the secret of the key file, whatever it says. */
    private String signed(String header, String claims) {
        String text = part(header) + "." + part(claims);
        return text + "." + part(hmac(secret.verifying().getEncoded(), text));
    }

    private String claims(String more) {
        return signed("{\"alg\":\"HS256\",\"kid\":\"secret\"}", "{\"sub\":\"alice\"" + more + "}");
    }

    private static String exp(long secondsFromNow) {
        return ",\"exp\":" + (NOW / 1000 + secondsFromNow);
    }

    // ---- who comes in ----

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void a_token_lets_its_user_in_until_it_expires(Algorithm algorithm) {
        String token = key(algorithm).token("alice", NOW, NOW + 60_000);
        assertThat(validMillis(judge("alice", token))).isEqualTo(60_000 + SKEW_SECONDS * 1000);
        wall.addAndGet(60_000 + SKEW_SECONDS * 1000 - 1);
        assertThat(judge("alice", token)).isInstanceOf(Verdict.Admitted.class);
        wall.incrementAndGet();
        assertThat(judge("alice", token)).isEqualTo(TokenVerifier.EXPIRED);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void a_token_lets_nobody_else_in(Algorithm algorithm) {
        String token = key(algorithm).token("alice", NOW, NOW + 60_000);
        for (String other : new String[] {"bob", "Alice", "alic", "alicea", "alice ", "\u00e4lice"}) {
            assertThat(judge(other, token)).as(other).isEqualTo(TokenVerifier.OTHER_USER);
        }
    }

    @Test
    void a_name_may_be_of_any_alphabet() {
        String name = "\u7e54\u5de5 \ud83e\uddf5 \"\\";
        assertThat(judge(name, pair.token(name, NOW, NOW + 1000))).isInstanceOf(Verdict.Admitted.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\\ud800b", "a\\udc00b", "\\ud83d", "a?b\\udfff"})
    void a_subject_with_half_of_a_surrogate_pair_is_nobodys(String subject) {
        String token = signed("{\"alg\":\"HS256\",\"kid\":\"secret\"}", "{\"sub\":\"" + subject + "\"" + exp(60) + "}");
        String asBytes = subject.replaceAll("\\\\u[0-9a-f]{4}", "?");
        assertThat(judge(asBytes, token)).isEqualTo(TokenVerifier.INVALID);
        assertThat(judge("a\ufffdb", token)).isEqualTo(TokenVerifier.INVALID);
    }

    // ---- revoked ----

    private Revocations revoked(String text) throws Exception {
        return Revocations.read(Files.writeString(folder.resolve("revoked"), text));
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void a_token_that_is_revoked_by_its_id_lets_nobody_in_and_others_of_its_user_do(Algorithm algorithm)
            throws Exception {
        String lost = key(algorithm).token("lost-phone", "alice", NOW, NOW + 60_000);
        String other = key(algorithm).token("other", "alice", NOW, NOW + 60_000);
        String without = key(algorithm).token("alice", NOW, NOW + 60_000);
        Verdict before = judge("alice", lost);
        assertThat(holds(before)).isTrue();

        verifier.use(file.readSome(), revoked("# lost in the train\ntoken lost-phone\n"));
        assertThat(judge("alice", lost)).isEqualTo(TokenVerifier.REVOKED);
        assertThat(holds(before)).isFalse();
        for (String good : new String[] {other, without}) {
            Verdict after = judge("alice", good);
            assertThat(holds(after)).isTrue();
        }
        verifier.use(file.readSome(), Revocations.NONE);
        assertThat(judge("alice", lost)).isInstanceOf(Verdict.Admitted.class);
    }

    @Test
    void tokens_of_a_user_from_before_a_time_let_nobody_in_and_those_from_that_time_on_do() throws Exception {
        String name = "al ice";
        String old = pair.token(name, NOW - 1000, NOW + 60_000);
        String fresh = pair.token(name, NOW, NOW + 60_000);
        String timeless = signed("{\"alg\":\"HS256\",\"kid\":\"secret\"}", "{\"sub\":\"" + name + "\"" + exp(60) + "}");
        String bobs = pair.token("bob", NOW - 1000, NOW + 60_000);
        Verdict before = judge(name, old);
        verifier.use(file.readSome(), revoked("before " + Instant.ofEpochMilli(NOW) + " " + name + "\r\n"));
        assertThat(judge(name, old)).isEqualTo(TokenVerifier.REVOKED);
        assertThat(judge(name, timeless)).isEqualTo(TokenVerifier.REVOKED);
        assertThat(holds(before)).isFalse();
        assertThat(judge(name, fresh)).isInstanceOf(Verdict.Admitted.class);
        assertThat(judge("bob", bobs)).isInstanceOf(Verdict.Admitted.class);
    }

    @Test
    void what_was_let_in_holds_as_long_as_its_key_is_there_and_is_the_same() throws Exception {
        Verdict bySecret = judge("alice", secret.token("alice", NOW, NOW + 60_000));
        Verdict byPair = judge("alice", pair.token("alice", NOW, NOW + 60_000));
        file.add(Algorithm.HS256, "more", RANDOM);
        verifier.use(file.readSome(), Revocations.NONE);
        assertThat(holds(bySecret)).isTrue();
        file.remove("secret");
        file.add(Algorithm.HS256, "secret", RANDOM);
        verifier.use(file.readSome(), Revocations.NONE);
        assertThat(holds(bySecret)).as("another key of the same id").isFalse();
        assertThat(holds(byPair)).isTrue();
        Path half = Files.writeString(folder.resolve("half"), file.publicKeys());
        verifier.use(new KeyFile(half).readSome(), Revocations.NONE);
        assertThat(holds(byPair)).as("its public half").isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tokens x",
                "token",
                "token ",
                "before alice",
                "before 2026-11-30T12:00:00Z",
                "before 2026-11-30T12:00:00Z ",
                "before yesterday alice",
                "before 1800000000 alice",
                " token x",
                "x"
            })
    void a_line_that_makes_no_sense_is_named(String line) {
        assertThatThrownBy(() -> revoked("# fine\n\ntoken a\n" + line + "\ntoken b\n"))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining(folder.resolve("revoked") + ": line 4: must be");
    }

    @Test
    void a_file_of_revoked_tokens_is_utf_8_short_and_written_by_its_owner_alone() throws Exception {
        assertThat(revoked("\ufefftoken a\r\nbefore 2026-11-30T12:00:00Z \u7e54\u5de5")
                        .toString())
                .isEqualTo("1 tokens, and those of 1 users from before a time");
        Path path = folder.resolve("revoked");
        Files.write(path, new byte[] {'#', (byte) 0xe4});
        assertThatThrownBy(() -> Revocations.read(path)).hasMessageContaining("must be UTF-8");
        Files.writeString(path, "#".repeat(Revocations.MOST_BYTES + 1));
        assertThatThrownBy(() -> Revocations.read(path)).hasMessageContaining("longer than");
        Files.writeString(path, "token a\n");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-rw-r--"));
        assertThatThrownBy(() -> Revocations.read(path)).hasMessageContaining("others may write it");
        assertThatThrownBy(() -> Revocations.read(folder.resolve("none")))
                .hasMessageContaining("there is no such file");
    }

    @Test
    void without_a_token_nobody_comes_in() {
        assertThat(judge("alice", "")).isEqualTo(TokenVerifier.NONE);
    }

    @Test
    void a_token_by_hand_is_taken_so_that_the_others_here_fail_for_what_is_wrong_with_them() {
        assertThat(judge("alice", claims(exp(60)))).isInstanceOf(Verdict.Admitted.class);
    }

    @Test
    void a_token_that_is_not_valid_yet_lets_nobody_in_until_it_is() {
        String token = claims(exp(600) + ",\"nbf\":" + (NOW / 1000 + SKEW_SECONDS + 10));
        assertThat(judge("alice", token)).isEqualTo(TokenVerifier.TOO_EARLY);
        wall.addAndGet(10_000);
        assertThat(judge("alice", token)).isInstanceOf(Verdict.Admitted.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1800000601", "9223372036854775807", "99999999999999999999999999", "1e30", "1e999", "2e9"})
    void a_token_that_begins_after_its_end_or_beyond_all_time_is_not_valid_yet(String begins) {
        assertThat(judge("alice", claims(exp(600) + ",\"nbf\":" + begins))).isEqualTo(TokenVerifier.TOO_EARLY);
    }

    @Test
    void a_token_for_ever_is_for_ten_years() {
        assertThat(validMillis(judge("alice", claims(exp(1L << 40))))).isEqualTo(Verdict.MOST_MILLIS);
        for (String far : new String[] {Long.toString(Long.MAX_VALUE), "1e999"}) {
            Verdict verdict = judge("alice", claims(",\"exp\":" + far));
            assertThat(verdict.equals(TokenVerifier.INVALID) || validMillis(verdict) == Verdict.MOST_MILLIS)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ",\"exp\":null",
                ",\"exp\":\"tomorrow\"",
                ",\"exp\":{}",
                ",\"exp\":99999999999999999999999999",
                ",\"exp\":1900000000,\"aud\":\"another service\"",
                ",\"exp\":1900000000,\"sub\":\"alice\"",
                ",\"exp\":1900000000,\"nbf\":[]"
            })
    void claims_that_are_missing_doubled_or_of_another_kind_let_nobody_in(String more) {
        assertThat(judge("alice", claims(more))).isEqualTo(TokenVerifier.INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"exp\":1900000000}", "{\"exp\":1900000000,\"sub\":7}", "[]", "7", "", "{", "{}}"})
    void a_token_without_a_subject_lets_nobody_in(String claims) {
        String token = signed("{\"alg\":\"HS256\",\"kid\":\"secret\"}", claims);
        assertThat(judge("alice", token)).isEqualTo(TokenVerifier.INVALID);
        assertThat(judge("7", token)).isEqualTo(TokenVerifier.INVALID);
    }

    // ---- forgeries ----

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", "", "HS384", "HS512", "hs256", "RS256", "ES256", "dir"})
    void another_algorithm_lets_nobody_in(String algorithm) {
        for (String kid : new String[] {"", ",\"kid\":\"secret\"", ",\"kid\":\"pair\""}) {
            String text = part("{\"alg\":\"" + algorithm + "\"" + kid + "}") + "."
                    + part("{\"sub\":\"alice\",\"exp\":1900000000}") + ".";
            assertThat(judge("alice", text)).isEqualTo(TokenVerifier.INVALID);
            assertThat(judge("alice", text + part(new byte[32]))).isEqualTo(TokenVerifier.INVALID);
            String right = part(hmac(secret.verifying().getEncoded(), text.substring(0, text.length() - 1)));
            assertThat(judge("alice", text + right)).isEqualTo(TokenVerifier.INVALID);
        }
    }

    @Test
    void a_public_key_is_no_secret() {
        byte[] encoded = pair.verifying().getEncoded();
        byte[] bare = java.util.Arrays.copyOfRange(encoded, encoded.length - 32, encoded.length);
        for (String kid : new String[] {"", ",\"kid\":\"pair\"", ",\"kid\":\"secret\""}) {
            String text = part("{\"alg\":\"HS256\"" + kid + "}") + "." + part("{\"sub\":\"alice\",\"exp\":1900000000}");
            for (byte[] key : new byte[][] {encoded, bare, part(bare).getBytes(StandardCharsets.US_ASCII)}) {
                assertThat(judge("alice", text + "." + part(hmac(key, text)))).isEqualTo(TokenVerifier.INVALID);
            }
        }
    }

    @Test
    void a_key_that_a_token_brings_itself_is_not_looked_at() {
        byte[] own = new byte[32];
        String jwk = "{\"kty\":\"oct\",\"kid\":\"secret\",\"k\":\"" + part(own) + "\"}";
        for (String header : new String[] {
            "{\"alg\":\"HS256\",\"jwk\":" + jwk + "}",
            "{\"alg\":\"HS256\",\"kid\":\"secret\",\"jwk\":" + jwk + "}",
            "{\"alg\":\"HS256\",\"kid\":\"secret\",\"jku\":\"http://127.0.0.1:1/\"}",
            "{\"alg\":\"HS256\",\"kid\":\"../../dev/null\"}",
            "{\"alg\":\"HS256\",\"kid\":7}"
        }) {
            String text = part(header) + "." + part("{\"sub\":\"alice\",\"exp\":1900000000}");
            assertThat(judge("alice", text + "." + part(hmac(own, text)))).isEqualTo(TokenVerifier.INVALID);
        }
    }

    @Test
    void an_extension_that_is_not_known_and_must_be_lets_nobody_in() {
        String claims = "{\"sub\":\"alice\",\"exp\":1900000000}";
        assertThat(judge("alice", signed("{\"alg\":\"HS256\",\"crit\":[\"new\"],\"new\":1}", claims)))
                .isEqualTo(TokenVerifier.INVALID);
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void no_character_of_a_token_can_be_another(Algorithm algorithm) {
        String token = key(algorithm).token("alice", NOW, NOW + 60_000);
        // The last character of a part may have bits that stand for nothing: those that are left over are not judged
        // here.
        for (int at = 0; at < token.length() - 1; at++) {
            if (token.charAt(at) != '.' && token.charAt(at + 1) != '.') {
                char other = token.charAt(at) == 'A' ? 'B' : 'A';
                String changed = token.substring(0, at) + other + token.substring(at + 1);
                assertThat(judge("alice", changed)).as(changed).isEqualTo(TokenVerifier.INVALID);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void of_an_expired_token_only_who_has_it_whole_hears_that_it_has_expired(Algorithm algorithm) {
        String token = key(algorithm).token("alice", NOW - 100_000, NOW - 60_000);
        assertThat(judge("alice", token)).isEqualTo(TokenVerifier.EXPIRED);
        String forged = token.substring(0, token.length() - 10) + "AAAAAAAAAA";
        assertThat(judge("alice", forged)).isEqualTo(TokenVerifier.INVALID);
    }

    @Test
    void garbage_is_refused_and_nothing_is_thrown() {
        long seed = Long.getLong("heddle.seed", System.nanoTime());
        SplittableRandom random = new SplittableRandom(seed);
        String good = claims(exp(60));
        for (int round = 0; round < 20_000; round++) {
            byte[] token;
            if (round % 2 == 0) {
                token = new byte[1 + random.nextInt(300)];
                random.nextBytes(token);
            } else {
                token = good.getBytes(StandardCharsets.US_ASCII);
                int at = random.nextInt(token.length - 44);
                token[at] = (byte) random.nextInt(256);
                token[random.nextInt(token.length - 44)] = '.';
            }
            byte[] user = "alice".getBytes(StandardCharsets.US_ASCII);
            boolean same = new String(token, StandardCharsets.ISO_8859_1).equals(good);
            assertThat(same || verifier.judge(user, token).equals(TokenVerifier.INVALID))
                    .as("-Dheddle.seed=%d, round %d", seed, round)
                    .isTrue();
        }
    }

    @Test
    void brackets_in_brackets_do_not_exhaust_the_stack() {
        String deep = "[".repeat(1500) + "]".repeat(700);
        assertThat(judge("alice", signed("{\"alg\":\"HS256\",\"kid\":\"secret\"}", "{\"sub\":" + deep + "}")))
                .isEqualTo(TokenVerifier.INVALID);
        assertThat(judge("alice", part("{\"alg\":" + deep) + ".e30.AAAA")).isEqualTo(TokenVerifier.INVALID);
    }

    // ---- keys that change ----

    private String reload() throws KeyFileException {
        KeyRing ring = file.readSome();
        verifier.use(ring, Revocations.NONE);
        return ring.toString();
    }

    @Test
    void keys_can_change_while_tokens_of_both_are_about() throws Exception {
        String old = secret.token("alice", NOW, NOW + 60_000);
        TokenKey next = file.add(Algorithm.ED25519, null, RANDOM);
        String fresh = next.token("alice", NOW, NOW + 60_000);
        assertThat(judge("alice", fresh)).isEqualTo(TokenVerifier.INVALID);

        assertThat(reload()).isEqualTo("secret, pair, k3");
        assertThat(judge("alice", fresh)).isInstanceOf(Verdict.Admitted.class);
        assertThat(judge("alice", old)).isInstanceOf(Verdict.Admitted.class);

        file.remove("secret");
        assertThat(reload()).isEqualTo("pair, k3");
        assertThat(judge("alice", fresh)).isInstanceOf(Verdict.Admitted.class);
        assertThat(judge("alice", old)).isEqualTo(TokenVerifier.INVALID);
    }

    @Test
    void a_token_that_names_no_key_is_for_the_only_one_of_its_algorithm() throws Exception {
        String token = signed("{\"alg\":\"HS256\"}", "{\"sub\":\"alice\"" + exp(60) + "}");
        assertThat(judge("alice", token)).isInstanceOf(Verdict.Admitted.class);
        file.add(Algorithm.HS256, null, RANDOM);
        reload();
        assertThat(judge("alice", token)).isEqualTo(TokenVerifier.INVALID);
    }

    @Test
    void a_server_with_the_public_half_alone_verifies_what_the_whole_signed() throws Exception {
        Path half = Files.writeString(folder.resolve("public"), file.publicKeys());
        assertThat(Files.readString(half)).contains("\"pair\"").doesNotContain("secret", "\"d\"", "\"k\"");
        TokenVerifier other =
                new TokenVerifier(new KeyFile(half).readSome(), Revocations.NONE, SKEW_SECONDS, wall::get);
        byte[] token = pair.token("alice", NOW, NOW + 60_000).getBytes(StandardCharsets.US_ASCII);
        assertThat(other.judge("alice".getBytes(StandardCharsets.US_ASCII), token))
                .isInstanceOf(Verdict.Admitted.class);
        TokenKey key = new KeyFile(half).read().keys().getFirst();
        assertThat(key.canSign()).isFalse();
        assertThat(new KeyFile(half).read().signing(null)).isNull();
    }
}
