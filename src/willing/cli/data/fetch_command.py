"""`willing data fetch`: get the published files."""

from __future__ import annotations

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from willing.cli.data.data_options import AsJson
from willing.escapes import printable

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from willing.sources.fetch import Fetched


def fetch(
    sources: Annotated[
        list[str] | None,
        typer.Argument(help="Keys of sources; those a record is made from by default."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every source known.")] = False,
    cache: Annotated[
        Path | None, typer.Option(help="Folder to put them in; WILLING_CACHE or the user's cache.")
    ] = None,
    base: Annotated[
        str | None, typer.Option(help="Address of a mirror laid out alike; WILLING_BASE_URL.")
    ] = None,
    accept_unknown: Annotated[
        bool, typer.Option("--accept-unknown", help="Keep files of unknown checksum.")
    ] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for the server.")] = 30.0,
    deadline: Annotated[
        float, typer.Option(help="Seconds for a file altogether, all attempts counted.")
    ] = 3600.0,
    attempts: Annotated[int, typer.Option(help="How often to ask for a file.")] = 4,
    as_json: AsJson = False,
) -> None:
    """Fetch the published files, verified; say what has to be got by hand, and where to put it."""
    from willing.sources.catalogue import SOURCES
    from willing.sources.download import Patience
    from willing.sources.fetch import fetch as fetch_files

    keys = list(SOURCES) if everything else sources or None
    patience = Patience(timeout=timeout, attempts=attempts, deadline=deadline)
    with _progress() if sys.stderr.isatty() else nullcontext() as progress:
        results = fetch_files(
            keys,
            cache=cache,
            base=base,
            accept_unknown=accept_unknown,
            patience=patience,
            watch=lambda source: _Bar(progress, source.key),
        )
    if as_json:
        print(json.dumps([result.to_dict() for result in results]))
    else:
        print_results(results)
    if any(result.status == "failed" for result in results):
        raise typer.Exit(2)


def print_results(results: tuple[Fetched, ...]) -> None:
    """Say what is there, what was fetched, what failed and what has to be got by hand."""
    titles = {
        "here": "already there",
        "fetched": "fetched and verified",
        "failed": "failed; the cache is as it was",
        "by hand": "to be got by hand",
    }
    for status, title in titles.items():
        chosen = [result for result in results if result.status == status]
        if chosen:
            print(f"{title} ({len(chosen)})")
            for result in chosen:
                print(f"  {result.source.key:18} {result.source.file}")
                print(f"  {'':18} {result.detail}")


def _progress() -> Progress:
    from rich import progress

    from willing.report.terminal import console

    return progress.Progress(
        progress.TextColumn("{task.description:18}", markup=False),
        progress.BarColumn(),
        progress.DownloadColumn(),
        progress.TransferSpeedColumn(),
        console=console(stderr=True),
    )


class _Bar:
    """A bar on standard error for one file, or only words if that is no terminal."""

    def __init__(self, progress: Progress | None, key: str) -> None:
        self._progress = progress
        self._task: TaskID | None = None if progress is None else progress.add_task(key, total=None)

    def advance(self, received: int, total: int | None) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=received, total=total)

    def say(self, text: str) -> None:
        if self._progress is not None:
            self._progress.console.print(printable(text))
        else:
            print(text, file=sys.stderr)
