"""`willing payments`: who was paid what around a crisis, and whether joining pays."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from willing.cli.save_picture import check_picture, save_picture


def payments(
    crisis: Annotated[
        str | None,
        typer.Argument(
            help="ICB's number of a crisis, or part of its name; without one, the whole test."
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option(min=99, max=1_000_000, help="Permutations of each test.")
    ] = 1000,
    leader_draws: Annotated[
        int,
        typer.Option(
            min=0, max=100_000, help="Draws of leaders and crises, for both stages' uncertainty."
        ),
    ] = 0,
    coding: Annotated[str, typer.Option(help="Who faced whom: by acts or by blocs.")] = "acts",
    prices: Annotated[
        bool, typer.Option("--prices", help="Set the model's prices beside the payments.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
    plot: Annotated[
        Path | None, typer.Option(help="Draw the test to this file (PNG, PDF, SVG).")
    ] = None,
) -> None:
    """Say who was paid what around a crisis; without one, test whether joining pays.

    Aid and troops are American; of a crisis that another state leads, the arms it delivered.
    """
    from willing.errors import ScenarioError
    from willing.record.store import load_record

    check_picture(plot)
    if crisis is not None:
        from willing.payments.around import payments_around
        from willing.record.crisis_names import find_crisis

        if plot is not None or prices:
            raise ScenarioError("--plot and --prices are about all crises; leave the crisis out")
        record = load_record(coding=coding, years="all")  # type: ignore[arg-type]
        found = payments_around(record, find_crisis(record.crises, crisis)["crisno"])
        print(json.dumps(found.to_dict(), indent=2) if as_json else found)
        return
    record = load_record(coding=coding, years="all")  # type: ignore[arg-type]
    if prices:
        from willing.payments.prices import compare_prices
        from willing.structural.stored import estimates_of, sample_of

        estimates = estimates_of(
            sample_of(record), tell=lambda text: print(f"willing: {text}", file=sys.stderr)
        )
        compared = compare_prices(record, estimates)
        print(json.dumps(compared.to_dict(), indent=2) if as_json else compared)
        if plot is not None:
            save_picture(compared.plot(), plot)
        return
    from willing.payments.account import report
    from willing.payments.study import study_payments
    from willing.report.terminal import print_report, steps

    with steps() as step:
        study = study_payments(record, draws=draws, leader_draws=leader_draws, progress=step)
    if as_json:
        print(json.dumps(study.to_dict(), indent=2))
    else:
        print_report(report(study))
    if plot is not None:
        save_picture(study.plot(), plot)
