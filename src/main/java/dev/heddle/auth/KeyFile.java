package dev.heddle.auth;

import dev.heddle.secret.SecretFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jose4j.json.JsonUtil;
import org.jspecify.annotations.Nullable;

/**
 * A file of keys, a JWK Set with a key a line; its owner's to read and to write. One that others may read, and that holds a
 * secret, is refused, as is one that others may write. At most {@link #MOST_BYTES} long.
 */
public final class KeyFile {
    static final int MOST_BYTES = 256 * 1024;

    private static final Set<PosixFilePermission> OWNERS_ONLY = PosixFilePermissions.fromString("rw-------");

    /** What some editors put in front of a file in UTF-8. */
    private static final String MARK = "\ufeff";

    private final Path file;
    private final String name;

    public KeyFile(Path file) {
        this.file = file;
        this.name = "key file " + file;
    }

    /** The keys that stand in it now. */
    public KeyRing read() throws KeyFileException {
        KeyRing ring = KeyRing.parse(name, text());
        boolean secret = ring.keys().stream().anyMatch(TokenKey::canSign);
        try {
            Optional<String> exposed = secret ? SecretFile.exposed(file) : SecretFile.writable(file);
            if (exposed.isPresent()) {
                throw new KeyFileException(name + ": " + exposed.get());
            }
        } catch (IOException unreadable) {
            throw new KeyFileException(name + ": " + unreadable.getMessage());
        }
        return ring;
    }

    /** The same, and at least one: for who verifies tokens. */
    public KeyRing readSome() throws KeyFileException {
        KeyRing ring = read();
        if (ring.keys().isEmpty()) {
            throw new KeyFileException(name + ": there is no key in it");
        }
        return ring;
    }

    private String text() throws KeyFileException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(MOST_BYTES + 1);
            if (bytes.length > MOST_BYTES) {
                throw new KeyFileException(name + ": longer than " + MOST_BYTES + " bytes");
            }
            String text = new String(bytes, StandardCharsets.UTF_8);
            return text.startsWith(MARK) ? text.substring(MARK.length()) : text;
        } catch (NoSuchFileException absent) {
            throw new KeyFileException(name + ": there is no such file");
        } catch (AccessDeniedException denied) {
            throw new KeyFileException(name + ": this user may not read it");
        } catch (IOException unreadable) {
            throw new KeyFileException(name + ": " + unreadable.getMessage());
        }
    }

    /**
     * Adds a new key behind those that are there, and makes the file if there is none.
     *
     * @param id null: k1, k2 and so on
     */
    public TokenKey add(Algorithm algorithm, @Nullable String id, SecureRandom random) throws KeyFileException {
        List<Map<String, Object>> members = new ArrayList<>();
        if (Files.exists(file)) {
            read();
            members.addAll(KeyRing.members(name, text()));
        }
        members.add(TokenKey.generate(id == null ? free(members) : id, algorithm, random));
        return write(members).keys().getLast();
    }

    private static String free(List<Map<String, Object>> members) {
        Set<Object> taken = members.stream().map(each -> each.get("kid")).collect(Collectors.toSet());
        int number = members.size() + 1;
        while (taken.contains("k" + number)) {
            number++;
        }
        return "k" + number;
    }

    /** Takes a key out. */
    public void remove(String id) throws KeyFileException {
        read();
        List<Map<String, Object>> members = new ArrayList<>(KeyRing.members(name, text()));
        if (!members.removeIf(each -> id.equals(each.get("kid")))) {
            throw new KeyFileException(name + ": there is no key " + id);
        }
        write(members);
    }

    /** What may be given away: the public halves, as a JWK Set. */
    public String publicKeys() throws KeyFileException {
        read();
        List<Map<String, Object>> members = KeyRing.members(name, text());
        members.removeIf(each -> !"OKP".equals(each.get("kty")));
        members.forEach(each -> each.remove("d"));
        return format(members);
    }

    private static String format(List<Map<String, Object>> members) {
        return members.stream()
                .map(JsonUtil::toJson)
                .collect(Collectors.joining(",\n  ", "{\"keys\": [\n  ", "\n]}\n"));
    }

    /** All or nothing: who reads meanwhile reads the file as it was. */
    private KeyRing write(List<Map<String, Object>> members) throws KeyFileException {
        String text = format(members);
        KeyRing ring = KeyRing.parse(name, text);
        try {
            Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            Path folder = target.getParent();
            Path draft = Files.createTempFile(folder, ".keys", ".new");
            try {
                if (Files.getFileAttributeView(draft, PosixFileAttributeView.class) != null) {
                    Files.setPosixFilePermissions(draft, OWNERS_ONLY);
                }
                try (FileChannel out = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                    ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
                    while (bytes.hasRemaining()) {
                        out.write(bytes);
                    }
                    out.force(true);
                }
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException failure) {
            throw new KeyFileException(name + ": cannot be written: " + failure.getMessage());
        }
        return ring;
    }
}
