package dev.heddle.verify.process;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Settings of the operating system that stand in the way of more connections. Stateless; changes nothing. */
public final class Tuning {
    /** Files of a process that are not connections. */
    private static final int OTHER_FILES = 1_000;

    /**
     * One setting.
     *
     * @param command that a superuser would type; lasting ones go where the system keeps them
     */
    public record Advice(String setting, String now, String wanted, String why, String command) {}

    private Tuning() {}

    /** What is too small for so many connections; empty if nothing is. */
    public static List<Advice> advice(long connections) throws IOException {
        List<Advice> advice = new ArrayList<>();
        boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
        long files = connections + OTHER_FILES;
        if (Machine.openFiles() < files) {
            advice.add(new Advice(
                    "open files a process (hard limit)",
                    Long.toString(Machine.openFiles()),
                    Long.toString(files),
                    "each connection is one, and this is what ends first on most machines",
                    mac
                            ? "launchctl limit maxfiles " + files + " " + files
                            : "ulimit -Hn " + files + "; lasting: 'LimitNOFILE=" + files
                                    + "' in the systemd unit, or '* hard nofile " + files
                                    + "' in /etc/security/limits.conf"));
        }
        if (mac) {
            atLeast(advice, "kern.ipc.somaxconn", 4096, "logins that wait for accept after everybody was cut off");
            atLeast(advice, "kern.maxfiles", files * 2, "open files of all processes");
            atLeast(advice, "kern.maxfilesperproc", files, "open files a process");
        } else {
            atLeast(advice, "fs.nr_open", files, "the highest hard limit of open files");
            atLeast(advice, "fs.file-max", files * 2, "open files of all processes");
            atLeast(advice, "net.core.somaxconn", 4096, "logins that wait for accept after everybody was cut off");
            atLeast(advice, "net.ipv4.tcp_max_syn_backlog", 8192, "the same, half a handshake earlier");
            memory(advice, connections);
        }
        return advice;
    }

    private static void atLeast(List<Advice> advice, String name, long wanted, String why) throws IOException {
        String now = Machine.kernel(name);
        if (now.matches("[0-9]+") && now.length() < 18 && Long.parseLong(now) < wanted) {
            advice.add(new Advice(name, now, Long.toString(wanted), why, "sysctl -w " + name + "=" + wanted));
        }
    }

    /** What the kernel may hold in all socket buffers, in pages of 4 KiB: low, pressure, high. */
    private static void memory(List<Advice> advice, long connections) throws IOException {
        String now = Machine.kernel("net.ipv4.tcp_mem");
        String[] words = now.split(" ", -1);
        long wanted = connections * 16;
        if (words.length == 3 && words[2].matches("[0-9]+") && Long.parseLong(words[2]) < wanted) {
            String values = wanted / 2 + " " + wanted * 3 / 4 + " " + wanted;
            advice.add(new Advice(
                    "net.ipv4.tcp_mem",
                    now,
                    values,
                    "64 KiB of unread data for each connection, in pages",
                    "sysctl -w net.ipv4.tcp_mem='" + values + "'"));
        }
    }
}
