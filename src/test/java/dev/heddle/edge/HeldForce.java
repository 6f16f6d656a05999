package dev.heddle.edge;

import dev.heddle.log.FileDisk;
import dev.heddle.routing.GatedDisk;
import dev.heddle.wire.ClientFrames;
import dev.heddle.wire.Protocol;
import dev.heddle.wire.ServerFrame;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Real connections to an edge on several shards, whose disks do not end a force until they are let: nobody may be told ACCEPTED
 * meanwhile, and nobody BYE. Also a trial for planted bugs.
 */
public final class HeldForce implements LongFunction<@Nullable String> {
    private static final int SHARDS = 4;
    private static final int CROWD = 200;
    private static final int PATIENCE_MILLIS = 10_000;
    private static final int ROUNDS = 20;

    /** What was wrong, or null; the number is of no meaning. */
    @Override
    public @Nullable String apply(long number) {
        try {
            Path folder = Files.createTempDirectory("held-force");
            String wrong = run(folder.resolve("crowd"), this::crowd);
            return wrong != null ? wrong : run(folder.resolve("logout"), this::logout);
        } catch (IOException failure) {
            return failure.toString();
        }
    }

    /** What is tried on an edge. */
    private interface Scene {
        @Nullable
        String play(EdgeRig rig, List<GatedDisk> disks) throws IOException;
    }

    private static @Nullable String run(Path folder, Scene scene) throws IOException {
        List<GatedDisk> disks = new ArrayList<>();
        for (int i = 0; i < SHARDS; i++) {
            disks.add(new GatedDisk(new FileDisk(Files.createDirectories(folder.resolve("shard-" + i)))));
        }
        try (EdgeRig rig = new EdgeRig(disks, CROWD + 10)) {
            rig.start();
            try {
                return scene.play(rig, disks);
            } finally {
                disks.forEach(GatedDisk::open);
            }
        }
    }

    /** Everybody sends to everybody, and is told nothing while no force has ended. */
    private @Nullable String crowd(EdgeRig rig, List<GatedDisk> disks) throws IOException {
        List<Caller> all = new ArrayList<>();
        try {
            for (int i = 0; i < CROWD; i++) {
                all.add(new Caller(rig, "user" + i));
            }
            disks.forEach(GatedDisk::shut);
            for (int i = 0; i < CROWD; i++) {
                all.get(i).send("user" + (i + 1) % CROWD);
            }
            // What is said in the cycle of a SEND, or in a later one, is heard before the PONG of a PING that follows.
            for (int round = 0; round < 3; round++) {
                for (Caller each : all) {
                    if (each.hearsUntilPong().contains(Protocol.ACCEPTED)) {
                        return "ACCEPTED before the force";
                    }
                }
            }
            disks.forEach(GatedDisk::open);
            for (Caller each : all) {
                each.hear(Protocol.ACCEPTED);
            }
            return null;
        } finally {
            for (Caller each : all) {
                each.socket.close();
            }
        }
    }

    /** Somebody sends to other shards alone, and leaves. */
    private @Nullable String logout(EdgeRig rig, List<GatedDisk> disks) throws IOException {
        try (Socket here = new Socket();
                Socket there = new Socket()) {
            Caller alice = new Caller(rig, "alice", here);
            Caller bob = new Caller(rig, "bob", there);
            disks.forEach(GatedDisk::shut);
            for (int i = 0; i < ROUNDS; i++) {
                byte[] name = ("user" + i).getBytes(StandardCharsets.UTF_8);
                if (shard(rig, name) != shard(rig, "alice".getBytes(StandardCharsets.UTF_8))) {
                    alice.send("user" + i);
                }
            }
            alice.write(ClientFrames.LOGOUT_BYTES, ClientFrames::logout);
            for (int round = 0; round < ROUNDS; round++) {
                bob.hearsUntilPong();
            }
            disks.forEach(GatedDisk::open);
            List<Integer> heard = alice.hear(Protocol.GOODBYE);
            return heard.contains(Protocol.ACCEPTED) ? null : "BYE before what was sent was answered";
        }
    }

    private static int shard(EdgeRig rig, byte[] name) {
        return rig.router.shardOf(ByteBuffer.wrap(name), 0, name.length);
    }

    /** A client; the trial's thread only. */
    private static final class Caller {
        final Socket socket;
        private final DataInputStream in;
        private long nextId;

        Caller(EdgeRig rig, String user) throws IOException {
            this(rig, user, new Socket());
        }

        Caller(EdgeRig rig, String user, Socket unconnected) throws IOException {
            InetSocketAddress address = rig.edge.addresses().getFirst();
            socket = unconnected;
            socket.connect(address, PATIENCE_MILLIS);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            in = new DataInputStream(socket.getInputStream());
            byte[] name = user.getBytes(StandardCharsets.UTF_8);
            write(ClientFrames.loginSize(name.length, 0), out -> ClientFrames.login(out, name, 0, new byte[0]));
            hear(Protocol.WELCOME);
        }

        void write(int size, Consumer<ByteBuffer> encoder) throws IOException {
            ByteBuffer out = ByteBuffer.allocate(size);
            encoder.accept(out);
            socket.getOutputStream().write(out.array());
        }

        void send(String to) throws IOException {
            byte[] name = to.getBytes(StandardCharsets.UTF_8);
            write(ClientFrames.sendSize(name.length, 1), out -> ClientFrames.send(out, nextId++, name, new byte[1]));
        }

        List<Integer> hearsUntilPong() throws IOException {
            write(ClientFrames.PING_BYTES, out -> ClientFrames.ping(out, 7));
            return hear(Protocol.PONG);
        }

        /** The types of all frames up to the next one of this type. */
        List<Integer> hear(int until) throws IOException {
            List<Integer> types = new ArrayList<>();
            ServerFrame frame = new ServerFrame();
            do {
                byte[] bytes = new byte[Protocol.LENGTH_BYTES + in.readInt()];
                in.readFully(bytes, Protocol.LENGTH_BYTES, bytes.length - Protocol.LENGTH_BYTES);
                int type = bytes[Protocol.LENGTH_BYTES] & 0xff;
                if (!frame.parse(ByteBuffer.wrap(bytes), type, Protocol.LENGTH_BYTES + 1, bytes.length)) {
                    throw new IOException("a frame that does not parse");
                }
                if (type == Protocol.WELCOME) {
                    nextId = frame.firstId();
                }
                types.add(type);
            } while (types.getLast() != until);
            return types;
        }
    }
}
