package dev.heddle.sim;

import dev.heddle.presence.UserStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/** A user store on the heap, with the promises of the real one. */
public class MapUserStore implements UserStore {
    private record Name(String text) {
        static Name of(byte[] bytes) {
            return new Name(new String(bytes, StandardCharsets.UTF_8));
        }
    }

    private final Map<Name, byte[]> values = new LinkedHashMap<>();
    private final long most;

    public MapUserStore(long most) {
        this.most = most;
    }

    @Override
    public boolean load(byte[] name, byte[] value) {
        byte[] found = values.get(Name.of(name));
        if (found != null) {
            System.arraycopy(found, 0, value, 0, value.length);
        }
        return found != null;
    }

    @Override
    public void expect(ByteBuffer source, int start, int length) {}

    @Override
    public void fetch() {}

    @Override
    public void add(byte[] name, byte[] value) {
        if (isFull()) {
            throw new IllegalStateException("full");
        }
        if (values.put(Name.of(name), value.clone()) != null) {
            throw new IllegalStateException("it was known");
        }
    }

    @Override
    public void replace(byte[] name, byte[] value) {
        if (values.put(Name.of(name), value.clone()) == null) {
            throw new IllegalStateException("it was not known");
        }
    }

    @Override
    public boolean isFull() {
        return values.size() >= most;
    }

    @Override
    public long most() {
        return most;
    }

    @Override
    public long size() {
        return values.size();
    }

    @Override
    public void forEach(BiConsumer<byte[], byte[]> visitor) {
        values.forEach((name, value) -> visitor.accept(name.text().getBytes(StandardCharsets.UTF_8), value.clone()));
    }

    @Override
    public void remove(byte[] name) {
        values.remove(Name.of(name));
    }

    @Override
    public void change(BiFunction<byte[], byte[], Change> visitor) {
        values.entrySet().removeIf(entry -> {
            byte[] value = entry.getValue().clone();
            Change change = visitor.apply(entry.getKey().text().getBytes(StandardCharsets.UTF_8), value);
            if (change == Change.REPLACE) {
                entry.setValue(value);
            }
            return change == Change.REMOVE;
        });
    }

    @Override
    public void close() {
        values.clear();
    }
}
