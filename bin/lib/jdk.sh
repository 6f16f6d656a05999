# Sourced by the scripts beside it. Finds a JDK of 25 or newer and sets JAVA_HOME, or says what to install and exits.
# POSIX sh; Linux and macOS.

HEDDLE_JDK=25

# Prints the feature release of the JDK in folder $1, or nothing; a JRE, which cannot compile, is none.
jdk_release() {
    [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] || return 0
    if [ -f "$1/release" ]; then
        sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release" | head -n 1
    else
        "$1/bin/java" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1
    fi
}

# Whether folder $1 holds a JDK that will do.
jdk_fits() {
    jdk_found=$(jdk_release "$1")
    [ -n "$jdk_found" ] && [ "$jdk_found" -ge "$HEDDLE_JDK" ]
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
    echo "heddle: needs a JDK $HEDDLE_JDK or newer and found none." >&2
    echo "Install one (for example Temurin $HEDDLE_JDK: Debian temurin-$HEDDLE_JDK-jdk, Homebrew temurin) or set JAVA_HOME." >&2
    exit 1
}
