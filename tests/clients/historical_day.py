"""A historical client's day, written from the wire contract alone.

Usage: historical_day.py BASE_URL ADMIN_PASSWORD

It speaks XML-RPC with xmlrpc.client and REST (JSON) with plain HTTP, to a server in profile
`original`. Each step is made over one of them or both, and what both answer is compared value
by value. It ends with 0 when the day went as it should.
"""

import json
import sys
import urllib.parse
import urllib.request
import xmlrpc.client

BASE, ADMIN = sys.argv[1], sys.argv[2]
RPC = xmlrpc.client.ServerProxy(BASE + "/api/xmlrpc")


def rpc(name, /, **arguments):
    return getattr(RPC.peopleaggregator, name)(arguments)


def rest(verb, name, /, **arguments):
    url = BASE + "/api/json/peopleaggregator/" + name
    form = urllib.parse.urlencode(arguments)
    if verb == "GET":
        request = urllib.request.Request(url + "?" + form)
    else:
        request = urllib.request.Request(url, form.encode("ascii"))
    with urllib.request.urlopen(request) as response:
        assert response.status == 200
        kind = response.headers["Content-Type"]
        assert kind == "application/x-javascript; charset=UTF-8", kind
        return json.loads(response.read().decode("ascii"))


def same(verb, name, /, **arguments):
    """The same answer over both protocols."""
    one, other = rpc(name, **arguments), rest(verb, name, **arguments)
    assert one == other, (name, one, other)
    return one


def ok(answer):
    assert answer["success"] is True, answer
    return answer


def fails(answer, code):
    assert answer["success"] is False and answer["code"] == code, (code, answer)
    assert answer["msg"]


def person(login, password):
    made = ok(rpc("newUser", adminPassword=ADMIN, homeNetwork="default", login=login,
                  firstName="Old", lastName="Client", password=password,
                  email=login + "@example.org"))
    return made["id"]


def log_in(login, password):
    answer = ok(rest("POST", "login", login=login, password=password))
    assert answer["tokenLifetime"] == 86400
    return answer["authToken"]


alice = person("alice", "alices password")
bob = person("bob", "bobs password")

# Login with a wrong and a right password.
fails(same("POST", "login", login="alice", password="wrong"), "user_invalid_password")
fails(same("POST", "login", login="nobody", password="wrong"), "user_not_found")
token = log_in("alice", "alices password")
other = log_in("bob", "bobs password")

# A tampered token.
check = rpc("checkToken", authToken=token)
assert check["login"] == "alice" and 0 < check["tokenLifetime"] <= 86400, check
tampered = ("0" if token[0] != "0" else "1") + token[1:]
fails(same("GET", "checkToken", authToken=tampered), "user_token_invalid")

# Page through users and groups.
for n in range(12):
    person("reader%d" % n, "readers password")
    ok(rpc("newGroup", authToken=token, name="Group %d" % n, category="cat:1", tags="",
           description="", image="", accessType="public", registrationType="open",
           moderationType="direct"))
seen, page = [], 1
while True:
    answer = rpc("getUserList", page=page, resultsPerPage=10, profileImageSize="none")
    as_text = rest("GET", "getUserList", page=page, resultsPerPage=10, profileImageSize="none")
    assert answer == as_text and ok(answer)["page"] == page
    if not answer["users"]:
        break
    seen += [user["login"] for user in answer["users"]]
    page += 1
assert len(seen) == len(set(seen)) == answer["totalUsers"] == 14, seen
assert {"alice", "bob"} <= set(seen)
groups, page = [], 1
while page == 1 or page <= answer["totalPages"]:
    answer = rpc("getGroups", page=page, resultsPerPage=10, context="global")
    assert answer == rest("GET", "getGroups", page=page, resultsPerPage=10, context="global")
    groups += answer["groups"]
    page += 1
assert len(groups) == 12 and groups[0]["name"] == "Group 11", groups
assert ok(same("GET", "getCategories"))["categories"][0]["groupCount"] == 12
profile = ok(same("GET", "getUserProfile", login="alice"))
assert (profile["id"], profile["name"], profile["profile"]) == (alice, "Old Client", {"general": {}})

# Find, create, refuse a stranger's delete, delete, join the deleted group.
found = ok(same("POST", "findGroup", name="gROUP 1"))["groups"]
assert [group["name"] for group in found] == ["Group 11", "Group 10", "Group 1"], found
made = ok(rest("POST", "newGroup", authToken=token, name="Gr\u00fc\u00dfe/\u6c5f", category="cat:1",
               tags="", description="a\r\nb", image="", accessType="public",
               registrationType="open", moderationType="direct"))["id"]
assert ok(same("POST", "findGroup", name="\u00df"))["groups"] == [{"id": made, "name": "Gr\u00fc\u00dfe/\u6c5f"}]
fails(same("POST", "deleteGroup", authToken=other, id=made), "user_access_denied")
assert rpc("deleteGroup", authToken=token, id=made) == {"success": True}
fails(same("POST", "deleteGroup", authToken=token, id=made), "content_not_found")
fails(same("POST", "joinGroup", authToken=other, id=made), "content_not_found")

# Join, join again, leave, leave again.
group = groups[3]["id"]
assert rest("POST", "joinGroup", authToken=other, id=group) == {"success": True, "joinState": "joined"}
fails(same("POST", "joinGroup", authToken=other, id=group), "operation_not_permitted")
mine = ok(same("GET", "getGroups", context=bob))["groups"]
assert [each["id"] for each in mine] == [group] and mine[0]["memberCount"] == 2
assert rpc("leaveGroup", authToken=other, id=group) == {"success": True}
fails(same("POST", "leaveGroup", authToken=other, id=group), "operation_not_permitted")
fails(same("POST", "leaveGroup", authToken=token, id=group), "operation_not_permitted")

# What a client does wrong is told as it was then.
fails(rpc("joinGroup", authToken=other), "validation_missing_key")
fails(rpc("joinGroup", authToken=other, id=7), "validation_incorrect_type")
fails(rpc("joinGroup", authToken=other, id=group, colour="red"), "validation_extra_key")
fails(same("POST", "joinGroup", authToken=other, id="7"), "invalid_id")
fails(rpc("noSuchThing"), "system_error")
fails(rest("GET", "joinGroup", authToken=other, id=group), "invalid_request_method")
try:
    rpc("errorTest")
    raise AssertionError("errorTest is a fault")
except xmlrpc.client.Fault as fault:
    assert fault.faultCode == 42, fault
fails(same("GET", "exceptionTest"), "general_some_error")

# The evening.
assert rpc("logout", authToken=token) == {"success": True}
fails(same("GET", "checkToken", authToken=token), "user_token_invalid")
fails(rpc("deleteUser", adminPassword="wrong", login="bob"), "user_invalid_password")
ok(rpc("editUser", adminPassword=ADMIN, id=bob, lastName="Friend"))
ok(rest("POST", "deleteUser", adminPassword=ADMIN, login="bob"))
fails(same("GET", "getUserProfile", login="bob"), "user_not_found")
fails(same("GET", "checkToken", authToken=other), "user_token_invalid")
print("the day went as it should")
