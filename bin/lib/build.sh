# Sourced by program.sh where there are sources; ROOT is their folder.

# Builds the server if there is none, or one that is older than its sources.
jar_if_needed() {
    build_jar=$ROOT/target/heddle.jar
    if [ -f "$build_jar" ]; then
        build_newer=$(find "$ROOT/pom.xml" "$ROOT/src/main" -newer "$build_jar" -type f | head -n 1)
        [ -n "$build_newer" ] || return 0
    fi
    need_maven
    echo "building heddle (the first time takes a minute or two) ..." >&2
    if ! build_said=$(cd "$ROOT" && mvn -q -B -Dmaven.test.skip=true package 2>&1); then
        echo "$build_said" >&2
        echo "heddle: the build failed" >&2
        exit 1
    fi
}

need_maven() {
    if ! command -v mvn >/dev/null 2>&1; then
        echo "heddle: needs Maven 3.8 or newer to build (Debian: apt-get install maven, Homebrew: brew install maven)" >&2
        exit 1
    fi
}
