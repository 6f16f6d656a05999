package dev.heddle.server;

import dev.heddle.events.Event;
import java.lang.reflect.Proxy;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, which would end the process otherwise, as a wish that a thread of its own fulfils. Bounded: wishes that come while
 * one is being fulfilled are one.
 */
public final class Hangup {
    private static final Logger LOG = LoggerFactory.getLogger(Hangup.class);

    private final Semaphore wishes = new Semaphore(0);

    private Hangup() {}

    /** From now on SIGHUP ends nobody. */
    public static Hangup caught() {
        Hangup hangup = new Hangup();
        try {
            // By reflection, because javac warns of these names and cannot be told not to.
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object wish = Proxy.newProxyInstance(
                    Hangup.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                        hangup.wishes.release();
                        return null;
                    });
            Object before = signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), wish);
            // The JVM leaves it as it is then.
            if (handler.getField("SIG_IGN").get(null).equals(before)) {
                warn("whoever started this process has SIGHUP ignored, as nohup does");
            }
        } catch (ReflectiveOperationException | RuntimeException impossible) {
            warn("SIGHUP cannot be had");
        }
        return hangup;
    }

    private static void warn(String reason) {
        LOG.atWarn()
                .addKeyValue("event", Event.RELOAD_REFUSED)
                .addKeyValue("reason", reason + "; a change of configuration needs a restart")
                .log();
    }

    /** What is wished for; a signal that came already is answered now. */
    public void fulfil(Runnable reload) {
        Thread.ofPlatform().name("heddle-reload").daemon(true).start(() -> {
            while (true) {
                wishes.acquireUninterruptibly();
                wishes.drainPermits();
                reload.run();
            }
        });
    }
}
