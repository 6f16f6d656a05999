package dev.heddle.sim;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** The core with one bug in it, compiled apart and loaded apart from the core that is right. */
final class Mutant implements AutoCloseable {
    /** Runs seeds inside a mutant; made by its class loader, so that the core it sees is the mutant's. */
    public static final class Trial implements LongFunction<@Nullable String> {
        private final Campaign campaign = new Campaign();

        /** What the seed brought to light, in a line; null: nothing. */
        @Override
        public @Nullable String apply(long seed) {
            Campaign.Failure failure = campaign.run(seed);
            return failure == null ? null : failure.violation().getMessage();
        }
    }

    private final URLClassLoader loader;
    private final LongFunction<@Nullable String> trial;

    /**
     * Plants the bug.
     *
     * @param sources {@code src/main/java} of this project
     * @param folder to compile in
     * @throws IllegalStateException if the source no longer holds what the mutation replaces, or does not compile
     */
    Mutant(Mutation mutation, Path sources, Path folder) {
        try {
            Path source = mutate(mutation, sources, folder);
            compile(mutation, source, folder);
            loader = new URLClassLoader(path(folder), ClassLoader.getPlatformClassLoader());
            trial = trial(mutation, loader);
        } catch (IOException | ReflectiveOperationException failure) {
            throw new IllegalStateException(mutation.name(), failure);
        }
    }

    private static Path mutate(Mutation mutation, Path sources, Path folder) throws IOException {
        Path original = sources.resolve("dev/heddle").resolve(mutation.source());
        String text = Files.readString(original);
        int at = text.indexOf(mutation.right());
        if (at < 0 || text.indexOf(mutation.right(), at + 1) >= 0) {
            throw new IllegalStateException(
                    original + " does not hold exactly once what \"" + mutation.name() + "\" replaces");
        }
        Path source = folder.resolve(original.getFileName().toString());
        Files.writeString(source, text.replace(mutation.right(), mutation.wrong()));
        return source;
    }

    private static void compile(Mutation mutation, Path source, Path folder) {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter said = new StringWriter();
        List<String> options = List.of("-d", folder.toString(), "-classpath", classPath(), "-proc:none", "-nowarn");
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            if (!compiler.getTask(said, files, null, options, null, files.getJavaFileObjects(source))
                    .call()) {
                throw new IllegalStateException(mutation.name() + " does not compile: " + said);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String classPath() {
        return System.getProperty("java.class.path");
    }

    private static URL[] path(Path folder) throws MalformedURLException {
        List<URL> urls = new ArrayList<>();
        urls.add(folder.toUri().toURL());
        for (String entry : classPath().split(File.pathSeparator, -1)) {
            urls.add(Path.of(entry).toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    @SuppressWarnings("unchecked") // A trial is what it says, in whichever loader.
    private static LongFunction<@Nullable String> trial(Mutation mutation, ClassLoader loader)
            throws ReflectiveOperationException {
        loader.setDefaultAssertionStatus(true);
        return (LongFunction<@Nullable String>)
                loader.loadClass(mutation.trial().getName()).getConstructor().newInstance();
    }

    /** As {@link Trial#apply}. */
    @Nullable
    String run(long seed) {
        return trial.apply(seed);
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
