"""Read TOML that may be anything: bounded in size and depth, and never a traceback."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

from willing.errors import DataError

# Some 40,000 partners; larger files are a mistake, and would take minutes to solve.
MOST_BYTES = 4_000_000
# Scenario files need three levels.
MOST_LEVELS = 20
# The parser takes quadratic time in the parts of a dotted key.
_LONG_KEY = re.compile(r"""(?:[\w"'-]+[ \t]*\.[ \t]*){60}""")
_MOST_REASON = 200


def load_toml(path: str | os.PathLike[str]) -> dict[str, Any]:
    """Read a TOML file: a regular file of up to 4 MB, UTF-8 with or without a byte-order mark.

    Raises
    ------
    DataError
        If it is something else, cannot be read, is no TOML, or is nested too deep.
    """
    return parse_toml(read_text(path), str(path))


def read_text(path: str | os.PathLike[str], *, most: int = MOST_BYTES) -> str:
    """Read a regular file of at most `most` bytes of UTF-8.

    Raises
    ------
    DataError
        If it is something else or cannot be read. A pipe or device is not opened.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            kind = "a folder" if os.path.isdir(path) else "a pipe or device"
            raise DataError(f"{path} is {kind}; give a file")
        with Path(path).open("rb") as file:
            content = file.read(most + 1)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}") from error
    except ValueError as error:  # a path with a null character
        raise DataError(f"{path} cannot be read: {error}") from error
    if len(content) > most:
        raise DataError(f"{path} has more than {most:,} bytes, the most that is read")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path} is not UTF-8 (byte {error.start:,}); save it in that encoding"
        ) from error


def parse_toml(text: str, place: str) -> dict[str, Any]:
    """Parse TOML; `place` names it in messages.

    Raises
    ------
    DataError
        If it is no TOML, or nested more than 20 levels deep.
    """
    too_deep = f"{place} nests tables or lists more than {MOST_LEVELS} levels deep"
    if _LONG_KEY.search(text):
        raise DataError(f"{place} has a key of more than 60 parts")
    try:
        content = tomllib.loads(text)
    except RecursionError as error:
        raise DataError(too_deep) from error
    except ValueError as error:
        reason = str(error)
        if len(reason) > _MOST_REASON:
            reason = f"{reason[: _MOST_REASON // 2]} ... {reason[-_MOST_REASON // 2 :]}"
        raise DataError(f"{place} is not a TOML file: {reason}") from error
    level: list[Any] = [content]
    for _ in range(MOST_LEVELS):
        level = [
            below
            for each in level
            for below in (each.values() if isinstance(each, dict) else each)
            if isinstance(below, dict | list)
        ]
        if not level:
            return content
    raise DataError(too_deep)
