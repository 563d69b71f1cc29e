"""Standard output and error as they may be: closed, full, or unable to show every character."""

from __future__ import annotations

import io
import os
import sys

from willing.texts import printable


def make_safe() -> None:
    """Replace what a stream cannot show, and open one that is closed on the null device.

    Otherwise the next file opened would take the place of a closed standard output, and be
    written over by whatever prints to it.
    """
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, _null(number, mode))
        elif isinstance(stream, io.TextIOWrapper) and mode == "w":
            stream.reconfigure(errors="replace")


def complain(message: str) -> None:
    """Print what went wrong to standard error, as one says it who may have no terminal."""
    try:
        print(f"willing: {printable(message)}", file=sys.stderr, flush=True)
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
