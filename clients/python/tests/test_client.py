"""Tests the client against a demonstration, whose address is in TRIVIUM_URL."""

import os
import unittest
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Literal

from trivium import Trivium, TriviumError, UnexpectedResponse, errors

Protocol = Literal["json", "xml", "xml-rpc"]

PROTOCOLS: tuple[Protocol, ...] = ("json", "xml", "xml-rpc")
URL = os.environ["TRIVIUM_URL"]
# White space at the ends, and all that a format must escape.
TEXT = " <a href='x'>&amp; \"\\ 江大学 😀\r\n\tÄ "


def code(call: Callable[[], object]) -> str:
    try:
        call()
    except TriviumError as error:
        assert type(error) is errors.BY_CODE[error.code], error
        return error.code
    raise AssertionError("it succeeded")


def story(protocol: Protocol) -> list[object]:
    """What happens, in the order in which it does. The group is as it was at the end."""
    marc = Trivium(URL, protocol=protocol)
    phil = Trivium(URL, protocol=protocol)
    told: list[object] = [marc.echo_post(TEXT), marc.echo("true"), marc.get_categories()]
    told.append(code(lambda: marc.login("marc", "wrong")))
    told.append(code(marc.get_my_groups))
    marc.token = marc.login("marc", "marcspassword").auth_token
    phil.token = phil.login("phil", "philspassword").auth_token
    told.append(marc.check_token().login)

    told.append(marc.join_group("group:1235", message=TEXT).join_state)
    told.append(code(lambda: marc.join_group("group:1235")))
    (request,) = phil.iter_join_requests("group:1235")
    told += [request.login, request.message]
    told.append(phil.approve_join_request("group:1235", "user:1"))
    names = [group.name for group in marc.iter_my_groups(results_per_page=10)]
    told += [len(names), sorted(names), list(marc.iter_groups(results_per_page=10, context="user:2"))]
    # Those who joined in the same second have no defined order.
    told.append(sorted((member.login, member.role) for member in phil.iter_members("group:1235")))
    joined_at = phil.get_member("group:1235", "user:1").joined_at
    told += [joined_at.tzinfo, abs(datetime.now(timezone.utc) - joined_at) < timedelta(hours=1)]

    told.append(phil.check_memberships(["user:1", "user:2"], ["group:1235", "group:999999"]))
    told.append([group.id for group in phil.iter_groups_in_common("user:1")])

    end = datetime(2030, 1, 31, 23, 59, 59, tzinfo=timezone(timedelta(hours=1)))
    told.append(phil.ban_member("group:1235", "user:1", reason=TEXT, until=end))
    check = marc.can_join("group:1235")
    told += [check.can_join, check.code]
    told.append(phil.unban_member("group:1235", "user:1"))
    entries = [(entry.action, entry.subject, entry.reason) for entry in phil.iter_audit_log("group:1235")]
    told.append(entries[:4])
    told.append(phil.new_invitation("group:1236", usage_limit=5).invitation.startswith("inv_"))
    told.append(phil.get_invitations("group:1236", page=1).page)
    told.append(code(lambda: phil.get_group("group:999999")))
    told.append(code(lambda: phil.get_group("1")))
    told.append(code(lambda: phil.get_members("group:1235", results_per_page=1000)))
    told.append(code(marc.error_test))
    told.append(code(marc.exception_test))
    told.append(marc.logout())
    told.append(code(marc.check_token))
    return told


class Stories(unittest.TestCase):
    maxDiff = None

    def test_values_are_equal_in_each_protocol(self) -> None:
        over_json, over_xml, over_xml_rpc = map(story, PROTOCOLS)
        self.assertEqual(over_json, over_xml)
        self.assertEqual(over_json, over_xml_rpc)
        self.assertEqual(getattr(over_json[0], "echo_text", None), TEXT)


class Calls(unittest.TestCase):
    def test_a_time_needs_a_time_zone(self) -> None:
        for protocol in PROTOCOLS:
            client = Trivium(URL, "123576abcdef6572134", protocol)
            with self.assertRaisesRegex(ValueError, "time zone"):
                client.ban_member("group:1234", "user:1", until=datetime(2030, 1, 1))

    def test_an_address_needs_a_scheme(self) -> None:
        with self.assertRaisesRegex(ValueError, "http://"):
            Trivium("127.0.0.1:8080")


class Responses(unittest.TestCase):
    """Responses that a server of the service does not send at will."""

    def respond(self, status: int, headers: dict[str, str], body: bytes, protocol: Protocol) -> Trivium:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        server = HTTPServer(("127.0.0.1", 0), Handler)
        self.addCleanup(server.server_close)
        Thread(target=server.handle_request, daemon=True).start()
        return Trivium(f"http://127.0.0.1:{server.server_port}", protocol=protocol)

    def test_a_page_of_a_proxy_is_no_response(self) -> None:
        pages = [b"<html><body>Bad gateway</body></html>", b"", b"[]", b"<p>", b"{}", b"\xff", b"null"]
        for protocol in PROTOCOLS:
            for page in pages:
                client = self.respond(502, {}, page, protocol)
                with self.assertRaises(UnexpectedResponse) as caught:
                    client.echo_post("x")
                self.assertEqual(caught.exception.status, 502)

    def test_results_of_other_types_are_no_response(self) -> None:
        for body in [b'{"success": true}', b'{"success": true, "echoText": 1}', b'{"success": "x"}']:
            with self.assertRaises(UnexpectedResponse):
                self.respond(200, {}, body, "json").echo_post("x")

    def test_a_later_server_may_have_more(self) -> None:
        later = b'{"success": true, "echoText": "x", "new": {"a": 1}}'
        self.assertEqual(self.respond(200, {}, later, "json").echo_post("x").echo_text, "x")
        unknown = b'{"success": false, "code": "new_code", "msg": "New."}'
        with self.assertRaises(TriviumError) as caught:
            self.respond(200, {}, unknown, "json").echo_post("x")
        self.assertEqual(caught.exception.code, "new_code")

    def test_the_time_to_wait_is_known(self) -> None:
        body = b'{"success": false, "code": "temporarily_unavailable", "msg": "Wait."}'
        with self.assertRaises(errors.TemporarilyUnavailable) as caught:
            self.respond(503, {"Retry-After": "7"}, body, "json").echo_post("x")
        self.assertEqual(caught.exception.retry_after, 7)


if __name__ == "__main__":
    unittest.main()
