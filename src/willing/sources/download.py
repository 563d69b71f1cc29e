"""Read a file from the web patiently: retry, resume where the server allows it, give up clearly."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from willing.errors import DataError

if TYPE_CHECKING:
    import requests

CHUNK = 1 << 16
# Answers after which asking again may help: too slow, too many requests, and the server's faults.
PASSING = (408, 429)
SERVER_FAULT = 500


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
        Seconds to wait for a connection, and for each next piece of the file.
    attempts
        How often a file is asked for before giving up.
    pause
        Seconds before the second attempt; doubled before each one after.
    """

    timeout: float = 30.0
    attempts: int = 4
    pause: float = 1.0

    def __post_init__(self) -> None:
        if self.timeout <= 0 or self.attempts < 1 or self.pause < 0:
            raise DataError(f"{self}: needs timeout > 0, attempts >= 1 and pause >= 0")


@dataclass(frozen=True)
class Downloader:
    """Download one file over HTTP; of the form that `pooch` asks of its downloaders.

    A connection that breaks or stalls is tried again from where it stopped, if the server can do
    that for a file which has not changed meanwhile, or from the beginning. Proxies are those of
    the environment.

    Attributes
    ----------
    patience
        How long to try.
    watcher
        Who is told of it.
    """

    patience: Patience
    watcher: Watcher

    def __call__(self, url: str, output_file: Any, pooch: Any) -> None:
        """Write what is at `url` to the path `output_file`.

        Raises
        ------
        DataError
            If the server refuses, or every attempt fails.
        OSError
            If the file cannot be written.
        """
        import requests

        attempts = self.patience.attempts
        with Path(output_file).open("wb") as stream, requests.Session() as session:
            validator = ""
            for attempt in range(1, attempts + 1):
                try:
                    with _ask(session, url, stream, validator, self.patience.timeout) as answer:
                        validator = _validator(answer)
                        self._write(answer, stream)
                        return
                except requests.RequestException as error:
                    why = _reason(error)
                    if attempt == attempts or not _may_pass(error):
                        raise DataError(
                            f"{url} cannot be fetched: {why} ({attempt} of {attempts} attempts, "
                            f"{stream.tell():,} bytes received)"
                        ) from error
                self.watcher.say(f"{url}: {why}; trying again ({attempt + 1} of {attempts})")
                time.sleep(self.patience.pause * 2 ** (attempt - 1))

    def _write(self, answer: requests.Response, stream: BinaryIO) -> None:
        length = answer.headers.get("Content-Length")
        total = None if length is None else stream.tell() + int(length)
        for chunk in answer.iter_content(CHUNK):
            stream.write(chunk)
            self.watcher.advance(stream.tell(), total)


def _ask(
    session: requests.Session, url: str, stream: BinaryIO, validator: str, timeout: float
) -> requests.Response:
    """Ask for the rest of a file, or for all of it, and place the stream accordingly."""
    import requests

    # What is asked for is the file as it lies there: a range of a compressed answer is no use.
    headers = {"Accept-Encoding": "identity"}
    if stream.tell() and validator:
        headers |= {"Range": f"bytes={stream.tell()}-", "If-Range": validator}
    answer = session.get(url, headers=headers, stream=True, timeout=timeout)
    answer.raise_for_status()
    if answer.status_code != requests.codes.partial_content:
        stream.seek(0)
        stream.truncate()
    return answer


def _validator(answer: requests.Response) -> str:
    """What tells later whether the file is still the same, if the server says so."""
    tag = answer.headers.get("ETag", "")
    return tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified", "")


def _may_pass(error: requests.RequestException) -> bool:
    """Whether asking again may help: not if the address is none, or the server says no."""
    if isinstance(error, ValueError):
        return False
    if error.response is None:
        return True
    status = error.response.status_code
    return status in PASSING or status >= SERVER_FAULT


def _reason(error: requests.RequestException) -> str:
    import requests

    if error.response is not None:
        return f"the server answers {error.response.status_code} {error.response.reason}"
    text = str(error)
    if isinstance(error, ValueError):
        return text
    if isinstance(error, requests.Timeout) or "timed out" in text:
        return "the connection stalled"
    if "IncompleteRead" in text:
        return "the connection closed before the end of the file"
    return f"no connection ({type(error).__name__})"
