package dev.heddle.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A simulation that finds nothing is worth as much as the bugs it would find: here they are. */
final class MutationTest {
    private static final int SEEDS = 1000;
    private static final Path SOURCES = Path.of(System.getProperty("heddle.home", "."), "src/main/java");

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutations")
    void each_planted_bug_is_caught_within_a_thousand_seeds(Mutation mutation, @TempDir Path folder) {
        try (Mutant mutant = new Mutant(mutation, SOURCES, folder)) {
            @Nullable String found = null;
            long seed = 0;
            while (found == null && seed < SEEDS) {
                found = mutant.run(++seed);
            }
            assertThat(found).as("%s, after %d seeds", mutation.name(), seed).isNotNull();
            System.out.println(mutation.name() + ": caught by seed " + seed + ", " + found);
        }
    }

    static Mutation[] mutations() {
        return Mutation.all();
    }
}
