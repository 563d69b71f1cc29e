"""Who may talk to the page: an ASGI layer around it that refuses everybody else."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

from willing.errors import WillingError
from willing.texts import quoted
from willing.web.limits import MOST_IDLE, MOST_SESSIONS, MOST_SILENT

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

# Everything comes from the page itself.
_POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline'; "
    "script-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors "
)
_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_ORIGIN = re.compile(r"https?://(\[[0-9a-f:]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", re.IGNORECASE)

# Kinds of input that Shiny's script marks, as in `name:kind`; the page's own fields have none.
_KINDS = ("shiny.action", "shiny.number", "shiny.date", "shiny.datetime", "shiny.symbol")


class Guard:
    """Refuse foreign requests, anything but reading, nonsense, and more sessions than allowed.

    A page of another site cannot reach this one: not by its own name resolved to this machine
    (`Host`), nor by a request or websocket from its scripts (`Origin`). The page takes no posts;
    scenario files come as text through the session.

    Parameters
    ----------
    application
        The page.
    hosts
        Names by which readers may address it, besides those of the machine itself.
    frames
        Origins whose pages may show it in a frame; by default none.
    most_sessions
        How many websockets may be open.
    most_idle, most_silent
        Seconds without a message after which a websocket is closed, and before its first.

    Raises
    ------
    WillingError
        If a text of `frames` is no origin, or one of `hosts` no name of a host.
    """

    def __init__(
        self,
        application: Application,
        *,
        hosts: Iterable[str] = (),
        frames: Iterable[str] = (),
        most_sessions: int = MOST_SESSIONS,
        most_idle: float = MOST_IDLE,
        most_silent: float = MOST_SILENT,
    ) -> None:
        frames = list(frames)
        for origin in frames:
            if not _ORIGIN.fullmatch(origin):
                raise WillingError(
                    f"{quoted(origin)} is no origin; write scheme and name only, as in "
                    "https://lab.example.org"
                )
        hosts = [host.lower() for host in hosts]
        for host in hosts:
            if _host(f"//[{host}]" if ":" in host else f"//{host}") != host:
                raise WillingError(
                    f"{quoted(host)} is no name of a host; write it without scheme, port and "
                    "path, as in lab.example.org"
                )
        policy = _POLICY + (" ".join(frames) or "'none'")
        self._headers = [(b"content-security-policy", policy.encode()), *_HEADERS]
        self._idle, self._silent = most_idle, most_silent
        self._application = application
        self._hosts = LOOPBACK | set(hosts)
        self._most_sessions = most_sessions
        self._sessions = 0

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or pass it on."""
        if scope["type"] == "lifespan":
            await self._application(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None:
            await _refuse(scope, send, *refusal)
        elif scope["type"] == "websocket":
            self._sessions += 1
            try:
                await self._application(scope, self._patient(receive, send), send)
            finally:
                self._sessions -= 1
        else:
            await self._application(scope, receive, self._with_headers(send))

    def _patient(self, receive: Receive, send: Send) -> Receive:
        """Close a websocket whose reader is not there any more, or talks nonsense."""
        heard = False

        async def receiving() -> Message:
            nonlocal heard
            try:
                message = await asyncio.wait_for(receive(), self._idle if heard else self._silent)
            except TimeoutError:
                await send({"type": "websocket.close", "code": 1001, "reason": "idle"})
                return {"type": "websocket.disconnect", "code": 1001}
            if message["type"] == "websocket.receive":
                if not understood(message.get("text"), first=not heard):
                    await send(
                        {"type": "websocket.close", "code": 1008, "reason": "not understood"}
                    )
                    return {"type": "websocket.disconnect", "code": 1008}
                heard = True
            return message

        return receiving

    def _with_headers(self, send: Send) -> Send:
        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *self._headers]}
            await send(message)

        return sending

    def _refusal(self, scope: Message) -> tuple[int, str] | None:
        """Give the status and reason of a refusal, or None."""
        headers = [(name.lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        hosts = [value for name, value in headers if name == b"host"]
        if len(hosts) != 1 or _host(f"//{hosts[0]}") not in self._hosts:
            return 421, "this page answers to its own name only"
        for name, value in headers:
            if name == b"origin" and value.lower() not in (
                f"http://{hosts[0]}".lower(),
                f"https://{hosts[0]}".lower(),
            ):
                return 403, "requests from other sites are refused"
        if scope["type"] == "http" and scope["method"] not in ("GET", "HEAD"):
            return 405, "this page takes no uploads"
        full = self._sessions >= self._most_sessions
        if full and (scope["type"] == "websocket" or scope["path"] == "/"):
            return 503, f"{self._most_sessions} readers are here already; try again later"
        return None


def _host(address: str) -> str | None:
    try:
        parts = urlsplit(address)
        # A name and perhaps a port; nothing that another program may read as a host.
        bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
        return parts.hostname if bare else None
    except ValueError:
        return None


async def _refuse(scope: Message, send: Send, status: int, reason: str) -> None:
    body = reason.encode() + b"\n"
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
    ]
    kind = "http.response"
    if scope["type"] == "websocket":
        if "websocket.http.response" not in scope.get("extensions", {}):
            await send({"type": "websocket.close", "code": 1008, "reason": reason})
            return
        kind = "websocket.http.response"
    await send({"type": f"{kind}.start", "status": status, "headers": headers})
    await send({"type": f"{kind}.body", "body": body})


def understood(text: object, *, first: bool) -> bool:
    """Say whether a message is one that the page's script sends.

    Parameters
    ----------
    text
        The message.
    first
        Whether it is a session's first, which opens it.
    """
    if not isinstance(text, str):
        return False
    try:
        message: Any = json.loads(text)
    except (ValueError, RecursionError):
        return False
    if not isinstance(message, dict) or not isinstance(message.get("data"), dict):
        return False
    if message.get("method") != ("init" if first else "update"):
        return False
    return all(_is_input(name, value) for name, value in message["data"].items())


def _is_input(name: str, value: Any) -> bool:
    bare, _, kind = name.partition(":")
    if kind and kind not in _KINDS:
        return False
    # What the browser tells of itself is taken at its word further on.
    if bare.startswith(".clientdata_output_"):
        return isinstance(value, bool | int | float | str | list | dict | None)
    return bare.replace("-", "").replace("_", "").replace(".", "").isalnum() and bare.isascii()
