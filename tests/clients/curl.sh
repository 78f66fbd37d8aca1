#!/bin/sh
# Calls the service with curl, and prints what it found as JSON.
set -eu
json="$1/api/json/peopleaggregator"

call() { curl --silent --show-error --fail "$@"; }

session=$(call -d 'login=marc&password=marcspassword' "$json/login")
token=$(printf %s "$session" | jq --raw-output .authToken)

join=$(call -H "Authorization: Bearer $token" -d id=group:1234 "$json/joinGroup")
again=$(call --json "{\"authToken\": \"$token\", \"id\": \"group:1234\"}" "$json/joinGroup")
mine=$(call --get --data-urlencode "authToken=$token" -d page=1 "$json/getMyGroups")
fault=$(call -H 'Content-Type: text/xml' -d '<methodCall><methodName>peopleaggregator.nope</methodName></methodCall>' \
    "$1/api/xmlrpc")
member() { printf %s "$fault" | xmllint --xpath "string(//member[name='$1']/value)" -; }

jq --null-input \
    --argjson session "$session" --argjson join "$join" --argjson again "$again" --argjson mine "$mine" \
    --argjson code "$(member faultCode)" --arg string "$(member faultString)" \
    '{
        tokenLifetime: $session.tokenLifetime,
        joinState: $join.joinState,
        again: [$again.success, $again.code],
        total: $mine.totalResults,
        groups: [$mine.groups[] | {id, name, description, memberCount}],
        fault: [$code, $string],
    }'
