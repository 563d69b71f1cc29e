"""Who may talk to the page, tried with raw HTTP on the real server."""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import time
from contextlib import ExitStack
from typing import Any

import pytest
from readers import complete
from typer.testing import CliRunner

from willing.cli import app
from willing.cli.serve import serve
from willing.errors import WillingError
from willing.web.app import listen
from willing.web.guard import Guard
from willing.web.limits import MOST_SESSIONS


def ask(port: int, *lines: str) -> str:
    """Send a request given by its lines and give the start of the answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        return connection.recv(65536).decode("latin-1")


def handshake(port: int, *headers: str) -> tuple[str, ...]:
    """Give the lines that ask for a websocket."""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        "GET /websocket/ HTTP/1.1",
        *headers,
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {key}",
    )


def status(answer: str) -> int:
    return int(answer.split()[1])


def test_page_answers_to_its_own_names(page_port: int):
    """Readers on this machine may call it by address or as localhost."""
    for name in ("127.0.0.1", "localhost"):
        assert status(ask(page_port, "GET / HTTP/1.1", f"Host: {name}:{page_port}")) == 200


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "[::", ""])
def test_foreign_host_is_refused(page_port: int, host: str):
    """A foreign name that resolves to this machine does not reach the page."""
    assert status(ask(page_port, "GET / HTTP/1.1", f"Host: {host}")) in (400, 421)


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://127.0.0.1:1"])
def test_foreign_origin_is_refused_for_pages_and_websockets(page_port: int, origin: str):
    """Scripts of another site can neither read the page nor open a session."""
    host, from_there = f"Host: 127.0.0.1:{page_port}", f"Origin: {origin}"
    assert status(ask(page_port, "GET / HTTP/1.1", host, from_there)) == 403
    assert status(ask(page_port, *handshake(page_port, host, from_there))) == 403


def test_foreign_host_is_refused_for_websockets(page_port: int):
    """A session cannot be opened under a foreign name."""
    lines = handshake(page_port, "Host: evil.example", "Origin: http://evil.example")
    assert status(ask(page_port, *lines)) == 421


def test_own_origin_opens_a_session(page_port: int):
    """The page's own script gets its websocket."""
    own = f"127.0.0.1:{page_port}"
    lines = handshake(page_port, f"Host: {own}", f"Origin: http://{own}")
    with socket.create_connection(("127.0.0.1", page_port), timeout=20) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode())
        assert status(connection.recv(4096).decode("latin-1")) == 101


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_page_takes_no_uploads(page_port: int, method: str):
    """No request may bring a file; Shiny's own upload address is closed as well."""
    line = f"{method} /session/x/upload/y HTTP/1.1"
    assert status(ask(page_port, line, f"Host: 127.0.0.1:{page_port}")) == 405


@pytest.mark.parametrize(
    "path",
    ["/../../../../etc/passwd", "/lib/willing-page-0.1.0/..%2f..%2fapp.py", "/etc/passwd"],
)
def test_no_file_but_the_pages_own_is_served(page_port: int, path: str):
    """Paths cannot climb out of the page's own files."""
    answer = ask(page_port, f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{page_port}")
    assert status(answer) in (400, 404)
    assert "root:" not in answer


def test_page_names_no_other_host(page_port: int):
    """The page loads nothing from the internet, and its policy forbids it."""
    with socket.create_connection(("127.0.0.1", page_port), timeout=20) as connection:
        connection.sendall(
            f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{page_port}\r\nConnection: close\r\n\r\n".encode()
        )
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    assert "default-src 'self'" in answer
    assert "</html>" in answer
    assert "http://" not in answer
    assert "https://" not in answer


def test_readers_are_bounded(page_port: int):
    """With as many sessions as allowed the next reader is told so; one who leaves makes room."""
    port = page_port
    own = f"Host: 127.0.0.1:{port}"

    def enter(stack: ExitStack) -> int:
        connection = stack.enter_context(socket.create_connection(("127.0.0.1", port), 20))
        connection.sendall("\r\n".join([*handshake(port, own), "", ""]).encode())
        return status(connection.recv(4096).decode("latin-1"))

    for _ in range(60):
        with ExitStack() as stack:
            if all(enter(stack) == 101 for _ in range(MOST_SESSIONS)):
                assert status(ask(port, "GET / HTTP/1.1", own)) == 503
                assert status(ask(port, *handshake(port, own))) == 503
                break
        time.sleep(0.5)  # the readers of another test are still leaving
    else:
        pytest.fail(f"{MOST_SESSIONS} readers were never let in")
    for _ in range(100):
        if status(ask(port, "GET / HTTP/1.1", own)) == 200:
            return
        time.sleep(0.1)
    pytest.fail("readers have left but the page still counts them")


def test_only_this_machine_is_served_by_default():
    """The page listens on the loopback address unless told otherwise."""
    assert serve.__defaults__ is not None
    assert serve.__defaults__[0] == "127.0.0.1"


@pytest.mark.parametrize("host", ["evil@127.0.0.1", "127.0.0.1/x", "127.0.0.1?x", "127.0.0.1#x"])
def test_a_host_is_a_name_and_nothing_else(host: str):
    """What another program may read as another host is refused."""
    guard = Guard(None, hosts=["127.0.0.1"])  # type: ignore[arg-type]
    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"host", host.encode())]}
    refusal = guard._refusal(scope)
    assert refusal is not None
    assert refusal[0] == 421


