package dev.heddle.admin;

import java.util.List;
import java.util.Map;

/** {@code /health/...}: whether the process answers, and whether it does its work. Holds nothing. */
final class HealthPage {
    private HealthPage() {}

    /** This process runs. */
    static Answer live() {
        return Answer.json(Map.of("live", true));
    }

    /** 200 if logins and messages are accepted, 503 with the reasons if not. */
    static Answer ready(Observer observer) throws InterruptedException {
        List<String> troubles = observer.troubles();
        boolean ready = troubles.isEmpty();
        return Answer.json(ready ? 200 : 503, Map.of("ready", ready, "reasons", troubles));
    }
}
