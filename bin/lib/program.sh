# Sourced by the scripts beside it, after jdk.sh; ROOT is a folder of the sources or of an installation. Both hold the program
# in the same way (heddle.jar, lib, heddle.aot): the sources in target, as Maven built it, an installation in ROOT itself.

if [ -f "$ROOT/pom.xml" ]; then
    PROGRAM=$ROOT/target
    . "$ROOT/bin/lib/build.sh"
else
    PROGRAM=$ROOT
    # shellcheck disable=SC2034
    JDK_PROGRAM=java
    jar_if_needed() { :; }
fi

# Java takes the class path apart at each colon, and what it is told in lines at each line break.
case $ROOT in
    *:* | *"
"*)
        echo "heddle: cannot run from $ROOT: Java allows no colon and no line break in the path of an installation" >&2
        exit 1
        ;;
esac

# Whatever is masked: its owner reads and writes what is made.
umask u+rwx

# shellcheck disable=SC2034
CLASS_PATH="$PROGRAM/heddle.jar:$PROGRAM/lib/*"
# shellcheck disable=SC2034
JVM_OPTIONS="@$ROOT/etc/jvm.options"
AOT_CACHE=$PROGRAM/heddle.aot

# Java reads arguments, variables and the names of files by the locale, and cron, systemd and containers have none: then, and where
# it is not UTF-8, one that is takes its place. Where there is none at all the commands refuse what is not ASCII.
use_utf8() {
    for utf8_locale in "" C.UTF-8 C.utf8 en_US.UTF-8; do
        if [ -n "$utf8_locale" ]; then
            utf8_charmap=$(LC_ALL=$utf8_locale locale charmap 2>/dev/null || true)
        else
            utf8_charmap=$(locale charmap 2>/dev/null || true)
        fi
        if [ "$utf8_charmap" = UTF-8 ]; then
            [ -z "$utf8_locale" ] || export LC_ALL="$utf8_locale"
            return 0
        fi
    done
    if ! command -v locale >/dev/null 2>&1; then
        export LC_ALL=C.UTF-8
    fi
}

# Sees to it that the program is there, and that it starts quickly where whoever calls this may write the class cache.
prepare() {
    use_utf8
    jar_if_needed
    if [ -w "$PROGRAM" ] && ! [ "$AOT_CACHE" -nt "$PROGRAM/heddle.jar" ]; then
        train
    fi
}

# Starts a server once, puts a little load on it and stops it, so that later starts take over its classes as they were loaded
# and linked, which halves them, and what it learnt of its code, so that they come to their full speed sooner. A JVM that
# the cache does not fit passes over it.
train() {
    echo "preparing quick starts (once) ..." >&2
    train_folder=$(mktemp -d "$PROGRAM/training.XXXXXX")
    # Without the settings of whoever builds. The admin port looks for idle connections more often than it would, so that the code
    # for that is in the cache, too, and does not have to be made ready ten seconds after each start.
    env -i PATH="$PATH" LC_ALL="${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" "$JAVA_HOME/bin/java" "$JVM_OPTIONS" -Dsun.net.httpserver.clockTick=100 \
        -Xms512m -Xmx512m "-XX:AOTCacheOutput=$train_folder/aot" \
        -cp "$CLASS_PATH" dev.heddle.cli.Main serve --port 0 --legacy-port 0 --data "$train_folder/data" \
        >"$train_folder/said" 2>&1 </dev/null &
    train_pid=$!
    train_steps=0
    while [ "$train_steps" -lt 600 ] && ! grep -q '^heddle ready on ' "$train_folder/said" && kill -0 "$train_pid" 2>/dev/null; do
        train_steps=$((train_steps + 1))
        sleep 0.1
    done
    train_port=$(sed -n 's/^heddle ready on [^ ]*:\([0-9]*\).*/\1/p' "$train_folder/said")
    train_legacy=$(sed -n 's/^legacy clients on [^ ]*:\([0-9]*\)$/\1/p' "$train_folder/said")
    if [ -n "$train_port" ]; then
        # Without it there is a cache, too, that knows less.
        env -i PATH="$PATH" LC_ALL="${LC_ALL:-${LC_CTYPE:-${LANG:-}}}" "$JAVA_HOME/bin/java" -XX:+UseSerialGC -cp "$CLASS_PATH" dev.heddle.cli.Main \
            rehearse --port "$train_port" --legacy-port "${train_legacy:-0}" >"$train_folder/rehearsed" 2>&1 </dev/null || true
    fi
    kill -TERM "$train_pid" 2>/dev/null || true
    wait "$train_pid" 2>/dev/null || true
    if [ ! -f "$train_folder/aot" ]; then
        echo "heddle: starts will be slower, there is no class cache: $(tail -n 1 "$train_folder/said")" >&2
        # Trying once is enough: an empty one is passed over.
        : >"$train_folder/aot"
    fi
    mv -f "$train_folder/aot" "$AOT_CACHE"
    rm -rf "$train_folder"
}
