"""Calls the service with Python's own XML-RPC client, and prints what it found as JSON."""

import json
import sys
import xmlrpc.client

base = sys.argv[1]
service = xmlrpc.client.ServerProxy(base + "/api/xmlrpc").peopleaggregator
found = {}

session = service.login({"login": "marc", "password": "marcspassword"})
found["tokenLifetime"] = session["tokenLifetime"]
token = session["authToken"]

found["joinState"] = service.joinGroup({"authToken": token, "id": "group:1234"})["joinState"]
again = service.joinGroup({"authToken": token, "id": "group:1234"})
found["again"] = [again["success"], again["code"]]

mine = service.getMyGroups({"authToken": token, "page": 1})
found["total"] = mine["totalResults"]
found["groups"] = [
    {name: group[name] for name in ("id", "name", "description", "memberCount")}
    for group in mine["groups"]
]
try:
    service.nope({})
except xmlrpc.client.Fault as fault:
    found["fault"] = [fault.faultCode, fault.faultString]

print(json.dumps(found))
