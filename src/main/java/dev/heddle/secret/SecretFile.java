package dev.heddle.secret;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;

/** What the permissions of a key, a token or a list of them let others do; no state, any thread. */
public final class SecretFile {
    /** Where it says whom this process belongs to; Linux has it. */
    private static final Path PROCESS = Path.of("/proc/self");

    private SecretFile() {}

    /**
     * Why a file with a secret is not to be trusted: somebody besides its owner may read or write it. That its group may read
     * it is refused only where the file belongs to this process's user: where it belongs to another one, such as root with the
     * credentials of systemd or a secret of Kubernetes, the group is how this process may.
     *
     * @return empty if nobody may, or the file system knows no permissions
     */
    public static Optional<String> exposed(Path file) throws IOException {
        Set<PosixFilePermission> permissions = permissions(file);
        boolean read = permissions.contains(PosixFilePermission.OTHERS_READ)
                || (permissions.contains(PosixFilePermission.GROUP_READ) && isOurs(file));
        return read ? Optional.of("others may read it; chmod 600 it") : writable(permissions);
    }

    /** The same of a file without a secret, which anybody may read and nobody else may write. */
    public static Optional<String> writable(Path file) throws IOException {
        return writable(permissions(file));
    }

    private static Optional<String> writable(Set<PosixFilePermission> permissions) {
        boolean written = permissions.contains(PosixFilePermission.OTHERS_WRITE)
                || permissions.contains(PosixFilePermission.GROUP_WRITE);
        return written ? Optional.of("others may write it; chmod 600 it") : Optional.empty();
    }

    private static Set<PosixFilePermission> permissions(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        return view == null ? Set.of() : view.readAttributes().permissions();
    }

    private static boolean isOurs(Path file) throws IOException {
        return !Files.exists(PROCESS) || Files.getOwner(file).equals(Files.getOwner(PROCESS));
    }
}
