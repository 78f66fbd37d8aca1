"""What schemathesis cannot know of the service: who calls, which secrets are good, whom and what
there is, and how answers are read that are not application/json."""

import json
import re
from xml.etree import ElementTree

import requests
import schemathesis

NOT_IN_XML = re.compile("[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff]")
ZEROS = re.compile("(?<=:)0+(?=[0-9])")

# The demonstration: its secrets, and the first number of each kind with how many follow, the last
# of which nothing has. The examples of the document become the second group and the first user.
ADMIN_PASSWORD = "adminspassword"
MARC = {"login": "marc", "password": "marcspassword", "authToken": "123576abcdef6572134"}
PHIL = {"login": "phil", "password": "philspassword", "authToken": "4312176fedcba675321"}
INVITATION = "inv_0123456789abcdef0123456789abcdef012345670e7b17ab"
SECRETS = {MARC["password"], MARC["authToken"], PHIL["authToken"]}
NUMBERS = {"group": (1234, 4), "user": (1, 3), "cat": (1, 1), "invitation": (2, 4)}
# Those that come while it runs. What ends things, ends these, so that others remain to be called.
NEW = {
    "deleteGroup": {"group": (2084, 4)},
    "transferGroup": {"group": (2084, 4)},
    "editUser": {"user": (58060, 2)},
}
JOINING = {"canJoin", "joinByInvitation", "joinGroup", "leaveGroup", "withdrawJoinRequest"}
ENDING = {"logout", "revokeToken"}


def token(case, operation):
    """The token of marc who joins, or of phil who owns the groups; what ends tokens gets a new one."""
    if operation not in ENDING:
        return (MARC if operation in JOINING else PHIL)["authToken"]
    login = case.operation.base_url + "/api/json/peopleaggregator/login"
    return requests.post(login, data=MARC, timeout=600).json()["authToken"]


def known(operation, name, given, token):
    """A value of the same form that the service knows, where one is wanted."""
    match name:
        case "authToken":
            return token
        case "prefix":
            return token[:8]
        case "invitation":
            return INVITATION
        # A membership ends in the future.
        case "until" | "memberUntil":
            return "2099-12-31T23:59:59Z"
        # Wrong passwords are counted, and soon nobody may try any more.
        case "adminPassword":
            return ADMIN_PASSWORD
        case "oldPassword" | "newPassword":
            return PHIL["password"]
        case "login" | "password" if operation == "login":
            return MARC[name]
        case "login" if operation == "deleteUser" and given == MARC["login"]:
            return "nobody"
    kind, _, number = given.partition(":")
    if name in ("id", "user", "category", "context", "invitationId") and kind in NUMBERS:
        first, count = (NUMBERS | NEW.get(operation, {}))[kind]
        return f"{kind}:{first + (int(number) + 2) % count}"
    return given


# A text of this length takes minutes to generate from its pattern.
LONG = 8192


@schemathesis.hook
def before_load_schema(_, schema):
    """Leaves out the limits of long texts, which are tested for every argument elsewhere
    (contract::lengths)."""
    places = [schema]
    while places:
        place = places.pop()
        if isinstance(place, dict):
            if isinstance(place.get("maxLength"), int) and place["maxLength"] > LONG:
                del place["maxLength"]
            places.extend(place.values())
        elif isinstance(place, list):
            places.extend(place)


@schemathesis.hook
def before_call(_, case, kwargs):
    """Puts into calls what makes them reach the operation: all of it into valid ones, and into
    others the secrets, where they have one that is but an example."""
    operation = case.path.rsplit("/")[-1]
    own = token(case, operation)
    case.headers["Authorization"] = f"Bearer {own}"
    valid = not case.meta or case.meta.generation.mode.is_positive
    for arguments in (case.query, case.body):
        for name, given in arguments.items() if isinstance(arguments, dict) else ():
            if isinstance(given, str) and (valid or given in SECRETS):
                arguments[name] = known(operation, name, given, own)
            # The service holds 1.0 to be no integer.
            elif isinstance(given, float) and valid:
                arguments[name] = int(given)


def spells_twice(ids):
    """Whether two different texts of a list are the same ID, such as user:7 and user:07."""
    ids = ids.split(",") if isinstance(ids, str) else ids if isinstance(ids, list) else ()
    texts = {text for text in ids if isinstance(text, str)}
    return len({ZEROS.sub("", text) for text in texts}) < len(texts)


@schemathesis.hook
def filter_case(_, case):
    """Leaves out what the service permits beyond the document: in JSON, null for an optional argument. What XML
    makes right: a list is what is in it, an empty text no argument, null a text, and what it cannot carry is not
    sent. And what no schema can tell: a list that has an ID twice, in two spellings."""
    for arguments in (case.query, case.body):
        given = arguments.values() if isinstance(arguments, dict) else ()
        if any(spells_twice(value) for value in given):
            return False
    if case.media_type != "application/xml":
        return not isinstance(case.body, dict) or None not in case.body.values()
    if not isinstance(case.body, dict):
        return not isinstance(case.body, list) and str(case.body).strip() != ""
    texts = (given for given in case.body.values() if isinstance(given, str))
    return None not in case.body.values() and not NOT_IN_XML.search("".join(texts))


@schemathesis.deserializer("application/x-javascript")
def javascript(_, response):
    """The historical name of JSON."""
    return json.loads(response.content)


@schemathesis.deserializer("application/xml")
def xml(context, response):
    """XML has no types: a text is what the schema wants, where it can be that."""
    schemas = context.operation.schema.raw_schema["components"]["schemas"]

    def read(element, schema):
        schema = schemas[schema["$ref"].rsplit("/")[-1]] if "$ref" in schema else schema
        kind = schema.get("type")
        if kind == "array":
            assert all(child.tag == "item" for child in element), element.tag
            return [read(child, schema["items"]) for child in element]
        if kind == "object":
            tags = [child.tag for child in element]
            assert len(tags) == len(set(tags)), f"a member twice: {tags}"
            members = schema.get("properties", {})
            return {child.tag: read(child, members.get(child.tag, {})) for child in element}
        assert len(element) == 0, element.tag
        text = element.text or ""
        if kind == "boolean":
            return {"true": True, "false": False}.get(text, text)
        if kind == "integer" and text.lstrip("-").isdecimal():
            return int(text)
        return text

    root = ElementTree.fromstring(response.content)
    namespace = schemas["Failure"]["xml"].get("namespace")
    for element in root.iter():
        element.tag = element.tag.removeprefix(f"{{{namespace}}}")
    assert root.tag == "response", root.tag
    name = context.operation.path.rsplit("/")[-1]
    done = root.findtext("success") == "true"
    return read(root, schemas[f"{name[0].upper()}{name[1:]}Result" if done else "Failure"])
