"""What the README and the documentation show, made again: outputs of commands, tables, pages."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from willing.errors import DataError
from willing.files import replacing
from willing.renewal.derived import PACKAGE

if TYPE_CHECKING:
    from plotnine import ggplot

CHECKOUT = PACKAGE.parents[1]
PICTURE_DPI = 200
# One command and what it prints; with several commands, or none of its output, a block is prose.
_SHOWN = re.compile(r"^```(\w*)\n\$ (.+)\n((?:(?!```|\$ ).*\n)+)```$", flags=re.MULTILINE)
_MARKED = re.compile(r"<!-- begin (\S+) -->\n.*?<!-- end \1 -->", flags=re.DOTALL)
# Commands that are shown but not run: they serve, install, or name a folder of the reader's.
_NOT_RUN = re.compile(r"\bserve\b|\bpip\b|\bDIR\b|\bRECORD\b")


def pages_with_output() -> tuple[Path, ...]:
    """Give the README and the pages of the documentation.

    Raises
    ------
    DataError
        If the package is not used from a checkout, which alone has them.
    """
    readme = CHECKOUT / "README.md"
    if not readme.is_file() or not (CHECKOUT / "docs").is_dir():
        raise DataError(
            f"{CHECKOUT} is no checkout of the repository, so there are no pages to renew; "
            "run this from a clone, installed with `make`"
        )
    return (readme, *sorted((CHECKOUT / "docs").glob("*.md")))


def refresh(text: str, tables: Mapping[str, Callable[[], str]]) -> str:
    """Give a page with the outputs it shows as they are now.

    Parameters
    ----------
    text
        The page. A block of code that begins with ``$ command`` shows what the command prints;
        ``<!-- begin NAME -->`` and ``<!-- end NAME -->`` enclose a table.
    tables
        What gives each table as Markdown, by name.

    Raises
    ------
    DataError
        If a command fails or there is no such table.
    """

    def shown(match: re.Match[str]) -> str:
        language, command = match.group(1), match.group(2)
        if _NOT_RUN.search(command):
            return match.group(0)
        return f"```{language}\n$ {command}\n{run_shown(command)}\n```"

    def table(match: re.Match[str]) -> str:
        name = match.group(1)
        if name not in tables:
            raise DataError(f"no table '{name}'; there are {', '.join(tables)}")
        return f"<!-- begin {name} -->\n{tables[name]().rstrip()}\n<!-- end {name} -->"

    return _MARKED.sub(table, _SHOWN.sub(shown, text))


def save_shown(figure: ggplot, name: str) -> None:
    """Draw a figure to the pictures of the documentation."""
    with replacing(CHECKOUT / "docs" / "_static" / name) as path:
        figure.save(path, dpi=PICTURE_DPI, verbose=False)


def run_shown(command: str) -> str:
    """Run a command of a page in the checkout and give what it prints, without trailing blanks.

    Raises
    ------
    DataError
        If it fails.
    """
    # As a reader would have it: the command line of this installation first, 80 columns, no colour.
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        cwd=CHECKOUT,
        env=os.environ | {"PATH": path, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise DataError(f"`{command}` failed: {done.stderr.strip()[-300:]}")
    return "\n".join(line.rstrip() for line in done.stdout.rstrip().splitlines())


def write_page(path: Path, text: str) -> None:
    """Write a page beside its place and rename it, if it changes."""
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        with replacing(path) as temporary:
            temporary.write_text(text, encoding="utf-8")