def test_further_hosts_are_allowed_by_name():
    """A name given on the command line is accepted, whatever its case; others are not."""
    guard = Guard(None, hosts=["Lab.Example"])  # type: ignore[arg-type]
    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "headers": [(b"host", b"lab.example:80")],
    }
    assert guard._refusal(scope) is None
    scope["headers"] = [(b"host", b"other.example")]
    refusal = guard._refusal(scope)
    assert refusal is not None
    assert refusal[0] == 421


@pytest.mark.parametrize("host", ["", "a/b", "lab:80", "https://lab.example.org", "a@b"])
def test_a_host_that_no_reader_could_name_is_refused(host: str):
    """It would never match, and whoever typed it would not know why."""
    with pytest.raises(WillingError, match="no name of a host"):
        Guard(None, hosts=[host])  # type: ignore[arg-type]
    assert Guard(None, hosts=["::1", "0.0.0.0", "Lab-1.example"])  # type: ignore[arg-type]


def test_port_in_use_is_reported():
    """A port that is taken gives a message that says what to do."""
    with listen("127.0.0.1", 0) as first:
        port = first.getsockname()[1]
        with pytest.raises(WillingError, match="choose another"):
            listen("127.0.0.1", port)
        result = CliRunner().invoke(app, ["serve", "--no-open", "--port", str(port)])
    assert isinstance(result.exception, WillingError)


async def _answer(guard: Guard, path: str = "/") -> dict[bytes, bytes]:
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": path, "headers": [(b"host", b"localhost")]}
    await guard(scope, None, send)  # type: ignore[arg-type]
    return dict(sent[0]["headers"])


async def _empty_page(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


def test_only_a_stated_origin_may_frame_the_page():
    """Nobody frames it unless named; what is named must be an origin and nothing more."""
    policy = complete(_answer(Guard(_empty_page)))[b"content-security-policy"]
    assert policy.endswith(b"frame-ancestors 'none'")
    lab = Guard(_empty_page, frames=["https://lab.example.org"])
    policy = complete(_answer(lab))[b"content-security-policy"]
    assert policy.endswith(b"frame-ancestors https://lab.example.org")
    for wrong in ("*", "lab.example.org", "https://lab.example.org/x", "https://a; script-src *"):
        with pytest.raises(WillingError, match="is no origin"):
            Guard(_empty_page, frames=[wrong])


@pytest.mark.parametrize(("messages", "seconds"), [(0, 0.05), (2, 0.1)])
def test_an_idle_websocket_gives_its_place_back(messages: int, seconds: float):
    """A socket that says nothing, or nothing more, is closed and no longer counted."""
    sent: list[dict[str, Any]] = []

    async def page(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["type"] != "websocket.disconnect":
            pass

    async def run() -> int:
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        for place in range(messages):
            method = "update" if place else "init"
            text = f'{{"method": "{method}", "data": {{}}}}'
            queue.put_nowait({"type": "websocket.receive", "text": text})

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        guard = Guard(page, most_idle=0.1, most_silent=0.05)
        scope = {"type": "websocket", "path": "/", "headers": [(b"host", b"localhost")]}
        begun = time.monotonic()
        await asyncio.wait_for(guard(scope, queue.get, send), 5.0)
        assert time.monotonic() - begun >= seconds
        return guard._sessions

    assert complete(run()) == 0
    assert sent[-1]["type"] == "websocket.close"
