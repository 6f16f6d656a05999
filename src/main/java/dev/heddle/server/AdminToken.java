package dev.heddle.server;

import dev.heddle.config.SettingsException;
import dev.heddle.secret.SecretFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/** Reads the file of {@code admin.token.file}: a line that operators and their tools have to show. */
final class AdminToken {
    private static final String SETTING = "admin.token.file=";
    private static final String BYTE_ORDER_MARK = "\ufeff";
    private static final int LEAST_CHARACTERS = 16;
    private static final int MOST_BYTES = 1024;

    private AdminToken() {}

    /**
     * A byte order mark before it and the end of its line are not part of it.
     *
     * @throws SettingsException if there is none, it is too easy to guess, or others may read or write it
     */
    static String read(Path file) {
        try {
            Optional<String> exposed = SecretFile.exposed(file);
            if (exposed.isPresent()) {
                throw new SettingsException(SETTING + file + ": " + exposed.get());
            }
            byte[] bytes;
            try (InputStream in = Files.newInputStream(file)) {
                bytes = in.readNBytes(MOST_BYTES + 1);
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            String token = (text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text).strip();
            if (bytes.length > MOST_BYTES
                    || token.length() < LEAST_CHARACTERS
                    || token.lines().count() != 1
                    || token.chars().anyMatch(Character::isISOControl)) {
                throw new SettingsException(SETTING + file + ": must be one line of " + LEAST_CHARACTERS + " to "
                        + MOST_BYTES + " characters");
            }
            return token;
        } catch (NoSuchFileException absent) {
            throw new SettingsException(SETTING + file + ": there is no such file");
        } catch (CharacterCodingException otherwise) {
            throw new SettingsException(SETTING + file + ": must be UTF-8");
        } catch (IOException unreadable) {
            throw new SettingsException(SETTING + file + ": cannot be read: " + unreadable.getMessage());
        }
    }
}
