package dev.heddle.config;

import java.util.List;

/** Settings that belong together, under one heading of the sample. */
public record Area(String title, List<Setting<?>> settings) {
    static Area of(String title, Setting<?>... settings) {
        return new Area(title, List.of(settings));
    }
}
