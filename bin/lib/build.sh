# Sourced by the scripts beside it, after jdk.sh; ROOT is the project's folder.

# Builds the server if there is none, or one that is older than its sources.
build_if_needed() {
    build_jar=$ROOT/target/heddle.jar
    if [ -f "$build_jar" ]; then
        # An installed server has no sources, and needs no build.
        [ -f "$ROOT/pom.xml" ] || return 0
        build_newer=$(find "$ROOT/pom.xml" "$ROOT/src/main" -newer "$build_jar" -type f | head -n 1)
        if [ -z "$build_newer" ]; then
            # Maven alone, as in bin/test, makes no class cache.
            [ "$AOT_CACHE" -nt "$build_jar" ] || train
            return 0
        fi
    fi
    need_maven
    echo "building heddle (the first time takes a minute or two) ..." >&2
    if ! build_said=$(cd "$ROOT" && mvn -q -B -Dmaven.test.skip=true package 2>&1); then
        echo "$build_said" >&2
        echo "heddle: the build failed" >&2
        exit 1
    fi
    train
}

# Starts a server once and stops it, so that later starts take over its classes as they were loaded and linked: that halves
# them. A JVM that the cache does not fit passes over it.
train() {
    echo "preparing quick starts (once after each build) ..." >&2
    train_folder=$(mktemp -d "$ROOT/target/training.XXXXXX")
    # Without the settings of whoever builds.
    env -i PATH="$PATH" "$JAVA_HOME/bin/java" "$JVM_OPTIONS" -Xms512m -Xmx512m "-XX:AOTCacheOutput=$train_folder/aot" \
        -cp "$CLASS_PATH" dev.heddle.cli.Main serve --port 0 --data "$train_folder/data" \
        >"$train_folder/said" 2>&1 </dev/null &
    train_pid=$!
    train_steps=0
    while [ "$train_steps" -lt 600 ] && ! grep -q '^heddle ready on ' "$train_folder/said" && kill -0 "$train_pid" 2>/dev/null; do
        train_steps=$((train_steps + 1))
        sleep 0.1
    done
    kill -TERM "$train_pid" 2>/dev/null || true
    wait "$train_pid" 2>/dev/null || true
    if [ ! -f "$train_folder/aot" ]; then
        echo "heddle: starts will be slower, there is no class cache: $(tail -n 1 "$train_folder/said")" >&2
        # Trying once a build is enough: an empty one is passed over.
        : >"$train_folder/aot"
    fi
    mv -f "$train_folder/aot" "$AOT_CACHE"
    rm -rf "$train_folder"
}

need_maven() {
    if ! command -v mvn >/dev/null 2>&1; then
        echo "heddle: needs Maven 3.8 or newer to build (Debian: apt-get install maven, Homebrew: brew install maven)" >&2
        exit 1
    fi
}

# shellcheck disable=SC2034
CLASS_PATH="$ROOT/target/heddle.jar:$ROOT/target/lib/*"
# shellcheck disable=SC2034
JVM_OPTIONS="@$ROOT/etc/jvm.options"
AOT_CACHE=$ROOT/target/heddle.aot
