"""`willing estimate`: the structural model on the record."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from willing.cli.data.data_options import SAMPLE
from willing.cli.save_picture import check_picture, save_picture

# As in willing.structural, which is too heavy to import for a help text.
Leader = Literal["acted", "strongest", "first", "hostile", "every"]
Strength = Literal["cinc", "milex", "discounted"]
Missing = Literal["condition", "indicate", "drop"]
Pool = Literal["all", "relevant", "region"]
Contest = Literal["outcomes", "joint", "profile"]


def estimate(
    leader: Annotated[
        Leader, typer.Option(help="Who is L; 'every' takes each crisis actor in turn.")
    ] = "acted",
    years: Annotated[
        str, typer.Option(help="First and last year of the crises, as 1951:1999, or all.")
    ] = SAMPLE,
    terms: Annotated[
        str | None,
        typer.Option(help="Terms of the price, separated by commas; a:b is a product."),
    ] = None,
    strength: Annotated[Strength, typer.Option(help="Measure of strength.")] = "cinc",
    contest: Annotated[
        Contest,
        typer.Option(
            help="Where the contest comes from: outcomes of crises, outcomes and coalitions "
            "jointly, or the profile likelihood of the coalitions alone."
        ),
    ] = "outcomes",
    decisiveness: Annotated[
        float | None, typer.Option(help="Decisiveness of a ratio contest, if it is given.")
    ] = None,
    noise_growth: Annotated[
        float, typer.Option(help="How much log noise grows with insecurity (rho).")
    ] = 0.0,
    missing: Annotated[
        Missing, typer.Option(help="What is done about candidates with missing covariates.")
    ] = "condition",
    measure: Annotated[
        str,
        typer.Option(
            help="Measure of the leader's insecurity: stake is r - sigma, hazard the convention "
            "that security is 1 - h; `willing security --define` explains them all."
        ),
    ] = "stake",
    pool: Annotated[
        Pool | None,
        typer.Option(help="Who is a candidate: all, relevant or region. As the record was built."),
    ] = None,
    outcomes: Annotated[
        bool,
        typer.Option("--outcomes", help="Only the contest, as the outcomes of crises tell it."),
    ] = False,
    tests: Annotated[
        bool, typer.Option("--tests", help="Also fit wider models and profile the noise.")
    ] = False,
    bootstrap: Annotated[
        int, typer.Option(help="Redraw leaders and crises this many times; 0 for not at all.")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 1,
    workers: Annotated[
        int, typer.Option(help="Processes for the bootstrap; -1 for all cores.")
    ] = -1,
    scheduler: Annotated[
        str | None, typer.Option(help="Address of a Dask scheduler for the bootstrap.")
    ] = None,
    record_folder: Annotated[
        Path | None,
        typer.Option("--record", help="Folder of a record; the one in the package by default."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder for the report, tables and figures.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Picture to write: .png, .pdf or .svg.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Estimate what leaders gave for partners, over all coalitions they might have built.

    The value of victory may rise with the leader's insecurity, and a partner's price depends on
    the terms. Standard errors are clustered by crisis.
    """
    from willing.cli.data.data_options import parse_record_years
    from willing.contest.outcome_model import OutcomeModel
    from willing.files import require_folder
    from willing.record.store import load_record
    from willing.report.terminal import steps
    from willing.security.measures import find_measure
    from willing.structural.bootstrap import bootstrap as redraw
    from willing.structural.bootstrap import require_feasible
    from willing.structural.coalition_model import CoalitionModel
    from willing.structural.estimation_report import structural_report
    from willing.structural.first_stage import load_first_stage
    from willing.structural.fit_checks import check_fit
    from willing.structural.robustness import check_robustness
    from willing.structural.terms import DEFAULT_TERMS

    find_measure(measure)
    chosen = DEFAULT_TERMS if terms is None else tuple(t.strip() for t in terms.split(","))
    model = CoalitionModel(
        terms=chosen,
        leader=leader,
        strength=strength,
        contest=contest,
        decisiveness=decisiveness,
        noise_growth=noise_growth,
        missing=missing,
        insecurity=measure,
    )
    if bootstrap or workers == 0 or scheduler is not None:
        require_feasible(draws=bootstrap, seed=seed, workers=workers, scheduler=scheduler)
    if out is not None:
        require_folder(out)
    check_picture(plot)
    with steps() as step:
        record = load_record(
            record_folder, leader="every", pool=pool, years=parse_record_years(years)
        )
        step("record loaded")
        if outcomes:
            told = OutcomeModel(strength=strength).fit(record)
            print(json.dumps(told.to_dict()) if as_json else told)
            return
        estimates = model.fit(record, progress=step)
        step("model fitted")
        checks = check_fit(estimates)
        step("fit checked")
        robustness = check_robustness(estimates, record, progress=step) if tests else None
        drawn = None
        if bootstrap:
            drawn = redraw(
                estimates,
                record,
                load_first_stage(measure=measure),
                draws=bootstrap,
                seed=seed,
                workers=workers,
                scheduler=scheduler,
                progress=step,
            )
        if out is not None:
            structural_report(estimates, checks, robustness, drawn).write(out, progress=step)
    if as_json:
        numbers: dict[str, Any] = estimates.to_dict() | {"fit": checks.to_dict()}
        if robustness is not None:
            numbers["wider"] = robustness.to_dict()
        if drawn is not None:
            numbers["bootstrap"] = drawn.to_dict()
        print(json.dumps(numbers))
    else:
        print("\n\n".join(str(part) for part in (estimates, checks, robustness, drawn) if part))
    if plot is not None:
        save_picture(estimates.plot(), plot)
    if out is not None:
        print(f"report written to {out / 'report.html'}", file=sys.stderr)
