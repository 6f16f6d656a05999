package dev.heddle.cli;

import dev.heddle.server.Occupant;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which server on this machine a command is about: the one that runs on a data folder. */
final class DataOption {
    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "${env:HEDDLE_DATA:-data}",
            description = "Its data folder (the configuration's).")
    private Path data = Path.of("data");

    Occupant occupant() throws IOException {
        return Occupant.of(data);
    }

    AdminCall admin() throws IOException {
        return new AdminCall(occupant().admin());
    }
}
