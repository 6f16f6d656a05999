package dev.heddle.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.heddle.text.Printable;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard as a person sees it, in a real browser. */
@Timeout(90)
class DashboardTest {
    private static final Path SHOTS = Path.of(System.getProperty("heddle.home"), "target", "dashboard");
    private static final String HOSTILE = "<img src=x onerror=\"document.title='owned'\">";
    private static final int HOSTILE_MESSAGES = 100;
    private static final String TOKEN = "a-token-that-nobody-guesses";

    /** Tables and cells whose text does not fit them, but for the names of users, which end in an ellipsis. */
    private static final String CUT =
            "return [...document.querySelectorAll('.scroll, th, td:not(.user), .limit p, .figure')]"
                    + ".filter(each => each.checkVisibility() && each.scrollWidth > each.clientWidth + 1)"
                    + ".map(each => each.tagName + ' ' + each.innerText.slice(0, 60)).join('; ');";

    private static Browser browser;

    @TempDir
    private static Path profile;

    @TempDir
    private Path folder;

    @BeforeAll
    static void openBrowser() throws Exception {
        Optional<Path> chromium = Browser.find("chromium", "chromium-browser", "google-chrome");
        Optional<Path> driver = Browser.find("chromedriver");
        assumeTrue(
                chromium.isPresent() && driver.isPresent(),
                "skipped: there is no chromium with its chromedriver here (Debian: apt-get install chromium-driver)");
        browser = new Browser(chromium.orElseThrow(), driver.orElseThrow(), profile);
    }

    @AfterAll
    static void closeBrowser() {
        if (browser != null) {
            browser.close();
        }
    }

    /** The page of the test before asks its server no more. */
    @BeforeEach
    void beginAnew() {
        browser.open(URI.create("about:blank"));
        browser.look(1200, "light");
        browser.log("browser");
        browser.log("performance");
    }

    private RunningServer start(String... settings) throws Exception {
        return new RunningServer(folder.resolve("data"), settings);
    }

    private static URI page(RunningServer server) {
        return server.server().admin().orElseThrow().resolve("/");
    }

