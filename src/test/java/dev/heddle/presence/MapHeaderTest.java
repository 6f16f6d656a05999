package dev.heddle.presence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.lang.reflect.Method;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import net.openhft.chronicle.bytes.BytesStore;
import net.openhft.chronicle.hash.VanillaGlobalMutableState;
import net.openhft.chronicle.values.Values;
import org.junit.jupiter.api.Test;

/** The one class of Chronicle Map that is written here, against the one that the library writes and compiles without it. */
class MapHeaderTest {
    private static final int SIZE = 25;

    private static final Object[][] VALUES = {
        {"setAllocatedExtraTierBulks", int.class, (1 << 24) - 1L},
        {"setFirstFreeTierIndex", long.class, (1L << 40) - 1},
        {"setExtraTiersInUse", long.class, (1L << 40) - 1},
        {"setSegmentHeadersOffset", long.class, (1L << 32) - 1},
        {"setDataStoreSize", long.class, Long.MAX_VALUE},
        {"addDataStoreSize", long.class, 1000L},
    };

    /** A header over 32 bytes of its own, by whatever class this loader finds. */
    private record Header(Class<?> type, Object state, Object bytes) {
        static Header of(ClassLoader loader) throws ReflectiveOperationException {
            Class<?> type = loader.loadClass(VanillaGlobalMutableState.class.getName());
            Class<?> store = loader.loadClass(BytesStore.class.getName());
            Object bytes = store.getMethod("wrap", byte[].class).invoke(null, (Object) new byte[32]);
            Object state = loader.loadClass(Values.class.getName())
                    .getMethod("newNativeReference", Class.class)
                    .invoke(null, type);
            type.getMethod("bytesStore", store, long.class, long.class).invoke(state, bytes, 3L, (long) SIZE);
            return new Header(type, state, bytes);
        }

        void set(String setter, Class<?> parameter, long value) throws ReflectiveOperationException {
            Object argument = parameter == int.class ? (Object) (int) value : (Object) value;
            type.getMethod(setter, parameter).invoke(state, argument);
        }

        Object get(Method getter) throws ReflectiveOperationException {
            return type.getMethod(getter.getName()).invoke(state);
        }

        byte[] content() throws ReflectiveOperationException {
            return (byte[]) bytes.getClass().getMethod("toByteArray").invoke(bytes);
        }
    }

    /** Finds the libraries, and not our classes. */
    private static URLClassLoader libraries() {
        URL[] jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
                .filter(entry -> entry.endsWith(".jar"))
                .map(MapHeaderTest::url)
                .toArray(URL[]::new);
        return new URLClassLoader(jars, ClassLoader.getPlatformClassLoader());
    }

    private static URL url(String entry) {
        try {
            return Path.of(entry).toUri().toURL();
        } catch (MalformedURLException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Test
    void nothing_is_compiled_at_run_time() {
        assertThat(Values.nativeClassFor(VanillaGlobalMutableState.class)
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation())
                .isEqualTo(ChronicleUserStore.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation());
    }

    @Test
    void it_puts_every_value_where_the_librarys_own_does() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        try (URLClassLoader libraries = libraries()) {
            Header theirs = Header.of(libraries);
            Header ours = Header.of(MapHeaderTest.class.getClassLoader());
            assertThat(theirs.state.getClass()).isNotEqualTo(ours.state.getClass());
            for (int round = 0; round < 1000; round++) {
                Object[] value = VALUES[random.nextInt(VALUES.length)];
                boolean adds = value[0].equals("addDataStoreSize");
                long number = switch (random.nextInt(3)) {
                    case 0 -> 0;
                    case 1 -> (long) value[2] / (adds ? 1 : 2);
                    default -> random.nextLong((long) value[2]);
                };
                theirs.set((String) value[0], (Class<?>) value[1], number);
                ours.set((String) value[0], (Class<?>) value[1], number);
                assertThat(ours.content())
                        .as("seed %d, round %d: %s %d", seed, round, value[0], number)
                        .isEqualTo(theirs.content());
            }
            for (Method getter : VanillaGlobalMutableState.class.getMethods()) {
                if (getter.getName().startsWith("get")) {
                    assertThat(ours.get(getter)).as(getter.getName()).isEqualTo(theirs.get(getter));
                }
            }
        }
    }

    @Test
    void what_is_out_of_range_is_refused() throws Exception {
        VanillaGlobalMutableState header = (VanillaGlobalMutableState)
                Header.of(MapHeaderTest.class.getClassLoader()).state();
        assertThatThrownBy(() -> header.setFirstFreeTierIndex(1L << 40)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> header.setAllocatedExtraTierBulks(-1)).isInstanceOf(IllegalArgumentException.class);
        header.setDataStoreSize(Long.MAX_VALUE);
        assertThatThrownBy(() -> header.addDataStoreSize(1)).isInstanceOf(IllegalArgumentException.class);
    }
}
