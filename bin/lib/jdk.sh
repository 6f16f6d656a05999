# Sourced by the scripts beside it. Finds Java 25 or newer and sets JAVA_HOME, or says what to install and exits.
# POSIX sh; Linux and macOS.

HEDDLE_JDK=25

# The modules of Java that the server and its commands need; a runtime made by jlink may have these alone.
HEDDLE_MODULES="java.base java.compiler java.management java.naming java.xml jdk.httpserver jdk.management jdk.net jdk.unsupported"

# What a Java has to have beside java itself: where nothing is built a runtime is enough, and this is java, too.
JDK_PROGRAM=javac

# Runs the command with SIGHUP as usual, where that can be had: who was started by nohup ignores it, and a server that does cannot
# be told to read its configuration again.
exec_hearing_hup() {
    if env --default-signal=HUP true 2>/dev/null; then
        exec env --default-signal=HUP "$@"
    fi
    exec "$@"
}

# Prints the feature release of the Java in folder $1, or nothing if that will not do for what is to be done.
jdk_release() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/$JDK_PROGRAM" ] || return 0
    if [ -f "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" | head -n 1
    else
        "$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1
    fi
}

# Whether the Java in folder $1 has all modules; one that names none counts as whole.
jdk_has_modules() {
    jdk_modules=$(sed -n 's/^MODULES="\(.*\)"/\1/p' "$1/release" 2>/dev/null || true)
    [ -n "$jdk_modules" ] || return 0
    for jdk_module in $HEDDLE_MODULES; do
        case " $jdk_modules " in
            *" $jdk_module "*) ;;
            *) return 1 ;;
        esac
    done
}

# Whether folder $1 holds a Java that will do.
jdk_fits() {
    jdk_found=$(jdk_release "$1")
    [ -n "$jdk_found" ] && [ "$jdk_found" -ge "$HEDDLE_JDK" ] && jdk_has_modules "$1"
}

# The home of the java on the PATH, behind all symbolic links.
jdk_on_path() {
    jdk_link=$(command -v java 2>/dev/null) || return 0
    while [ -L "$jdk_link" ]; do
        # shellcheck disable=SC2012
        jdk_target=$(ls -l "$jdk_link" | sed 's/.* -> //')
        case $jdk_target in
            /*) jdk_link=$jdk_target ;;
            *) jdk_link=$(dirname "$jdk_link")/$jdk_target ;;
        esac
    done
    # The java in the /usr/bin of macOS only asks java_home, which find_jdk does itself.
    case $jdk_link in
        /usr/bin/java) ;;
        *) (cd "$(dirname "$jdk_link")/.." 2>/dev/null && pwd) ;;
    esac
}

find_jdk() {
    # cron and systemd may have none.
    HOME=${HOME:-}
    if [ -n "${JAVA_HOME:-}" ] && jdk_fits "$JAVA_HOME"; then
        return 0
    fi
    for jdk_home in \
        "$(jdk_on_path)" \
        "$(/usr/libexec/java_home -v "$HEDDLE_JDK+" 2>/dev/null)" \
        ${HEDDLE_JDK_FOLDERS:-/usr/lib/jvm/* /usr/java/* /opt/java/* /opt/*jdk* "$HOME"/.sdkman/candidates/java/* \
            "$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home}; do
        if [ -n "$jdk_home" ] && jdk_fits "$jdk_home"; then
            JAVA_HOME=$jdk_home
            export JAVA_HOME
            return 0
        fi
    done
    jdk_kind=jdk
    if [ "$JDK_PROGRAM" = java ]; then
        jdk_kind=jre
        echo "heddle: needs a Java runtime $HEDDLE_JDK or newer with the modules $HEDDLE_MODULES, and found none." >&2
    else
        echo "heddle: needs a JDK $HEDDLE_JDK or newer and found none." >&2
    fi
    echo "Install one (for example Temurin $HEDDLE_JDK: Debian temurin-$HEDDLE_JDK-$jdk_kind, Homebrew temurin) or set JAVA_HOME." >&2
    exit 1
}
