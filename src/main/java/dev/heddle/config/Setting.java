package dev.heddle.config;

import java.util.Locale;

/**
 * One thing that can be set.
 *
 * @param name lower-case words with dots between them
 * @param otherwise its default, as it would be written; empty: there is none
 * @param unit of a number; empty if it has none
 * @param meaning part of a sentence, without markup
 * @param live whether a reload can change it
 */
public record Setting<T>(String name, Kind<T> kind, String otherwise, String unit, String meaning, boolean live) {
    /** What its variable in the environment begins with. */
    static final String VARIABLE = "HEDDLE_";

    public Setting {
        if (kind.parser().parse(otherwise) == null) {
            throw new IllegalArgumentException(name + ": the default " + otherwise + " is out of its range");
        }
    }

    /** A setting that needs a restart, without a unit; what follows adds to it. */
    public static <T> Setting<T> of(String name, Kind<T> kind, String otherwise) {
        return new Setting<>(name, kind, otherwise, "", "", false);
    }

    public Setting<T> in(String newUnit) {
        return new Setting<>(name, kind, otherwise, newUnit, meaning, live);
    }

    public Setting<T> means(String newMeaning) {
        return new Setting<>(name, kind, otherwise, unit, newMeaning, live);
    }

    /** A reload can change it. */
    public Setting<T> reloadable() {
        return new Setting<>(name, kind, otherwise, unit, meaning, true);
    }

    /** Its variable in the environment. */
    public String variable() {
        return VARIABLE + name.toUpperCase(Locale.ROOT).replace('.', '_');
    }

    /** Its option on the command line. */
    public String option() {
        return "--" + name.replace('.', '-');
    }

    public boolean isFlag() {
        return kind.equals(Kind.FLAG);
    }
}
