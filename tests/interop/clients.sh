#!/bin/sh
# Generates clients from the OpenAPI document of a demonstration, and uses them: `clients.sh URL FOLDER`.
set -eu
here="$(cd "$(dirname "$0")" && pwd)"
url="$1"
folder="$2"
PATH="$here/venv/bin:$here/node_modules/.bin:$PATH"
rm -rf "$folder"
mkdir -p "$folder"
cd "$folder"
curl --silent --fail --output openapi.json "$url/openapi.json"

# What a generator says about our document, and not about every document with an object.
warnings() { grep -E "WARN|ERROR|[Ww]arning" "$1" | sort -u || true; }
cat > smallest.json <<'END'
{"openapi": "3.1.0", "info": {"title": "Smallest", "version": "1"}, "paths": {}, "components": {"schemas": {
    "Empty": {"type": "object"},
    "Full": {"type": "object", "properties": {"text": {"type": "string"}, "empty": {"$ref": "#/components/schemas/Empty"}}}
}}}
END
generate() { # generate GENERATOR OPTION…: with openapi-generator
    generator="$1"
    shift
    openapi-generator-cli generate --generator-name "$generator" --input-spec smallest.json --output smallest \
        "$@" > smallest.log 2>&1
    openapi-generator-cli generate --generator-name "$generator" --input-spec openapi.json --output "$generator" \
        "$@" > generated.log 2>&1
    warnings smallest.log > smallest.warnings
    warnings generated.log > generated.warnings
    diff smallest.warnings generated.warnings
}
leave() { # so that the next client can join
    curl --silent --fail --output left.json "$url/api/json/peopleaggregator/leaveGroup" \
        -d authToken=123576abcdef6572134 -d id=group:1234
}

openapi-python-client generate --path openapi.json --meta none --output-path generated > generated.log 2>&1
test -z "$(warnings generated.log | tee /dev/stderr)"
python "$here/openapi_python_client.py" . "$url"

leave
generate python
# Its check of a constant compares a truth value with a text.
sed -i "s/set(\['true'\])/set([True])/; s/set(\['false'\])/set([False])/" python/openapi_client/models/*.py
python "$here/openapi_generator.py" python "$url"

leave
generate typescript-fetch --additional-properties importFileExtension=.js
cp "$here/typescript_fetch.ts" typescript-fetch/main.ts
tsc --strict --module nodenext --target es2022 --types node typescript-fetch/main.ts
node typescript-fetch/main.js "$url"
