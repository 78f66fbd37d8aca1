"""The client: sends calls over HTTP, and converts responses to results and exceptions."""

import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPSConnection
from typing import Literal, TypeVar
from urllib.parse import urlsplit

from . import wire
from .base import TriviumError, UnexpectedResponse
from .errors import BY_CODE
from .operations import Operations

Result = TypeVar("Result")


class Trivium(Operations):
    """A client of a server.

    Calls are independent: each has a connection of its own, so threads can share a client. A call that cannot reach
    the server raises `OSError` or `http.client.HTTPException`.

    Args:
        url: The address of the server, such as `https://groups.example`.
        token: The token of the caller, which `login` returns. It can be set later.
        protocol: The protocol of the calls. The results are the same in each.
        timeout: Seconds to wait for the connection, and for each part of a response.
        context: For TLS, if the default of Python is not right.
    """

    def __init__(
        self,
        url: str,
        token: str | None = None,
        protocol: Literal["json", "xml", "xml-rpc"] = "json",
        *,
        timeout: float = 60,
        context: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or parts.hostname is None:
            raise ValueError("the address of a server begins with http:// or https://")
        self.token = token
        self._is_secure = parts.scheme == "https"
        self._host, self._port = parts.hostname, parts.port
        self._prefix = parts.path.rstrip("/")
        self._protocol = wire.PROTOCOLS[protocol]
        self._timeout = timeout
        self._context = context

    def _connect(self) -> HTTPConnection:
        if self._is_secure:
            return HTTPSConnection(self._host, self._port, timeout=self._timeout, context=self._context)
        return HTTPConnection(self._host, self._port, timeout=self._timeout)

    def _call(
        self, verb: str, name: str, result: type[Result], arguments: Mapping[str, wire.Argument | None]
    ) -> Result:
        given = {name: value for name, value in arguments.items() if value is not None}
        request = self._protocol.request(verb, f"peopleaggregator.{name}", given)
        headers = dict(request.headers)
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        connection = self._connect()
        try:
            connection.request(request.method, self._prefix + request.target, request.body, headers)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        retry_after = response.headers.get("Retry-After", "")
        try:
            value = self._protocol.read(body)
            if wire.convert(value.get("success"), bool):
                return wire.convert(value, result)
            code, message = str(value["code"]), str(value["msg"])
        except wire.Fault as fault:
            # The code of a fault is only in the link to its page.
            link = response.headers.get("Link", "").partition(">")[0]
            code, message = link.rpartition("/")[2] or "general_some_error", str(fault)
        except ValueError as error:
            raise UnexpectedResponse(response.status) from error
        except (KeyError, AttributeError, TypeError) as error:
            raise UnexpectedResponse(response.status) from error
        exception = BY_CODE.get(code, TriviumError)
        raise exception(code, message, int(retry_after) if retry_after.isdecimal() else None)
