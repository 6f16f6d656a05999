package net.openhft.compiler;

import org.jspecify.annotations.NullMarked;

/**
 * Stands before the class of the same name in the library, which looks for a compiler as soon as it is loaded and does not load
 * where there is none, in a runtime that is no JDK. Nothing is compiled (see {@code net.openhft.chronicle.hash}), but Chronicle
 * Values wants to see the place where it would be. Immutable.
 */
@NullMarked
public final class CompilerUtils {
    /** Never asked to compile; it would end in a {@link NoSuchFieldError}, because no compiler is here. */
    public static final CachedCompiler CACHED_COMPILER = new CachedCompiler(null, null);

    private CompilerUtils() {}
}
