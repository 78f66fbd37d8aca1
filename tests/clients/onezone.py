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

# The life of a group: an invitation without a limit, its check, a join, changes, a new owner, the end.
club = made(MARC, "/user/groups", {"name": "Reading Club"})
kind = {"inviteToken": {"inviteType": "userJoinGroup", "groupId": club}}
body = {"name": "club", "type": kind, "usageLimit": "infinity"}
named = expect(201, "POST", "/users/" + marc + "/tokens/named", MARC, body)[1]
shown = expect(200, "GET", "/tokens/named/" + named["tokenId"], MARC)[1]
assert (shown["name"], shown["type"], shown["revoked"]) == ("club", kind, False), shown
assert shown["metadata"]["usageLimit"] == "infinity", shown
assert expect(200, "GET", "/user/tokens/named/name/club", MARC)[1] == shown
asked = {"token": named["token"], "expectedInviteType": "userJoinGroup"}
verified = expect(200, "POST", "/tokens/verify_invite_token", NOBODY, asked)[1]
assert verified == {"subject": {"type": "user", "id": marc}, "ttl": None}, verified
assert made(PHIL, "/user/groups/join", {"token": named["token"]}) == club
expect(200, "GET", "/groups/" + club, PHIL)
phil = expect(200, "GET", "/user", PHIL)[1]["userId"]
assert set(expect(200, "GET", "/groups/" + club + "/users", MARC)[1]["users"]) == {marc, phil}
assert expect(200, "GET", "/groups/" + club + "/users/" + marc, PHIL)[1]["username"] == "marc"
expect(204, "PATCH", "/groups/" + club, MARC, {"name": "Readers"})
assert expect(200, "GET", "/groups/" + club, PHIL)[1]["name"] == "Readers"
expect(204, "DELETE", "/user/groups/" + club, MARC)
assert expect(200, "GET", "/groups/" + club, PHIL)[1]["creator"]["id"] == phil
expect(204, "DELETE", "/groups/" + club, PHIL)
refused(404, "notFound", "GET", "/groups/" + club, PHIL)

# A token for another device, which its user finds by name, or creates.
refused(404, "notFound", "GET", "/user/tokens/named/name/device", MARC)
device = expect(201, "POST", "/user/tokens/named", MARC, {"name": "device"})[1]
DEVICE = {"X-Auth-Token": device["token"]}
assert groups(DEVICE) == groups(MARC)
assert device["tokenId"] in expect(200, "GET", "/user/tokens/named", DEVICE)[1]["tokens"]
expect(204, "PATCH", "/tokens/named/" + device["tokenId"], MARC, {"revoked": True})
assert expect(200, "GET", "/tokens/named/" + device["tokenId"] + "/status", MARC)[1] == {"revoked": True}
refused(401, "unauthorized", "GET", "/user", DEVICE)
expect(204, "DELETE", "/user/groups/" + own, MARC)

print(json.dumps({"steps": steps}))
