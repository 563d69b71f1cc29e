"""A local web server with the published files and, on request, the faults of real ones."""

from __future__ import annotations

import hashlib
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

# Longer than any test waits for the server.
FOREVER = 20.0


class Mirror(ThreadingHTTPServer):
    """Serves a folder; knows ranges.

    Attributes
    ----------
    faults
        What to do wrong, by file: one fault for each of the next requests. ``missing`` (404),
        ``broken`` (503), ``wrong`` (other bytes), ``cut`` (half of what was promised), ``stall``
        (half, then nothing), ``early`` (some hundred bytes of what was promised), ``drip`` (a
        byte every tenth of a second), ``endless`` (no length, and no end), ``length`` (one that
        is no number), ``part`` (another part than asked for), ``encoded`` (said to be
        compressed), ``changed`` (like no fault, but as a new version), ``plain`` (knows no
        ranges).
    answers
        The status of every answer with content, in order.
    half
        Set once half of a stalled file has been sent.
    """

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.folder = folder
        self.faults: dict[str, list[str]] = defaultdict(list)
        self.answers: list[int] = []
        self.half = threading.Event()
        self.closing = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    server: Mirror

    def do_GET(self) -> None:
        # A proxy is asked for the whole address.
        file = unquote(urlsplit(self.path).path).lstrip("/")
        faults = self.server.faults[file]
        fault = faults.pop(0) if faults else ""
        if fault in ("missing", "broken") or not (self.server.folder / file).is_file():
            self.send_error(503 if fault == "broken" else 404)
            return
        content = (self.server.folder / file).read_bytes()
        if fault == "wrong":
            content = content[:-1] + b"?"
        self.answer(content, fault)

    def answer(self, content: bytes, fault: str) -> None:
        version = b"2" if fault == "changed" else b"1"
        tag = f'"{hashlib.sha256(content + version).hexdigest()}"'
        asked = self.headers.get("Range")
        start = 0
        if asked and fault != "plain" and self.headers.get("If-Range") == tag:
            start = int(asked.removeprefix("bytes=").rstrip("-"))
        self.server.answers.append(206 if start else 200)
        self.send_response(self.server.answers[-1])
        if fault == "part":
            start += 10
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        if fault == "encoded":
            self.send_header("Content-Encoding", "gzip")
        if fault != "endless":
            length = len(content) - start
            self.send_header("Content-Length", "abc" if fault == "length" else str(length))
        if fault != "plain":
            self.send_header("ETag", tag)
        self.end_headers()
        body = content[start:]
        try:
            if fault == "drip":
                for at in range(len(body)):
                    self.wfile.write(body[at : at + 1])
                    if self.server.closing.wait(0.1):
                        return
            while fault == "endless" and not self.server.closing.is_set():
                self.wfile.write(body)
            share = {"cut": len(body) // 2, "stall": len(body) // 2, "early": 500}
            self.wfile.write(body[: share.get(fault, len(body))])
            self.wfile.flush()
            if fault == "stall":
                self.server.half.set()
                self.server.closing.wait(FOREVER)
        except (BrokenPipeError, ConnectionResetError):
            pass

    def log_message(self, *arguments: object) -> None:
        """Keep quiet."""


@contextmanager
def serving(folder: Path) -> Iterator[Mirror]:
    """Serve a folder while the block runs."""
    server = Mirror(folder)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


def contents(folder: Path) -> dict[str, str]:
    """Everything in a folder, folders too, by its path."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        if path.is_file()
        else "folder"
        for path in sorted(folder.rglob("*"))
    }


def wait_for(event: threading.Event) -> None:
    """Wait for something to happen in the server."""
    if not event.wait(FOREVER):
        raise TimeoutError("the server was not asked")
    time.sleep(0.05)
