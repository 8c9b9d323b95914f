"""The door: what is refused before anything is read, and the headers that every answer carries.

A page of somebody else's may not speak to the pages through the officer's browser: a name that was pointed at this
machine (DNS rebinding) fails by its ``Host``, a foreign form by its ``Origin``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping

    Scope = MutableMapping[str, Any]
    Message = MutableMapping[str, Any]
    Receive = Callable[[], Awaitable[Message]]
    Send = Callable[[Message], Awaitable[None]]
    App = Callable[[Scope, Receive, Send], Awaitable[None]]

LARGEST = 25 * 2**20
"""Bytes of a request at most: an article or a workbook."""
LONGEST = 20
"""Digits of a length that are read at most."""
SAFE = ("GET", "HEAD", "OPTIONS")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "frame-src 'self'"
)
"""Nothing but our own files, and no script or style within a page."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "geolocation=(), camera=(), microphone=(), payment=(), usb=()",
    "cache-control": "no-store",
}


@dataclass(frozen=True)
class Address:
    """Where the pages are: what a browser may say of it.

    Attributes
    ----------
    hosts
        Values of ``Host`` that are ours.
    origins
        Values of ``Origin`` that are ours.
    secure
        Whether browsers come over TLS (a proxy's).
    """

    hosts: frozenset[str]
    origins: frozenset[str]
    secure: bool = False


def local_address(port: int) -> Address:
    """Of a server on this machine alone."""
    hosts = frozenset(f"{name}:{port}" for name in ("127.0.0.1", "localhost", "[::1]"))
    return Address(hosts, frozenset(f"http://{host}" for host in hosts))


def public_address(url: str, port: int) -> Address:
    """Of a server behind a proxy, as its address is written; the machine itself may ask too."""
    parts = urlsplit(url)
    local = local_address(port)
    ours = frozenset({parts.netloc.lower()})
    origins = frozenset({f"{parts.scheme}://{parts.netloc}".lower()})
    return Address(ours | local.hosts, origins | local.origins, secure=parts.scheme == "https")


class TooLargeError(HTTPException):
    """A request goes on after the most that is taken."""

    def __init__(self) -> None:
        super().__init__(413, f"larger than {LARGEST // 2**20} MB")


class Door:
    """Refuses what is not ours, and gives every answer its headers.

    Parameters
    ----------
    app
        What stands behind it.
    address
        Where the pages are.
    """

    def __init__(self, app: App, address: Address) -> None:
        self._app, self._address = app, address

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def with_headers(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                held = {name.lower() for name, _ in message["headers"]}
                own = [(k.encode(), v.encode()) for k, v in HEADERS.items() if k.encode() not in held]
                message = {**message, "headers": [*message["headers"], *own]}
            await send(message)

        refused = self._refusal(scope)
        if refused is not None:
            await _refuse(with_headers, *refused)
            return
        try:
            await self._app(scope, _measured(receive), with_headers)
        except TooLargeError:
            if not begun:
                await _refuse(with_headers, 413, f"larger than {LARGEST // 2**20} MB")

    def _refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Why a request is refused by its head alone; None where it is not."""
        given: dict[bytes, list[bytes]] = {}
        for name, value in scope["headers"]:
            given.setdefault(name.lower(), []).append(value)
        hosts = [value.decode("latin-1").lower() for value in given.get(b"host", [])]
        if len(hosts) != 1 or hosts[0] not in self._address.hosts:
            return 421, "this address is not of these pages"
        if scope["method"] not in SAFE:
            origins = [value.decode("latin-1").lower() for value in given.get(b"origin", [])]
            if any(origin not in self._address.origins for origin in origins) or len(origins) > 1:
                return 403, "the request comes from a page of somebody else's"
            site = given.get(b"sec-fetch-site", [b"same-origin"])[0]
            if site not in (b"same-origin", b"none"):
                return 403, "the request comes from a page of somebody else's"
        length = given.get(b"content-length", [b"0"])[0]
        if not length.isdigit() or len(length) > LONGEST or int(length) > LARGEST:
            return 413, f"larger than {LARGEST // 2**20} MB"
        return None


def _measured(receive: Receive) -> Receive:
    """What gives the parts of a request, as long as they are not too large together."""
    so_far = 0

    async def measure() -> Message:
        nonlocal so_far
        message = await receive()
        so_far += len(message.get("body", b""))
        if so_far > LARGEST:
            raise TooLargeError
        return message

    return measure


async def _refuse(send: Send, status: int, message: str) -> None:
    body = json.dumps({"error": message}).encode()
    head = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": body})
