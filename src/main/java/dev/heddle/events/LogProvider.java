package dev.heddle.events;

import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;
import org.slf4j.simple.SimpleLoggerFactory;
import org.slf4j.simple.SimpleServiceProvider;

/**
 * What SLF4J takes its loggers from, where the property {@code slf4j.provider} names this class, as {@code etc/jvm.options}
 * does; any thread. A program that has Heddle inside names none, and has the provider that is its own.
 */
public final class LogProvider extends SimpleServiceProvider {
    private final ILoggerFactory loggers = new Loggers();

    private static final class Loggers extends SimpleLoggerFactory {
        @Override
        protected Logger createLogger(String name) {
            return new LineLogger(name);
        }
    }

    @Override
    public void initialize() {
        // Nothing is left to do.
    }

    @Override
    public ILoggerFactory getLoggerFactory() {
        return loggers;
    }
}
