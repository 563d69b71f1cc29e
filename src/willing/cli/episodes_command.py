"""`willing episodes`: coalitions against rebels, as a sample beside the crises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from willing.cli.save_picture import check_picture, save_picture


def episodes(
    episode: Annotated[
        str | None,
        typer.Argument(help="An episode, as 259-2014; without one, tests and forecasts of all."),
    ] = None,
    draws: Annotated[
        int,
        typer.Option(
            min=0, max=100_000, help="Draws of leaders and hosts, for both stages' uncertainty."
        ),
    ] = 0,
    plot: Annotated[Path | None, typer.Option(help="Picture to write: .png, .pdf or .svg.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Say who sent troops to help a government against rebels; test H1 and H2 on all episodes."""
    from willing.errors import ScenarioError
    from willing.record.store import load_record

    check_picture(plot)
    if plot is not None and episode is not None:
        raise ScenarioError("--plot draws the tests on all episodes; leave the episode out")
    record = load_record(years="all")
    if episode is not None:
        from willing.record.episodes import look_up_episode

        found = look_up_episode(record.episodes, record.episode_partners, record.states, episode)
        print(json.dumps(found.to_dict(), default=str) if as_json else found)
        return
    from willing.evidence.rebel_coalitions import study_rebel_coalitions
    from willing.forecast.rebel_forecasts import forecast_rebel_coalitions
    from willing.report.terminal import steps

    with steps() as step:
        tests = study_rebel_coalitions(record, draws=draws, progress=step)
        forecasts = forecast_rebel_coalitions(record)
    if plot is not None:
        save_picture(tests.plot(), plot)
    if as_json:
        print(json.dumps({"tests": tests.to_dict(), "forecasts": forecasts.to_dict()}))
    else:
        print(tests, forecasts, sep="\n\n")
