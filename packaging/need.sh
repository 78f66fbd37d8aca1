# Installs the programs that a script needs, as root or with sudo; without either, prints the command to run.
# A script reads this file, names what it needs, and then calls install_needed.

as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"

missing=""
need() { # need COMMAND PACKAGE: the package is missing if the command fails
    if ! sh -c "$1" >/dev/null 2>&1; then missing="$missing $2"; fi
}

install_needed() {
    if [ -z "$missing" ]; then return; fi
    if [ -n "$as_root" ] && ! command -v sudo >/dev/null 2>&1; then
        echo "Programs are missing. As root, run:" >&2
        echo "    apt-get update && apt-get install --yes$missing" >&2
        exit 1
    fi
    echo "installing:$missing"
    $as_root apt-get update --quiet
    # shellcheck disable=SC2086
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --quiet --no-install-recommends $missing
}
