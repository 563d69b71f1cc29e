"""`willing casebook`: coalitions that were built, beside what the model says of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from willing.cli.save_picture import check_picture, save_picture


def casebook(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A case, by its name or a part of it, as gulf; without one, all are listed."
        ),
    ] = None,
    scenario: Annotated[
        bool, typer.Option("--scenario", help="Print the case's scenario file.")
    ] = False,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print the case as Markdown, to put in a page.")
    ] = False,
    record_folder: Annotated[
        Path | None,
        typer.Option("--record", help="Folder of a record; the one in the package by default."),
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Picture to write: .png, .pdf or .svg.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Show a case: what happened, what the model says, where it is wrong, and who was paid what."""
    from willing.casebook.casebook import Casebook, case_names, scenario_text
    from willing.errors import ScenarioError
    from willing.report.terminal import print_markdown

    check_picture(plot)
    if plot is not None and (name is None or scenario):
        raise ScenarioError("--plot draws what the model says of a case; give the case alone")
    if name is None:
        if scenario:
            raise ScenarioError("--scenario needs the name of a case")
        titles = case_names()
        print(json.dumps(titles) if as_json else "\n".join(f"{k:20}{v}" for k, v in titles.items()))
        return
    if scenario:
        print(scenario_text(name), end="")
        return
    case = Casebook.load(record_folder).render(name)
    if plot is not None:
        save_picture(case.plot(), plot)
    if as_json:
        print(json.dumps(case.to_dict()))
    elif markdown:
        print(case)
    else:
        print_markdown(str(case))
