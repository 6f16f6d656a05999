package dev.heddle.server;

import dev.heddle.admin.Answer;
import dev.heddle.admin.BadRequestException;
import dev.heddle.admin.Request;
import dev.heddle.admin.Route;
import dev.heddle.config.SettingsException;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Backups over the admin port: begun, called off, and looked at. Holds nothing; any thread. */
final class BackupRoutes {
    private BackupRoutes() {}

    static Map<String, Route> of(Backups backups) {
        return Map.of(
                "/backup", Route.act(request -> start(backups, request)),
                "/backup/cancel", Route.act(request -> cancel(backups)),
                "/backup/progress", Route.read(request -> progress(backups)));
    }

    private static Answer start(Backups backups, Request request) throws BadRequestException, IOException {
        Path folder = folder(request.parameter("folder"));
        if (!folder.isAbsolute()) {
            throw new BadRequestException(folder + " is not absolute");
        }
        try {
            backups.start(folder);
        } catch (SettingsException unusable) {
            throw new BadRequestException(String.valueOf(unusable.getMessage()));
        }
        return progress(backups);
    }

    private static Path folder(String name) throws BadRequestException {
        try {
            return Path.of(name);
        } catch (InvalidPathException impossible) {
            throw new BadRequestException("folder is no path: " + impossible.getReason());
        }
    }

    private static Answer cancel(Backups backups) throws BadRequestException, InterruptedException {
        backups.cancel();
        return progress(backups);
    }

    private static Answer progress(Backups backups) throws BadRequestException {
        Optional<BackupProgress> last = backups.progress();
        BackupProgress how = last.orElseThrow(() -> new BadRequestException("there was no backup yet"));
        return Answer.json(Map.of(
                "folder",
                how.folder().toString(),
                "stage",
                how.stage().name(),
                "bytes",
                how.bytes(),
                "ofBytes",
                how.ofBytes(),
                "messages",
                how.messages(),
                "millis",
                how.millis(),
                "line",
                how.line()));
    }
}
