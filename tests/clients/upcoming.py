"""A client of Upcoming, written from its documentation: calls every method, in XML and in JSON,
and prints what it found as JSON."""

import http.cookiejar
import json
import sys
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree
from html.parser import HTMLParser

POST = {"group.add", "group.edit", "group.join", "group.leave"}


class UpcomingError(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status, self.message = status, message


class Upcoming:
    def __init__(self, base, api_key):
        self.base, self.api_key, self.token = base, api_key, None
        self.status = None

    def request(self, method, arguments):
        arguments = dict(arguments, method=method, api_key=self.api_key)
        if self.token:
            arguments.setdefault("token", self.token)
        query = urllib.parse.urlencode(arguments)
        url = self.base + "/services/rest/"
        try:
            if method in POST:
                answer = urllib.request.urlopen(url, query.encode())
            else:
                answer = urllib.request.urlopen(url + "?" + query)
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            self.status = answer.status
            return answer.read()

    def call(self, method, **arguments):
        """The elements of an answer, read from XML."""
        document = xml.etree.ElementTree.fromstring(self.request(method, arguments))
        assert document.tag == "rsp" and document.get("version") == "1.0"
        if document.get("stat") == "fail":
            raise UpcomingError(self.status, document.find("error").get("msg"))
        return [dict(element.attrib) for element in document]

    def call_json(self, method, **arguments):
        """The same, read from JSON, every value as text."""
        document = json.loads(self.request(method, dict(arguments, format="json")))["rsp"]
        assert document.pop("version") == 1
        if document.pop("stat") == "fail":
            raise UpcomingError(self.status, document["error"]["msg"])
        lists = list(document.values())
        assert len(lists) < 2
        return [{k: str(v) for k, v in row.items()} for row in (lists[0] if lists else [])]


class Form(HTMLParser):
    """The first form of a page, and the code that it shows."""

    def __init__(self, text):
        super().__init__()
        self.action, self.fields, self.code, self.inside = None, {}, "", False
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.action = attributes["action"]
        elif tag == "input":
            self.fields[attributes["name"]] = attributes.get("value", "")
        self.inside = tag == "code"

    def handle_data(self, data):
        if self.inside:
            self.code += data.strip()


def sign_in(base, api_key, login, password):
    """What a person does in a browser; answers the frob that the page shows."""
    browser = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    address = base + "/services/auth/?api_key=" + api_key
    form = Form(browser.open(address).read().decode())
    fields = dict(form.fields, login=login, password=password)
    target = urllib.parse.urljoin(address, form.action)
    page = browser.open(target, urllib.parse.urlencode(fields).encode())
    return Form(page.read().decode()).code


def refusal(call, *arguments, **named):
    try:
        call(*arguments, **named)
    except UpcomingError as error:
        return [error.status, error.message]


base = sys.argv[1]
upcoming = Upcoming(base, "demo0demo0")
found = {}

frob = sign_in(base, "demo0demo0", "marc", "marcspassword")
[token] = upcoming.call("auth.getToken", frob=frob)
found["user"] = token["user_username"]
found["used up"] = refusal(upcoming.call, "auth.getToken", frob=frob)
upcoming.token = token["token"]
assert upcoming.call("auth.checkToken") == upcoming.call_json("auth.checkToken") == [token]

mine = upcoming.call("group.getMyGroups")
assert mine == upcoming.call_json("group.getMyGroups")
found["groups"] = [[int(group["id"]), group["name"], group["description"]] for group in mine]

[joined] = upcoming.call("group.join", group_id=1234)
found["joined"] = [upcoming.status, joined["num_members"]]
found["again"] = refusal(upcoming.call, "group.join", group_id=1234)
found["asked"] = [(upcoming.call("group.join", group_id=1235), upcoming.status)[1] for _ in "12"]
found["private"] = refusal(upcoming.call_json, "group.join", group_id=1236)
members = upcoming.call("group.getMembers", group_id=1234)
assert members == upcoming.call_json("group.getMembers", group_id=1234)
found["members"] = [[user["username"], user["is_admin"]] for user in members]

[made] = upcoming.call_json("group.add", name="Café & 江", description="a\r\nb", is_private=1)
[edited] = upcoming.call("group.edit", group_id=made["id"], moderation_level="MODERATED")
[seen] = upcoming.call("group.getInfo", group_id=made["id"])
assert seen == edited
found["made"] = [seen["name"], seen["description"], seen["is_private"], seen["moderation_level"]]
found["left"] = upcoming.call("group.leave", group_id=made["id"])
found["gone"] = refusal(upcoming.call, "group.getInfo", group_id=made["id"])

[marc] = upcoming.call("user.getInfoByUsername", username="marc")
assert [marc] == upcoming.call("user.getInfo", user_id=marc["id"])
found["name"] = marc["name"]
found["nobody"] = refusal(upcoming.call, "user.getInfoByEmail", email="nobody@example.org")

print(json.dumps(found))
