"""`willing security`: the measures of leaders' security, and both hypotheses by each of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from willing.cli.data.data_options import SAMPLE
from willing.cli.save_picture import check_picture, save_picture


def security(
    measure: Annotated[
        list[str] | None,
        typer.Option(help="A measure; give the option again for more. All by default."),
    ] = None,
    draws: Annotated[
        int,
        typer.Option(
            min=0, max=100_000, help="Draws of leaders and crises, for both stages' uncertainty."
        ),
    ] = 0,
    as_of: Annotated[
        str, typer.Option("--as-of", help="Use only fates known by a day, as 1990-12-31.")
    ] = "",
    leader: Annotated[
        str, typer.Option(help="Who is L: acted, strongest, first, hostile or every.")
    ] = "acted",
    pool: Annotated[str, typer.Option(help="Who is P: all, relevant or region.")] = "all",
    years: Annotated[str, typer.Option(help="First and last year of the crises.")] = SAMPLE,
    workers: Annotated[int, typer.Option(help="Threads; all cores by default.")] = -1,
    define: Annotated[
        bool, typer.Option("--define", help="Print the definitions of the measures only.")
    ] = False,
    ladder: Annotated[
        bool, typer.Option("--ladder", help="Go from the paper's design to ours, step by step.")
    ] = False,
    plot: Annotated[Path | None, typer.Option(help="Picture to write: .png, .pdf or .svg.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Say how secure leaders are, by every measure, and what each makes of H1 and H2.

    With --draws 200 both standard errors are given; it takes some minutes, and less the next time,
    since the redrawn leaders are kept.
    """
    from willing.errors import ScenarioError
    from willing.security.measures import MEASURES, find_measure

    check_picture(plot)
    if define and plot is not None:
        raise ScenarioError("--plot draws tests; leave out --define")
    chosen = [find_measure(name) for name in measure or MEASURES]
    if define:
        if as_json:
            print(json.dumps([each.to_dict() for each in chosen]))
        else:
            print("\n\n".join(str(each) for each in chosen))
        return
    if ladder:
        _climb(draws, workers, plot, as_json=as_json)
        return
    from willing.cli.data.data_options import parse_years
    from willing.record.choices import Choices
    from willing.replication.by_measure import study_security
    from willing.report.terminal import steps
    from willing.sources.fetch import cache_folder

    choices = Choices(leader=leader, pool=pool, as_of=as_of)  # type: ignore[arg-type]
    with steps() as step:
        found = study_security(
            measures=[each.name for each in chosen],
            leader=choices.leader,
            pool=choices.pool,
            years=parse_years(years),
            as_of=choices.last_fate,
            draws=draws,
            workers=workers,
            cache=cache_folder().parent / "draws",
            progress=step,
        )
    if plot is not None:
        save_picture(found.plot(), plot)
    print(json.dumps(found.to_dict(), default=str) if as_json else found)


def _climb(draws: int, workers: int, plot: Path | None, *, as_json: bool) -> None:
    from willing.replication.ladder import climb
    from willing.report.terminal import steps
    from willing.sources.fetch import cache_folder

    with steps() as step:
        found = climb(
            draws=draws, workers=workers, cache=cache_folder().parent / "draws", progress=step
        )
    if plot is not None:
        save_picture(found.plot(), plot)
    print(json.dumps(found.to_dict(), default=str) if as_json else found)
