package dev.heddle.server;

import dev.heddle.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;

/** Reads the file of {@code admin.token.file}: a line that operators and their tools have to show. */
final class AdminToken {
    private static final String SETTING = "admin.token.file=";
    private static final int LEAST_CHARACTERS = 16;
    private static final int MOST_BYTES = 1024;

    private AdminToken() {}

    /** @throws SettingsException if there is none, it is too easy to guess, or others may read it */
    static String read(Path file) {
        try {
            PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
            if (view != null && view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ)) {
                throw new SettingsException(SETTING + file + ": everybody may read it (chmod 600 mends that)");
            }
            String token =
                    Files.size(file) > MOST_BYTES ? "" : Files.readString(file).strip();
            if (token.length() < LEAST_CHARACTERS || token.lines().count() != 1) {
                throw new SettingsException(SETTING + file + ": must be one line of " + LEAST_CHARACTERS + " to "
                        + MOST_BYTES + " characters");
            }
            return token;
        } catch (NoSuchFileException absent) {
            throw new SettingsException(SETTING + file + ": there is no such file");
        } catch (IOException unreadable) {
            throw new SettingsException(SETTING + file + ": cannot be read: " + unreadable.getMessage());
        }
    }
}
