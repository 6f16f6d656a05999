# Sourced by the scripts beside it; ROOT is the project's folder.

# The configuration is the file that HEDDLE_CONFIG names, and otherwise the one of this installation; --config comes before.
if [ -z "${HEDDLE_CONFIG:-}" ] && [ -f "$ROOT/etc/heddle.properties" ]; then
    HEDDLE_CONFIG=$ROOT/etc/heddle.properties
fi
export HEDDLE_CONFIG="${HEDDLE_CONFIG:-}"

# Prints where a server with configuration $1 keeps its data, if no option says so.
data_folder() {
    config_data=${HEDDLE_DATA:-}
    if [ -z "$config_data" ] && [ -f "$1" ]; then
        config_data=$(sed -n 's/^[[:space:]]*data[[:space:]]*=[[:space:]]*//p' "$1" | sed 's/[[:space:]]*$//' | tail -n 1)
    fi
    echo "${config_data:-$ROOT/data}"
}
