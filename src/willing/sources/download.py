"""Read a file from the web patiently: retry, resume where the server allows it, give up clearly."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from willing.errors import DataError
from willing.texts import quoted

if TYPE_CHECKING:
    import requests

CHUNK = 1 << 16
# Answers after which asking again may help: too slow, too many requests, and the server's faults.
PASSING = (408, 429)
SERVER_FAULT = 500
# Bytes a second below which a connection is as good as stalled: the largest source known, some
# 3 MB, would take an hour.
SLOWEST = 1000
# A day, and more attempts than their pauses leave time for.
_LONGEST, _MOST_ATTEMPTS = 86_400, 16


class Watcher(Protocol):
    """Somebody who is told how a download goes."""

    def advance(self, received: int, total: int | None) -> None:
        """Take note of the bytes received so far, of how many if that is known."""

    def say(self, text: str) -> None:
        """Take note of something that went wrong and will be tried again."""


class Silence:
    """A watcher who does nothing."""

    def advance(self, received: int, total: int | None) -> None:
        """Do nothing."""

    def say(self, text: str) -> None:
        """Do nothing."""


@dataclass(frozen=True)
class Patience:
    """How long to wait for a server, and how often to ask.

    Attributes
    ----------
    timeout
        Seconds to wait for a connection, and for each next piece of the file. A connection that
        brings less than `SLOWEST` bytes a second over such a span has stalled too.
    attempts
        How often a file is asked for before giving up.
    pause
        Seconds before the second attempt; doubled before each one after.
    deadline
        Seconds for a file altogether, all attempts and pauses counted.
    """

    timeout: float = 30.0
    attempts: int = 4
    pause: float = 1.0
    deadline: float = 3600.0

    def __post_init__(self) -> None:
        spans = (self.timeout, self.deadline)
        if not (
            all(0.0 < span <= _LONGEST for span in spans)
            and 1 <= self.attempts <= _MOST_ATTEMPTS
            and 0.0 <= self.pause <= _LONGEST
        ):
            raise DataError(
                f"{self}: needs timeout > 0 and deadline > 0, pause >= 0, each at most "
                f"{_LONGEST:,} seconds, and attempts from 1 to {_MOST_ATTEMPTS}"
            )


class _BrokenError(Exception):
    """An answer that is not to be used; another one from the beginning may be."""


class _CutError(Exception):
    """An answer that ended early or became too slow; it may be gone on with."""


@dataclass(frozen=True)
class Downloader:
    """Download one file over HTTP; of the form that `pooch` asks of its downloaders.

    A connection that breaks or stalls is tried again from where it stopped, if the server can do
    that for a file which has not changed meanwhile, or from the beginning. Proxies are those of
    the environment. The bytes are kept as they are sent: a checksum is to tell whether they are
    the file.

    Attributes
    ----------
    patience
        How long to try.
    watcher
        Who is told of it.
    most
        Bytes that the file may have.
    """

    patience: Patience
    watcher: Watcher
    most: int = 1 << 30

    def __call__(self, url: str, output_file: Any, pooch: Any) -> None:
        """Write what is at `url` to the path `output_file`.

        Raises
        ------
        DataError
            If the server refuses or sends too much, or every attempt fails.
        OSError
            If the file cannot be written.
        """
        import requests
        import urllib3

        failures = (
            requests.RequestException,
            urllib3.exceptions.HTTPError,
            _BrokenError,
            _CutError,
        )
        attempts, end = self.patience.attempts, time.monotonic() + self.patience.deadline
        with Path(output_file).open("wb") as stream, requests.Session() as session:
            validator = ""
            for attempt in range(1, attempts + 1):
                try:
                    with _ask(session, url, stream, validator, self.patience.timeout) as answer:
                        validator = _validator(answer)
                        self._write(answer, stream, end)
                        return
                except failures as error:
                    if isinstance(error, _BrokenError):
                        validator = ""  # from the beginning
                    why, again = _reason(error), _may_pass(error)
                    pause = self.patience.pause * 2 ** (attempt - 1)
                    late = time.monotonic() + pause >= end
                    if attempt == attempts or late or not again:
                        more = f"; {self.patience.deadline:g} seconds are over" if late else ""
                        raise DataError(
                            f"{url} cannot be fetched: {why} ({attempt} of {attempts} attempts, "
                            f"{stream.tell():,} bytes received{more})"
                        ) from error
                self.watcher.say(f"{url}: {why}; trying again ({attempt + 1} of {attempts})")
                time.sleep(pause)

    def _write(self, answer: requests.Response, stream: BinaryIO, end: float) -> None:
        """Write the body of an answer as it arrives."""
        length = answer.headers.get("Content-Length")
        if length is not None and not length.isdecimal():
            raise _BrokenError(f"the server gives the length {quoted(length)}")
        total = None if length is None else stream.tell() + int(length)
        if total is not None and total > self.most:
            raise DataError(
                f"{answer.url} has {total:,} bytes, more than the {self.most:,} expected"
            )
        began, before = time.monotonic(), stream.tell()
        # Each piece as it comes: what waits in a buffer when a connection breaks is lost.
        while chunk := answer.raw.read1(CHUNK, decode_content=False):
            if stream.tell() + len(chunk) > self.most:
                raise DataError(f"{answer.url} sends more than the {self.most:,} bytes expected")
            stream.write(chunk)
            self.watcher.advance(stream.tell(), total)
            now = time.monotonic()
            if now > end:
                raise _CutError("the connection is too slow")
            if now - began > self.patience.timeout:
                if stream.tell() - before < SLOWEST * (now - began):
                    raise _CutError("the connection stalled")
                began, before = now, stream.tell()
        if total is not None and stream.tell() < total:
            raise _CutError("the connection closed before the end of the file")


def _ask(
    session: requests.Session, url: str, stream: BinaryIO, validator: str, timeout: float
) -> requests.Response:
    """Ask for the rest of a file, or for all of it, and place the stream accordingly."""
    import requests

    # What is asked for is the file as it lies there: a range of a compressed answer is no use.
    headers = {"Accept-Encoding": "identity"}
    start = stream.tell()
    if start and validator:
        headers |= {"Range": f"bytes={start}-", "If-Range": validator}
    answer = session.get(url, headers=headers, stream=True, timeout=timeout)
    ranged = "Range" in headers
    if ranged and answer.status_code == requests.codes.requested_range_not_satisfiable:
        raise _BrokenError("the server cannot give the rest")
    answer.raise_for_status()
    if answer.status_code != requests.codes.partial_content:
        stream.seek(0)
        stream.truncate()
    elif not ranged or not answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        raise _BrokenError("the server gives another part of the file than was asked for")
    return answer


def _validator(answer: requests.Response) -> str:
    """What tells later whether the file is still the same, if the server says so."""
    tag = answer.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified", "")


def _may_pass(error: Exception) -> bool:
    """Whether asking again may help: not if the address is none, or the server says no."""
    if isinstance(error, ValueError):
        return False
    response = getattr(error, "response", None)
    if response is None:
        return True
    return response.status_code in PASSING or response.status_code >= SERVER_FAULT


def _reason(error: Exception) -> str:
    import requests

    if isinstance(error, _BrokenError | _CutError):
        return str(error)
    response = getattr(error, "response", None)
    if response is not None:
        return f"the server answers {response.status_code} {quoted(response.reason)[1:-1]}"
    text = str(error)
    if isinstance(error, ValueError):
        return text
    if isinstance(error, requests.Timeout) or "timed out" in text:
        return "the connection stalled"
    if "IncompleteRead" in text:
        return "the connection closed before the end of the file"
    return f"no connection ({type(error).__name__})"
