package dev.heddle.verify.process;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Whatever was started ends when this process does, by any signal that lets it run a hook. */
public final class EndWithUs {
    private static final Set<Process> STARTED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> STARTED.forEach(Process::destroyForcibly), "verify-end-children"));
    }

    private EndWithUs() {}

    public static void add(Process process) {
        STARTED.add(process);
        var _ = process.onExit().thenAccept(STARTED::remove);
    }
}
