"""The three protocols: they write calls, and read responses."""

import json
import xmlrpc.client
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import datetime, timezone
from types import NoneType, UnionType
from typing import Any, Literal, Protocol, TypeVar, Union, get_args, get_origin, get_type_hints
from urllib.parse import urlencode
from xml.etree import ElementTree

Argument = str | int | bool | datetime | list[str]
"""The value of an argument. A time has a time zone."""

Value = Any
"""A part of a response, of the types that its format has."""

T = TypeVar("T")


class Fault(Exception):
    """A fault of XML-RPC."""


@dataclass(frozen=True)
class Request:
    """A request, without the token."""

    method: str
    target: str
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class WireProtocol(Protocol):
    """A protocol."""

    def request(self, verb: str, name: str, arguments: Mapping[str, Argument]) -> Request:
        """Writes a call."""

    def read(self, body: bytes) -> dict[str, Value]:
        """Reads the members of a response.

        Raises:
            Fault: It is a fault.
            ValueError: It is not well-formed.
        """


def utc(time: datetime) -> datetime:
    if time.tzinfo is None:
        raise ValueError("a time needs a time zone, such as datetime.timezone.utc")
    return time.astimezone(timezone.utc)


def text(value: Argument) -> str:
    """The value as text in addresses and XML."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return utc(value).strftime("%Y-%m-%dT%H:%M:%SZ")
        case list():
            return ",".join(value)
    return str(value)


def target(format_: str, name: str, arguments: Mapping[str, Argument]) -> str:
    query = urlencode({name: text(value) for name, value in arguments.items()})
    return f"/api/{format_}/{name.replace('.', '/')}" + (f"?{query}" if query else "")


class Json:
    """REST (JSON)."""

    def request(self, verb: str, name: str, arguments: Mapping[str, Argument]) -> Request:
        headers = {"Accept": "application/json"}
        if verb == "GET":
            return Request(verb, target("json", name, arguments), headers=headers)
        values = {name: text(it) if isinstance(it, datetime) else it for name, it in arguments.items()}
        headers["Content-Type"] = "application/json"
        return Request(verb, target("json", name, {}), json.dumps(values).encode(), headers)

    def read(self, body: bytes) -> dict[str, Value]:
        members: dict[str, Value] = json.loads(body)
        return members


class Xml:
    """REST (XML)."""

    def request(self, verb: str, name: str, arguments: Mapping[str, Argument]) -> Request:
        if verb == "GET":
            return Request(verb, target("xml", name, arguments))
        root = ElementTree.Element("request")
        for argument, value in arguments.items():
            element = ElementTree.SubElement(root, argument)
            if isinstance(value, list):
                for item in value:
                    ElementTree.SubElement(element, "item").text = item
            else:
                element.text = text(value)
        # Written as a reference, because parsers change it to a line feed.
        body = ElementTree.tostring(root).replace(b"\r", b"&#13;")
        return Request(verb, target("xml", name, {}), body, {"Content-Type": "application/xml"})

    def read(self, body: bytes) -> dict[str, Value]:
        try:
            root = ElementTree.fromstring(body)
        except ElementTree.ParseError as error:
            raise ValueError("not well-formed") from error
        if local_name(root) != "response":
            raise ValueError("not a response")
        return {local_name(child): _content(child) for child in root}


def local_name(element: ElementTree.Element) -> str:
    """The name of an element, without the namespace that one profile of the service has."""
    return element.tag.rpartition("}")[2]


def _content(element: ElementTree.Element) -> Value:
    """A list, a struct, or a text. An empty element can be any of them."""
    names = {local_name(child) for child in element}
    if names == {"item"}:
        return [_content(child) for child in element]
    if names:
        return {local_name(child): _content(child) for child in element}
    return element.text or ""


class XmlRpc:
    """XML-RPC."""

    def request(self, verb: str, name: str, arguments: Mapping[str, Argument]) -> Request:
        values = {name: self._value(value) for name, value in arguments.items()}
        body = xmlrpc.client.dumps((values,), name).replace("\r", "&#13;")
        return Request("POST", "/api/xmlrpc", body.encode(), {"Content-Type": "text/xml"})

    def read(self, body: bytes) -> dict[str, Value]:
        try:
            (members,), _ = xmlrpc.client.loads(body.decode(), use_builtin_types=True)
        except xmlrpc.client.Fault as fault:
            raise Fault(fault.faultString) from fault
        except Exception as error:
            # What it raises for malformed input is not documented.
            raise ValueError("not well-formed") from error
        found: dict[str, Value] = _of(members, dict)
        return found

    @staticmethod
    def _value(value: Argument) -> Any:
        if isinstance(value, datetime):
            return xmlrpc.client.DateTime(utc(value).strftime("%Y%m%dT%H:%M:%S"))
        return value


PROTOCOLS: dict[str, WireProtocol] = {"json": Json(), "xml": Xml(), "xml-rpc": XmlRpc()}
"""The protocols by their names."""


def convert(value: Value, hint: type[T]) -> T:
    """Converts a part of a response to the declared type. Members that are not declared are ignored, and a new word
    is permitted where there are several, so that a later server can have more of both.

    Raises:
        ValueError: It does not have the type.
    """
    return _convert(value, hint)  # type: ignore[no-any-return]


def _convert(value: Value, hint: Any) -> Any:
    origin = get_origin(hint)
    if origin in (Union, UnionType):
        (inner,) = (it for it in get_args(hint) if it is not NoneType)
        return _convert(value, inner)
    if origin is Literal:
        hint = str
    if origin is list:
        (inner,) = get_args(hint)
        return [_convert(item, inner) for item in _of(value or [], list)]
    if is_dataclass(hint):
        return _struct(_of(value or {}, dict), hint)
    match value:
        case str() if hint is bool and value in ("true", "false"):
            return value == "true"
        case str() if hint is int:
            return int(value)
        case str() if hint is datetime:
            return datetime.fromisoformat(value.removesuffix("Z")).replace(tzinfo=timezone.utc)
        case datetime() if hint is datetime:
            return value.replace(tzinfo=timezone.utc)
    return _of(value, hint)


def _of(value: Value, type_: Any) -> Any:
    if type(value) is not type_:
        raise ValueError(f"{type_.__name__} expected")
    return value


def _struct(members: dict[str, Value], type_: Any) -> Any:
    hints = get_type_hints(type_)
    values = {}
    for declared in fields(type_):
        sent = camel(declared.name)
        if sent in members:
            values[declared.name] = _convert(members[sent], hints[declared.name])
        elif declared.default is MISSING:
            raise ValueError(f"{sent} is missing")
    return type_(**values)


def camel(name: str) -> str:
    """The name of a member in responses."""
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
