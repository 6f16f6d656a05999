package dev.heddle;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.AccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaConstructor;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the packages may know of each other, of time, of chance and of threads. */
class PackageGraphTest {
    private static final JavaClasses HEDDLE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.heddle");

    /** To each package those it may know. */
    private static final Map<String, Set<String>> KNOWS = Map.ofEntries(
            Map.entry("config", Set.of()),
            Map.entry("text", Set.of()),
            Map.entry("events", Set.of("text")),
            Map.entry("wire", Set.of()),
            Map.entry("log", Set.of()),
            Map.entry("presence", Set.of()),
            Map.entry("secret", Set.of()),
            Map.entry("auth", Set.of("secret")),
            Map.entry("tls", Set.of("secret")),
            Map.entry("shard", Set.of("log", "presence", "wire")),
            Map.entry("routing", Set.of("shard", "log", "wire")),
            Map.entry("edge", Set.of("wire", "routing", "shard", "auth", "events")),
            Map.entry("legacy", Set.of("edge", "wire", "events")),
            Map.entry("admin", Set.of("edge", "events", "routing", "shard", "text", "wire")),
            Map.entry(
                    "server",
                    Set.of(
                            "config",
                            "secret",
                            "text",
                            "events",
                            "wire",
                            "log",
                            "presence",
                            "auth",
                            "tls",
                            "shard",
                            "routing",
                            "edge",
                            "legacy",
                            "admin")),
            Map.entry("client", Set.of("wire")),
            Map.entry("verify", Set.of("client", "wire")),
            Map.entry("bench", Set.of("verify", "wire")),
            Map.entry(
                    "cli",
                    Set.of(
                            "admin", "auth", "bench", "events", "tls", "config", "client", "server", "text", "verify",
                            "wire")));

    private static final String[] MAY_ASK_THE_TIME = packages("events", "server", "client", "cli", "verify", "bench");
    private static final String[] MAY_START_THREADS =
            packages("events", "edge", "routing", "legacy", "admin", "server", "client", "cli", "verify", "bench");

    private static String[] packages(String... names) {
        return Stream.of(names).map(name -> "dev.heddle." + name + "..").toArray(String[]::new);
    }

    static Stream<Map.Entry<String, Set<String>>> knows() {
        return KNOWS.entrySet().stream();
    }

    @ParameterizedTest
    @MethodSource("knows")
    void a_package_depends_on_none_but_those_it_may_know(Map.Entry<String, Set<String>> entry) {
        String[] itself = packages(entry.getKey());
        String[] known = packages(entry.getValue().toArray(String[]::new));
        classes()
                .that()
                .resideInAnyPackage(itself)
                .should()
                .onlyDependOnClassesThat(resideOutsideOfPackage("dev.heddle..")
                        .or(resideInAnyPackage(itself))
                        .or(resideInAnyPackage(known)))
                .allowEmptyShould(true)
                .check(HEDDLE);
    }

    @Test
    void every_class_lives_in_a_package_whose_dependencies_are_written_down() {
        classes()
                .should()
                .resideInAnyPackage(packages(KNOWS.keySet().toArray(String[]::new)))
                .check(HEDDLE);
    }

    @Test
    void packages_form_no_cycle() {
        slices().matching("dev.heddle.(*)..").should().beFreeOfCycles().check(HEDDLE);
    }

    @Test
    void only_the_outermost_packages_ask_for_the_time_or_for_chance() {
        noClasses()
                .that()
                .resideOutsideOfPackages(MAY_ASK_THE_TIME)
                .should()
                .accessTargetWhere(describe("it is time or chance", PackageGraphTest::isTimeOrChance))
                .check(HEDDLE);
    }

    private static boolean isTimeOrChance(JavaAccess<?> access) {
        return calls(access, System.class, "nanoTime", "currentTimeMillis")
                || calls(access, Math.class, "random")
                || calls(access, ThreadLocalRandom.class, "current")
                || (makes(access, Random.class)
                        && access.getTarget() instanceof AccessTarget.CodeUnitAccessTarget made
                        && made.getRawParameterTypes().isEmpty());
    }

    @Test
    void only_the_packages_that_own_threads_start_any() {
        noClasses()
                .that()
                .resideOutsideOfPackages(MAY_START_THREADS)
                .should()
                .accessTargetWhere(describe("it starts a thread", PackageGraphTest::startsThread))
                .check(HEDDLE);
    }

    private static boolean startsThread(JavaAccess<?> access) {
        return calls(access, Thread.class, "ofPlatform", "ofVirtual", "startVirtualThread")
                || access.getTarget().getOwner().isEquivalentTo(Executors.class)
                || makes(access, Thread.class)
                || makes(access, ExecutorService.class);
    }

    private static boolean calls(JavaAccess<?> access, Class<?> owner, String... names) {
        return access.getTarget().getOwner().isEquivalentTo(owner)
                && Set.of(names).contains(access.getTarget().getName());
    }

    /** Whether it is a constructor of this class or one below it, called or referred to. */
    private static boolean makes(JavaAccess<?> access, Class<?> made) {
        return access.getTarget().getName().equals(JavaConstructor.CONSTRUCTOR_NAME)
                && access.getTarget().getOwner().isAssignableTo(made);
    }

    @Test
    void nobody_but_presence_knows_chronicle() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.heddle.presence..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("net.openhft..")
                .check(HEDDLE);
    }

    /** See {@code LEFT_OUT} in {@code bin/package}: whoever else needs such a library takes it off that list. */
    @Test
    void nobody_but_verification_and_benchmark_needs_the_libraries_that_an_installation_does_without() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.heddle.verify..", "dev.heddle.bench..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.knowm..", "de.erichseifert..")
                .check(HEDDLE);
    }

    @Test
    void nobody_but_events_knows_the_logging_provider() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.heddle.events..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.slf4j.simple..")
                .check(HEDDLE);
    }

    @Test
    void a_class_is_named_for_what_it_is() {
        noClasses()
                .should()
                .haveNameMatching(".*(Manager|Helper|Util|Utils|Impl)")
                .check(HEDDLE);
    }

    @Test
    void nobody_but_the_admin_port_knows_prometheus() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.heddle.admin..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.prometheus..")
                .check(HEDDLE);
    }
}