    private static void awaitText(String selector, String text) {
        await().atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(100))
                .untilAsserted(
                        () -> assertThat(browser.text(selector)).as(selector).contains(text));
    }

    /** What stands above a name in the sums. */
    private static String sum(String name) {
        return browser.run("return [...document.querySelectorAll('#sums dt')].find(each => each.innerText === '" + name
                        + "').nextSibling.innerText;")
                .asString();
    }

    private static void assertQuiet(List<String> allowed) {
        assertThat(browser.log("browser"))
                .filteredOn(entry -> allowed.stream()
                        .noneMatch(text -> entry.get("message").asString().contains(text)))
                .isEmpty();
    }

    @Test
    void it_shows_what_was_really_done_and_names_who_is_slow() throws Exception {
        try (RunningServer server = start("max.connections", "500")) {
            List<RawClient> clients = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                clients.add(server.login("user-" + i));
            }
            RawClient slow = server.login(HOSTILE);
            clients.add(slow);
            RawClient sender = RawClient.login(server.port, "sender", 0);
            clients.add(sender);
            long first = sender.welcome().firstId();
            for (int i = 0; i < HOSTILE_MESSAGES; i++) {
                sender.send(first + i, HOSTILE, "never read");
            }
            sender.send(first + HOSTILE_MESSAGES, "user-0", "read at once");
            while (sender.expect(Frame.ACCEPTED).number() < first + HOSTILE_MESSAGES) {
                // More come.
            }
            clients.getFirst().ack(clients.getFirst().deliver().seq());

            browser.open(page(server));
            awaitText("#state", "Ready");
            awaitText("#slow-rows", HOSTILE);
            awaitText("[data-value=connections]", "8 of 500");
            assertThat(sum("accepted")).isEqualTo("101");
            assertThat(sum("acknowledged")).isEqualTo("1");
            assertThat(sum("logins")).isEqualTo("8");
            assertThat(browser.text("[data-value=backlog]")).isEqualTo("100");
            assertThat(browser.text("[data-value=force]")).endsWith("ms");
            assertThat(browser.text("#shard-rows td:nth-child(2)")).isEqualTo("100");

            assertThat(browser.run("return document.querySelectorAll('main img').length")
                            .asInt())
                    .isZero();
            assertThat(browser.run("return document.title").asString()).doesNotContain("owned");
            shootAll();
            assertThat(browser.hostsAsked()).containsExactly(page(server).getAuthority());
            assertQuiet(List.of());
            for (RawClient client : clients) {
                client.close();
            }
        }
        awaitText("#notice", "the server does not answer");
        assertThat(browser.text("#state")).contains("No answer for");
        browser.shoot(SHOTS.resolve("gone.png"));
        assertQuiet(List.of("ERR_CONNECTION_REFUSED", "ERR_CONNECTION_RESET", "ERR_EMPTY_RESPONSE"));
    }

    private static void shootAll() throws Exception {
        for (String scheme : List.of("light", "dark")) {
            for (int width : new int[] {360, 390, 820, 1280}) {
                browser.look(width, scheme);
                assertThat(browser.run("return document.documentElement.scrollWidth")
                                .asInt())
                        .as("width of the page in a window of %d", width)
                        .isLessThanOrEqualTo(width);
                assertThat(browser.run(CUT).asString())
                        .as("what is cut in a window of %d", width)
                        .isEmpty();
                for (String column : List.of(
                        "#slow-rows td:nth-child(2)", "#full-rows td:nth-child(2)", "#shard-rows td:nth-child(5)")) {
                    assertThat(browser.text(column))
                            .as("%s in a window of %d", column, width)
                            .isNotEmpty();
                }
                boolean problemsFirst = browser.run("return document.getElementById('slow').getBoundingClientRect().top"
                                + " < document.querySelector('.tiles').getBoundingClientRect().top")
                        .asBoolean();
                assertThat(problemsFirst).as("window of %d", width).isEqualTo(width < 640);
                browser.shoot(SHOTS.resolve(scheme + "-" + width + ".png"));
            }
        }
        browser.look(1200, "light");
    }

    @Test
    void a_name_hides_nothing_on_the_page_and_the_rule_is_that_of_the_log_and_the_commands() throws Exception {
        String name = "a\u202eb\u009bc\u200bd\u2764\ufe0f";
        try (RunningServer server = start();
                RawClient slow = server.login(name);
                RawClient sender = RawClient.login(server.port, "sender", 0)) {
            long first = sender.welcome().firstId();
            for (int i = 0; i < HOSTILE_MESSAGES; i++) {
                sender.send(first + i, name, "never read");
            }
            browser.open(page(server));
            awaitText("#slow-rows", Printable.text(name));
            assertThat(browser.run("return document.querySelector('#slow-rows .user').title")
                            .asString())
                    .isEqualTo(Printable.text(name));

            List<String> texts = List.of(
                    name,
                    "bob\ufe0f\u200d",
                    "\ud83d\udc69\u200d\ud83d\udcbb",
                    "\u2764\ufe0f\ufe0f\u200d\u200d",
                    "\u2764\u200d\ufe0f",
                    "a\tb\ud800");
            List<String> shown = new ArrayList<>();
            browser.run("return import('/printable.js').then(({ printable }) => "
                            + Printable.json(JsonMapper.shared().writeValueAsString(texts))
                            + ".map(printable))")
                    .forEach(text -> shown.add(text.asString()));
            assertThat(shown).isEqualTo(texts.stream().map(Printable::text).toList());
            assertSameRule();
            assertThat(slow.deliver().seq()).isPositive();
        }
    }

    /** On all code points but those that are assigned in the one's version of Unicode and not in the other's. */
    private static void assertSameRule() {
        String ranges = browser.run("return import('/printable.js').then(({ isShown }) => {"
                        + " let all = '';"
                        + " for (let point = 0; point <= 0x10ffff; point++) {"
                        + "   const text = String.fromCodePoint(point);"
                        + "   all += isShown(point) ? '1' : /\\p{Cn}/u.test(text) ? '?' : '0';"
                        + " }"
                        + " return all; })")
                .asString();
        assertThat(ranges).hasSize(Character.MAX_CODE_POINT + 1);
        for (int point = 0; point <= Character.MAX_CODE_POINT; point++) {
            boolean assigned = ranges.charAt(point) != '?' && Character.getType(point) != Character.UNASSIGNED;
            if (assigned) {
                assertThat(ranges.charAt(point) == '1').as("U+%04x", point).isEqualTo(Printable.isShown(point));
            }
        }
    }

    @Test
    void a_chart_is_drawn_once_there_is_something_to_draw_and_fills_its_room() throws Exception {
        try (RunningServer server = start()) {
            browser.open(page(server));
            awaitText("#state", "Ready");
            assertThat(browser.run("return document.querySelectorAll('.chart.empty').length")
                            .asInt())
                    .isPositive();
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> browser.run("return document.querySelectorAll('.chart.empty').length")
                                    .asInt()
                            <= 1);
            assertThat(browser.text("[data-chart=connections] .from")).isEqualTo("15 s ago");
        }
    }

    @Test
    void where_a_token_is_needed_it_asks_for_it_and_keeps_it_for_the_tab() throws Exception {
        Path file = folder.resolve("token");
        Files.writeString(file, TOKEN);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        try (RunningServer server = start("admin.token.file", file.toString())) {
            browser.open(page(server));
            awaitText("#entrance", "wants its token");
            browser.shoot(SHOTS.resolve("token.png"));
            enter("not the token");
            awaitText("#entrance-error", "not the token");
            enter(TOKEN);
            awaitText("#state", "Ready");
            browser.open(page(server));
            awaitText("#state", "Ready");
            assertThat(browser.text("#entrance")).isEmpty();
            browser.run("document.getElementById('forget').click()");
            awaitText("#entrance", "wants its token");
            assertQuiet(List.of("401"));
        }
    }

    private static void enter(String token) {
        browser.run("document.getElementById('token').value = '" + token
                + "'; document.querySelector('#entrance button').click()");
    }
}
