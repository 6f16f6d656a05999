# Sourced by the scripts beside it; ROOT is the project's folder.

# The configuration is the file that HEDDLE_CONFIG names, and otherwise the one of this installation; --config comes before.
if [ -z "${HEDDLE_CONFIG:-}" ] && [ -f "$ROOT/etc/heddle.properties" ]; then
    HEDDLE_CONFIG=$ROOT/etc/heddle.properties
fi
export HEDDLE_CONFIG="${HEDDLE_CONFIG:-}"

# What some editors put in front of a file in UTF-8.
CONFIG_MARK=$(printf '\357\273\277')

# Prints the path that setting $1 has in configuration $2, or else $3, which may be empty. A relative path begins at the folder of
# the configuration.
configured_path() {
    config_path=
    if [ -f "$2" ]; then
        config_name=$(printf '%s' "$1" | sed 's/\./\\./g')
        config_path=$(sed -n "1s/^$CONFIG_MARK//; s/^[[:space:]]*$config_name[[:space:]]*=[[:space:]]*//p" <"$2" |
            sed 's/[[:space:]]*$//' | tail -n 1)
    fi
    config_path=${config_path:-$3}
    case $config_path in
        "" | /*) ;;
        *)
            if [ -f "$2" ]; then
                config_path=$(CDPATH='' cd -- "$(dirname -- "$2")" && pwd)/$config_path
            fi
            ;;
    esac
    printf '%s\n' "$config_path"
}

# Prints where a server with configuration $1 keeps its data, if no option says so.
data_folder() {
    if [ -n "${HEDDLE_DATA:-}" ]; then
        printf '%s\n' "$HEDDLE_DATA"
    else
        configured_path data "$1" "$ROOT/data"
    fi
}

# Refuses path $2, which $1 names, if it has a line break: nothing that is kept in lines could say it.
one_line() {
    case $2 in
        *"
"*)
            echo "heddle: $1 has a line break in it, which no path of Heddle may have" >&2
            exit 2
            ;;
    esac
}
