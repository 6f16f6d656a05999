package dev.heddle.verify.scenario;

import dev.heddle.verify.fault.Weather;
import dev.heddle.verify.process.Machine;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;

/** What can go wrong: each fault begins and ends within {@link #strike}. Stateless. */
enum ChaosFault {
    CLIENTS_CUT("half of the clients close") {
        @Override
        void strike(ChaosRig rig, double seconds) throws IOException, InterruptedException {
            rig.load.cut(ChaosRig.SENDERS);
            rig.load.cut(ChaosRig.RECEIVERS);
        }
    },
    CLIENTS_KILLED("a client process, kill -9") {
        @Override
        void strike(ChaosRig rig, double seconds) throws IOException, InterruptedException {
            rig.victims.strike();
        }
    },
    SERVER_KILLED("kill -9 of the server") {
        @Override
        void strike(ChaosRig rig, double seconds) throws IOException, InterruptedException {
            rig.server.kill();
            rig.server.restart();
        }
    },
    SERVER_STOPPED("the server stops in good order") {
        @Override
        void strike(ChaosRig rig, double seconds) throws IOException, InterruptedException {
            if (rig.server.stop() != 0) {
                throw new IOException("the server's drain failed");
            }
            rig.server.restart();
        }
    },
    SERVER_PAUSED("SIGSTOP, SIGCONT") {
        @Override
        void strike(ChaosRig rig, double seconds) throws IOException, InterruptedException {
            rig.server.pause();
            ChaosRig.pause(seconds);
            rig.server.resume();
        }
    },
    SMALL_HEAP("kill -9, then a heap of 160 MiB") {
        @Override
        void strike(ChaosRig rig, double seconds) throws IOException, InterruptedException {
            rig.server.kill();
            rig.server.restart(ChaosRig.SETUP
                    .withHeap("160m")
                    .with("shared.buffer.bytes=16m")
                    .with("watches.total=10000"));
        }
    },
    CPU_BURNED("every core taken") {
        @Override
        void strike(ChaosRig rig, double seconds) throws IOException, InterruptedException {
            rig.burner.burn(Machine.cores(), "", seconds);
        }
    },
    DISK_SLOW("the disk is written and forced by another") {
        @Override
        void strike(ChaosRig rig, double seconds) throws IOException, InterruptedException {
            rig.burner.burn(0, rig.bench.file("burnt").toString(), seconds);
        }
    },
    LATENCY("100 ms latency, 50 ms jitter") {
        @Override
        void strike(ChaosRig rig, double seconds) {
            weather(rig, Weather.slow(Duration.ofMillis(100), Duration.ofMillis(50)), seconds);
        }
    },
    NARROW("20 KB/s a connection") {
        @Override
        void strike(ChaosRig rig, double seconds) {
            weather(rig, Weather.narrow(20_000), seconds);
        }
    },
    STALL("nothing passes, no connection ends") {
        @Override
        void strike(ChaosRig rig, double seconds) {
            weather(rig, Weather.partition(false, false), seconds);
        }
    },
    ONE_WAY_UP("nothing passes from server to client") {
        @Override
        void strike(ChaosRig rig, double seconds) {
            weather(rig, Weather.partition(true, false), seconds);
        }
    },
    ONE_WAY_DOWN("nothing passes from client to server") {
        @Override
        void strike(ChaosRig rig, double seconds) {
            weather(rig, Weather.partition(false, true), seconds);
        }
    },
    RESET("RST on every connection") {
        @Override
        void strike(ChaosRig rig, double seconds) {
            rig.proxy.resetAll();
        }
    },
    HALF_OPEN("clients go, the server hears nothing") {
        @Override
        void strike(ChaosRig rig, double seconds) {
            rig.proxy.halveAll();
            ChaosRig.pause(seconds);
            rig.proxy.forgetHalves();
        }
    },
    KERNEL_LOSS("the kernel loses 5 % of the packets") {
        @Override
        void strike(ChaosRig rig, double seconds) throws IOException, InterruptedException {
            if (rig.kernel != null) {
                rig.kernel.loss(5);
                ChaosRig.pause(seconds);
                rig.kernel.close();
            }
        }
    },
    KERNEL_LATENCY("the kernel delays by 50 ms, 25 ms jitter") {
        @Override
        void strike(ChaosRig rig, double seconds) throws IOException, InterruptedException {
            if (rig.kernel != null) {
                rig.kernel.delay(50, 25);
                ChaosRig.pause(seconds);
                rig.kernel.close();
            }
        }
    },
    KERNEL_NARROW("the kernel lets 8 Mbit/s pass") {
        @Override
        void strike(ChaosRig rig, double seconds) throws IOException, InterruptedException {
            if (rig.kernel != null) {
                rig.kernel.rate(8_000);
                ChaosRig.pause(seconds);
                rig.kernel.close();
            }
        }
    };

    private final String inWords;

    ChaosFault(String inWords) {
        this.inWords = inWords;
    }

    /** Makes it so, for about so many seconds where it lasts at all. */
    abstract void strike(ChaosRig rig, double seconds) throws IOException, InterruptedException;

    String inWords() {
        return inWords;
    }

    boolean isKernel() {
        return name().startsWith("KERNEL_");
    }

    /** For a mark in a plot. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static void weather(ChaosRig rig, Weather weather, double seconds) {
        rig.proxy.weather(weather);
        ChaosRig.pause(seconds);
        rig.proxy.weather(Weather.FAIR);
    }
}
