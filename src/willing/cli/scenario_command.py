"""`willing scenario`: a scenario file filled in from the last years of the sources."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer


def scenario(
    leader: Annotated[
        str, typer.Argument(help="The state that leads: name, COW code, abbreviation or ISO code.")
    ],
    target: Annotated[str, typer.Argument(help="The state that it faces.")],
    year: Annotated[int, typer.Option(help="The year that the crisis begins with.")],
    partners: Annotated[
        str | None, typer.Option(help="Who may join: states, with commas between them.")
    ] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every other state of which the sources have all values.")
    ] = False,
    severity: Annotated[
        int, typer.Option(help="Of violence, 1 (none) to 4 (full-scale war); yours to say.")
    ] = 3,
    security: Annotated[
        float | None,
        typer.Option(help="The leader's probability of keeping office after defeat, if yours."),
    ] = None,
    max_age: Annotated[int, typer.Option(help="Years after which a value is flagged as old.")] = 5,
    refuse_old: Annotated[
        bool, typer.Option("--refuse-old", help="Refuse old values instead of flagging them.")
    ] = False,
    record_folder: Annotated[
        Path | None,
        typer.Option("--record", help="Folder of a record; the one in the package by default."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Write a scenario file for today: strengths, preferences, alliances, leaders, histories.

    The file goes to standard output, with the year of every value; what is old or missing is said
    on standard error. `willing forecast`, `willing solve` and `willing wider` read it.
    """
    from willing.errors import ScenarioError
    from willing.forecast.scenario_of_states import scenario as fill_in
    from willing.record.store import load_record

    if (partners is None) == (not every):
        raise ScenarioError("name the --partners, or ask for --all states")
    found = fill_in(
        leader,
        target,
        partners,
        year=year,
        severity=severity,
        max_age=max_age,
        refuse_old=refuse_old,
        security=security,
        record=None if record_folder is None else load_record(record_folder, years="all"),
    )
    for remark in found.remarks()[1:]:
        print(f"note: {remark}", file=sys.stderr)
    print(json.dumps(found.to_dict()) if as_json else found.to_toml(), end="\n" if as_json else "")
