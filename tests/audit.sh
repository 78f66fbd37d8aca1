#!/bin/sh
# Audits the dependencies: licences, sources, duplicates and advisories by cargo-deny, with the rules
# of deny.toml; unused dependencies by cargo-machete. Installs both tools if they are missing.
set -u
cd "$(dirname "$0")/.." || exit 1

install() { # install TOOL VERSION: builds the tool, unless cargo has it in this version
    if cargo "$1" --version 2>/dev/null | grep -qwF "$2"; then return; fi
    echo "audit: installing cargo-$1 $2; this takes minutes" >&2
    cargo install --locked --quiet "cargo-$1@$2" || exit 1
}
install deny 0.20.2
install machete 0.9.2

failed=""
cargo deny --locked check licenses sources bans || failed="$failed dependencies"

# Without access to the advisory database, the other checks are still worth their result.
if cargo deny --locked fetch db; then
    cargo deny --locked check advisories || failed="$failed advisories"
else
    echo "audit: advisories SKIPPED: the advisory database cannot be fetched" >&2
fi

cargo machete || failed="$failed unused"

if [ -n "$failed" ]; then
    echo "audit: failed:$failed" >&2
    exit 1
fi
