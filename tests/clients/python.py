"""Calls the service with Python's own XML-RPC client, and prints what it found as JSON."""

import json
import sys
import xmlrpc.client

base = sys.argv[1]
proxy = xmlrpc.client.ServerProxy(base + "/api/xmlrpc")
service = proxy.peopleaggregator
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

methods = proxy.system.listMethods()
found["methods"] = len(methods)
found["signature"] = proxy.system.methodSignature("peopleaggregator.joinGroup")
found["help"] = proxy.system.methodHelp("peopleaggregator.joinGroup").split("\n")[0]
found["faults"] = proxy.system.getCapabilities()["faults_interop"]["specVersion"]

calls = xmlrpc.client.MultiCall(proxy)
calls.peopleaggregator.checkToken({"authToken": token})
calls.peopleaggregator.joinGroup({"authToken": token, "id": "group:1234"})
calls.peopleaggregator.nope({})
answers = calls()
found["several"] = [answers[0]["login"], answers[1]["code"]]
try:
    answers[2]
except xmlrpc.client.Fault as fault:
    found["several"].append(fault.faultCode)

print(json.dumps(found))
