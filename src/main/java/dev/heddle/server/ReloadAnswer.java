package dev.heddle.server;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;

/**
 * What became of a reload, left in the data folder for whoever asked for it.
 *
 * <pre>
 *   DIR/heddle.reload      begun MILLIS refused|done
 *                          one line for each thing to say
 * </pre>
 *
 * @param begunMillis since 1970, when the configuration began to be read: who asked before that is answered
 */
public record ReloadAnswer(long begunMillis, boolean refused, List<String> lines) {
    private static final String FILE = "heddle.reload";

    void write(Path data) throws IOException {
        StringBuilder text = new StringBuilder("begun " + begunMillis + (refused ? " refused\n" : " done\n"));
        lines.forEach(line -> text.append(line.replaceAll("\\R", " ")).append('\n'));
        Path whole = data.resolve(FILE);
        Path begun = data.resolve(FILE + ".begun");
        Files.writeString(begun, text, StandardCharsets.UTF_8);
        Files.move(begun, whole, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The newest answer in a data folder, if there is one. */
    public static Optional<ReloadAnswer> read(Path data) throws IOException {
        try {
            List<String> lines = Files.readAllLines(data.resolve(FILE), StandardCharsets.UTF_8);
            String[] first = lines.isEmpty() ? new String[0] : lines.getFirst().split(" ", -1);
            if (first.length != 3) {
                return Optional.empty();
            }
            long begun = Long.parseLong(first[1]);
            return Optional.of(new ReloadAnswer(begun, first[2].equals("refused"), lines.subList(1, lines.size())));
        } catch (NoSuchFileException none) {
            return Optional.empty();
        } catch (NumberFormatException notOurs) {
            return Optional.empty();
        }
    }
}
