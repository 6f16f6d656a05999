package dev.heddle.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class KeyFileTest {
    /** 32 bytes of zeros, which no message may quote. */
    private static final String ZEROS = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    private static final SecureRandom RANDOM = new SecureRandom();

    @TempDir
    private Path folder;

    private Path path;
    private KeyFile file;

    @BeforeEach
    void name() {
        path = folder.resolve("heddle.keys");
        file = new KeyFile(path);
    }

    private void permit(String permissions) throws IOException {
        Assumptions.assumeTrue(
                FileSystems.getDefault().supportedFileAttributeViews().contains("posix"),
                "skipped: files have no permissions here");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private List<String> ids() throws KeyFileException {
        return file.read().keys().stream().map(TokenKey::id).toList();
    }

    @Test
    void a_new_file_is_its_owners_alone_and_stays_so() throws Exception {
        file.add(Algorithm.HS256, null, RANDOM);
        permit("r--------");
        file.add(Algorithm.ED25519, null, RANDOM);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                .isEqualTo("rw-------");
        try (var all = Files.list(folder)) {
            assertThat(all).containsExactly(path);
        }
    }

    @Test
    void a_file_may_begin_with_the_mark_of_utf8() throws Exception {
        file.add(Algorithm.HS256, null, RANDOM);
        Files.writeString(path, "\ufeff" + Files.readString(path));
        assertThat(ids()).containsExactly("k1");
        file.add(Algorithm.HS256, null, RANDOM);
        assertThat(ids()).containsExactly("k1", "k2");
    }

    @Test
    void keys_are_numbered_or_named_and_the_newest_that_can_signs() throws Exception {
        file.add(Algorithm.HS256, null, RANDOM);
        file.add(Algorithm.ED25519, "spring", RANDOM);
        file.add(Algorithm.HS256, null, RANDOM);
        file.remove("k1");
        file.add(Algorithm.ED25519, null, RANDOM);
        assertThat(ids()).containsExactly("spring", "k3", "k4");
        assertThat(file.read().signing(null)).hasToString("k4");
        assertThat(file.read().signing("spring")).hasToString("spring");
        assertThat(file.read().signing("k1")).isNull();
        assertThat(Files.readAllLines(path)).hasSize(5);
    }

    @Test
    void no_two_keys_have_one_name() throws Exception {
        file.add(Algorithm.HS256, "one", RANDOM);
        String before = Files.readString(path);
        assertThatThrownBy(() -> file.add(Algorithm.ED25519, "one", RANDOM))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("another key has its kid one");
        assertThat(Files.readString(path)).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "\u00fcber", "line\nbreak"})
    void a_name_is_of_visible_ascii(String id) {
        assertThatThrownBy(() -> file.add(Algorithm.HS256, id, RANDOM))
                .isInstanceOf(KeyFileException.class)
                .hasMessageContaining("needs a kid");
        assertThat(path).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "rw-------, true",
        "r--------, true",
        "rw-r-----, false",
        "rw-r--r--, false",
        "rw-rw----, false",
        "rw--w--w-, false",
        "rw----r--, false",
        "rw-----w-, false"
    })
    void secrets_that_others_may_read_are_refused_as_are_keys_that_they_may_write(String permissions, boolean good)
            throws Exception {
        file.add(Algorithm.HS256, null, RANDOM);
        permit(permissions);
        if (good) {
            assertThat(ids()).containsExactly("k1");
        } else {
            assertThatThrownBy(file::read).hasMessageContaining(path.toString()).hasMessageContaining("chmod 600");
        }
    }

    @Test
    void public_keys_may_be_read_by_everybody() throws Exception {
        file.add(Algorithm.ED25519, null, RANDOM);
        Files.writeString(path, file.publicKeys());
        permit("rw-r--r--");
        assertThat(ids()).containsExactly("k1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'kty':'oct','kid':'a','k':'AAAA'}",
                "{'kty':'oct','kid':'a','k':'" + ZEROS + "','alg':'HS512'}",
                "{'kty':'oct','kid':'a'}",
                "{'kty':'oct','k':'" + ZEROS + "'}",
                "{'kty':'OKP','crv':'X25519','kid':'a','x':'" + ZEROS + "'}",
                "{'kty':'OKP','crv':'Ed25519','kid':'a','x':'AAAA'}",
                "{'kty':'OKP','crv':'Ed25519','kid':'a','x':'" + ZEROS + "','d':'" + ZEROS + "'}",
                "{'kty':'OKP','crv':'Ed25519','kid':'a','d':'" + ZEROS + "'}",
                "{'kty':'RSA','kid':'a','n':'AQAB','e':'AQAB'}",
                "{'kty':7,'kid':'a'}",
                "{}",
                "7",
                "null"
            })
    void what_is_no_key_is_named_by_its_number_and_not_quoted(String key) throws Exception {
        String good = "{'kty':'oct','kid':'good','k':'" + ZEROS + "'}";
        Files.writeString(path, ("{'keys': [" + good + "," + key + "]}").replace('\'', '"'));
        permit("rw-------");
        assertThatThrownBy(file::read)
                .isInstanceOf(KeyFileException.class)
                .hasMessageStartingWith("key file " + path + ": ")
                .hasMessageNotContaining("AAA")
                .hasMessageNotContaining("\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "keys", "[]", "{}", "{\"keys\":7}", "{\"keys\":[", "{\"keys\":[]} more"})
    void what_is_no_key_file_is_named(String text) throws Exception {
        Files.writeString(path, text);
        assertThatThrownBy(file::read)
                .isInstanceOf(KeyFileException.class)
                .hasMessageStartingWith("key file " + path + ": not a JWK Set");
    }

    @Test
    void a_file_that_is_missing_or_huge_or_a_folder_is_named() throws Exception {
        assertThatThrownBy(file::read).hasMessage("key file " + path + ": there is no such file");
        Files.write(path, new byte[KeyFile.MOST_BYTES + 1]);
        assertThatThrownBy(file::read).hasMessageContaining("longer than");
        assertThatThrownBy(() -> new KeyFile(folder).read())
                .isInstanceOf(KeyFileException.class)
                .hasMessageStartingWith("key file " + folder);
    }

    @Test
    void a_file_without_a_key_is_of_no_use_to_who_verifies() throws Exception {
        file.add(Algorithm.HS256, null, RANDOM);
        file.remove("k1");
        assertThat(file.read().keys()).isEmpty();
        assertThatThrownBy(file::readSome).hasMessage("key file " + path + ": there is no key in it");
    }

    @Test
    void a_key_prints_as_its_name() throws Exception {
        assertThat(file.add(Algorithm.HS256, "spring", RANDOM)).hasToString("spring");
    }
}
