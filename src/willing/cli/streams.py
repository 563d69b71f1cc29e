"""Standard output and error as they may be: closed, full, or unable to show every character.

Whatever is printed may quote a file, so control characters are shown, and none reaches a terminal.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Any, TextIO

from willing.escapes import printable


class Shown:
    """A stream that shows control characters as escapes.

    Attributes
    ----------
    unescaped
        The stream itself, for those who colour what they print.
    """

    def __init__(self, stream: TextIO) -> None:
        self.unescaped = stream

    def write(self, text: str) -> int:
        self.unescaped.write(text if text.isprintable() else printable(text))
        return len(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.unescaped, name)


def make_safe() -> None:
    """Show control characters, and replace other characters that a stream cannot show.

    A stream that is closed is opened on the null device. Otherwise the next file opened would take
    the place of a closed standard output, and be written over by whatever prints to it.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, _null(number, mode))
        elif mode == "w":
            if isinstance(stream, io.TextIOWrapper):
                stream.reconfigure(errors="replace")
            setattr(sys, name, Shown(stream))


def complain(message: str) -> None:
    """Print what went wrong to standard error, as one says it who may have no terminal."""
    try:
        print(f"willing: {message}", file=sys.stderr, flush=True)
    except OSError:
        _discard(2)


def close(code: int) -> int:
    """Write out what is buffered, and give the exit code: 2 where that fails, 1 for a closed pipe.

    Python would do it after this, where nobody can catch the error.
    """
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _discard(1)
        return code or 1
    except OSError as error:
        _discard(1)
        complain(f"the results cannot be written: {error.strerror or error}")
        return code or 2
    return code


def _null(number: int, mode: str) -> io.TextIOWrapper:
    """Open the null device under the file number of a stream."""
    device = os.open(os.devnull, os.O_RDWR)
    if device != number:
        os.dup2(device, number)
        os.close(device)
    return os.fdopen(number, mode, encoding="utf-8", errors="replace")  # type: ignore[return-value]


def _discard(number: int) -> None:
    """Let what is still buffered go nowhere, so that Python's own attempt at the end succeeds."""
    device = os.open(os.devnull, os.O_WRONLY)
    os.dup2(device, number)
    os.close(device)
