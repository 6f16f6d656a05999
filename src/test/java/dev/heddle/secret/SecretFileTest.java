package dev.heddle.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretFileTest {
    @TempDir
    private Path folder;

    private Path file(String permissions) throws Exception {
        Path file = Files.writeString(folder.resolve("secret"), "secret");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(permissions));
    }

    @ParameterizedTest
    @CsvSource({
        "rw-------, true, true",
        "r--------, true, true",
        "rwx--x--x, true, true",
        "rw-r-----, false, true",
        "rw-r--r--, false, true",
        "rw----r--, false, true",
        "rw--w----, false, false",
        "rw-----w-, false, false",
        "rw--w--w-, false, false",
        "rw-rw----, false, false"
    })
    void a_secret_is_its_owners_alone_and_what_is_none_is_its_owners_to_write(
            String permissions, boolean secret, boolean open) throws Exception {
        Path file = file(permissions);
        assertThat(SecretFile.exposed(file).isEmpty()).isEqualTo(secret);
        assertThat(SecretFile.writable(file).isEmpty()).isEqualTo(open);
    }

    /** As systemd and Kubernetes hand out secrets. */
    @Test
    void the_group_may_read_a_file_of_another_user_but_not_write_it() throws Exception {
        Path file = file("r--r-----");
        assumeTrue("root".equals(System.getProperty("user.name")), "skipped: only root can give a file away");
        Files.setAttribute(file, "unix:uid", 12345);
        assertThat(SecretFile.exposed(file)).isEmpty();
        file("rw-rw----");
        assertThat(SecretFile.exposed(file)).contains("others may write it; chmod 600 it");
        file("rw-r--r--");
        assertThat(SecretFile.exposed(file)).contains("others may read it; chmod 600 it");
    }
}
