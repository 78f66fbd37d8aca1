"""A client of Onezone's group calls, written from the wire contract alone.

Usage: onezone.py BASE, where BASE ends in /api/v3/onezone. The server is a demonstration: marc
(password marcspassword, token 123576abcdef6572134) and phil (password philspassword), who owns
group 1236. It walks through all calls, prints how many steps it made, and ends with 0 when every
answer was as it should be.
"""

import base64
import json
import sys
import time
import urllib.error
import urllib.request

BASE = sys.argv[1]
MARC = {"X-Auth-Token": "123576abcdef6572134"}
BEARER = {"Authorization": "Bearer 123576abcdef6572134"}
MACAROON = {"Macaroon": "123576abcdef6572134"}
PHIL = {"Authorization": "Basic " + base64.b64encode(b"phil:philspassword").decode("ascii")}
NOBODY = {}
steps = 0


class Client(urllib.request.HTTPErrorProcessor):
    """Answers are what they are: no exceptions, no redirects."""

    def http_response(self, request, response):
        return response


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}), Client)


def call(method, path, who, body=None):
    headers = dict(who)
    data = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        data = json.dumps(body).encode("utf-8")
    request = urllib.request.Request(BASE + path, data, headers, method=method)
    with OPENER.open(request) as response:
        text = response.read()
        return response.status, response.headers, json.loads(text) if text else None


def expect(status, method, path, who, body=None):
    """Makes a call, holds its status, and answers what came."""
    global steps
    steps += 1
    got, headers, answer = call(method, path, who, body)
    assert got == status, (method, path, got, answer)
    if status >= 400:
        assert sorted(answer) == ["error"], answer
        assert "id" in answer["error"] and "description" in answer["error"], answer
    if status == 204:
        assert answer is None, answer
    return headers, answer


def made(who, path, body):
    """Makes a thing that is told by its address alone; answers its id."""
    headers, answer = expect(201, "POST", path, who, body)
    assert answer is None, answer
    address = headers["Location"]
    assert address.startswith(BASE + "/user/groups/"), address
    return address.rsplit("/", 1)[1]


def refused(status, error, method, path, who, body=None):
    _, answer = expect(status, method, path, who, body)
    assert answer["error"]["id"] == error, answer
    return answer["error"]


def groups(who, path="/user/groups"):
    return expect(200, "GET", path, who)[1]["groups"]


before = groups(MARC)
assert groups(BEARER) == groups(MACAROON, "/user/effective_groups") == before
refused(401, "unauthorized", "GET", "/user/groups", NOBODY)
wrong = refused(401, "unauthorized", "GET", "/user/groups", {"X-Auth-Token": "wrong"})
assert wrong["details"]["authError"]["id"] == "tokenInvalid", wrong

# phil invites marc, who joins once.
token = expect(200, "POST", "/groups/1236/users/token", PHIL)[1]["token"]
assert made(MARC, "/user/groups/join", {"token": token}) == "1236"
assert groups(MARC) == sorted(before + ["1236"], key=int, reverse=True)
refused(400, "inviteTokenUsageLimitReached", "POST", "/user/groups/join", MARC, {"token": token})
group = expect(200, "GET", "/user/groups/1236", MARC)[1]
assert sorted(group) == ["creationTime", "creator", "groupId", "name", "type"], group
assert abs(group["creationTime"] - time.time()) < 3600, group
assert expect(200, "GET", "/user/effective_groups/1236", MARC)[1] == group

# A named token is good until it is deleted.
limits = {"usageLimit": 2, "caveats": [{"type": "time", "validUntil": int(time.time()) + 600}]}
kind = {"inviteToken": {"inviteType": "userJoinGroup", "groupId": "1236"}}
named = expect(201, "POST", "/user/tokens/named", PHIL, {"name": "ours", "type": kind, **limits})[1]
body = {"token": named["token"]}
again = refused(409, "relationAlreadyExists", "POST", "/user/groups/join", MARC, body)
assert again["details"]["parentId"] == "1236" and again["details"]["childType"] == "user", again
marc = again["details"]["childId"]
assert marc in expect(200, "GET", "/groups/1236/users", PHIL)[1]["users"]
refused(403, "forbidden", "DELETE", "/groups/1236/users/" + marc, MARC)
expect(204, "DELETE", "/groups/1236/users/" + marc, PHIL)
refused(404, "notFound", "GET", "/user/groups/1236", MARC)
assert made(MARC, "/user/groups/join", body) == "1236"
expect(204, "DELETE", "/user/groups/1236", MARC)
expect(204, "DELETE", "/tokens/named/" + named["tokenId"], PHIL)
refused(400, "tokenRevoked", "POST", "/user/groups/join", MARC, body)

# A group of marc's own.
own = made(MARC, "/user/groups", {"name": "Our unit", "type": "unit"})
group = expect(200, "GET", "/user/groups/" + own, MARC)[1]
assert (group["name"], group["type"], group["creator"]["id"]) == ("Our unit", "unit", marc), group
refused(404, "notFound", "GET", "/groups/" + own + "/users", PHIL)
refused(400, "missingRequiredValue", "POST", "/user/groups", MARC, {"type": "team"})
refused(404, "notFound", "GET", "/nothing", MARC)

print(json.dumps({"steps": steps}))
