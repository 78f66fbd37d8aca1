#!/bin/sh
# Lints the OpenAPI documents in a folder: `documents.sh FOLDER`. Fails for a finding of any severity.
set -eu
bin="$(cd "$(dirname "$0")" && pwd)/node_modules/.bin"
cd "$1"

"$bin/redocly" lint --extends=recommended --format=json ./*.json > redocly.txt
jq --exit-status '.totals.errors + .totals.warnings == 0' redocly.txt > verdict.txt || {
    jq '.problems[] | .message, .location' redocly.txt
    exit 1
}
echo 'extends: ["spectral:oas"]' > ruleset.yaml
"$bin/spectral" lint --fail-severity hint --ruleset ruleset.yaml ./*.json
