"""`willing replicate`: both hypotheses on the record, as a summary and as a report."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from willing.cli.save_picture import check_picture, save_picture


def replicate(
    data: Annotated[
        Path | None,
        typer.Option(help="The authors' own file (WR_formation_LC as .dta, .tab or .csv)."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the report, its tables and figures, results.json, references."
        ),
    ] = None,
    full: Annotated[
        bool,
        typer.Option(
            "--full",
            help="Thousands of specifications instead of hundreds, every measure of divergence, "
            "bounds without any; some minutes.",
        ),
    ] = False,
    models: Annotated[
        bool,
        typer.Option(
            "--models", help="Only Wolford and Ritter's own models, in seconds: their Table 2."
        ),
    ] = False,
    measure: Annotated[
        str, typer.Option(help="Measure of leaders' security; `willing security --define`.")
    ] = "hazard",
    pool: Annotated[str, typer.Option(help="Who is P: all, relevant or region.")] = "all",
    record_folder: Annotated[
        Path | None,
        typer.Option("--record", help="Folder of a record; the one in the package by default."),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(help="Picture of all specifications to write: .png, .pdf or .svg."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Test H1 and H2 of Wolford and Ritter (2016) on the record of crises, 1951-1999.

    With --data, estimate their models on their own file instead; --full is of the record only.
    """
    from willing.files import replacing
    from willing.report.terminal import print_report, steps

    check_picture(plot)
    if record_folder is not None and data is not None:
        raise typer.BadParameter("--record and --data name two files to test: choose one")
    if full and data is not None:
        raise typer.BadParameter("--full is of the record and --data of another file: choose one")
    if models:
        _print_models(data, record_folder, measure=measure, pool=pool, plot=plot, as_json=as_json)
        return
    with steps(plain=True) as step:
        if data is None:
            from willing.files import require_folder
            from willing.record.choices import Choices
            from willing.replication.findings import replication_report
            from willing.replication.replicate import replicate as run

            if out is not None:
                require_folder(out)
            chosen = Choices(measure=measure, pool=pool)  # type: ignore[arg-type]
            found = run(
                measure=chosen.measure,
                pool=chosen.pool,
                full=full,
                folder=record_folder,
                progress=step,
            )
            report, numbers = replication_report(found), found.to_dict()
            picture: Callable[[], Any] = found.curve.plot
        else:
            from willing.evidence.authors_file import own_terms, read_wr
            from willing.evidence.claim_tests import judge_file
            from willing.evidence.curve import specification_curve
            from willing.evidence.formation import replicate_models
            from willing.replication.findings import formation_report

            theirs = read_wr(data, note=_note)
            formation = replicate_models(theirs, progress=step)
            named = own_terms(theirs)
            curve = specification_curve(named, progress=step)
            claims = judge_file(named, same_sign=curve.sign_shares(), progress=step)
            report = formation_report(formation, claims, curve, data.name)
            picture = formation.plot
            numbers = {
                **claims.to_dict(),
                **formation.to_dict(),
                "specification_curve": curve.to_dict(),
            }
        if out is not None:
            report.write(out, progress=step)
            with replacing(out / "results.json") as path:
                path.write_text(json.dumps(numbers, default=str), encoding="utf-8")
    if as_json:
        print(json.dumps(numbers, default=str))
    else:
        print_report(report)
    if plot is not None:
        save_picture(picture(), plot)
    if out is not None:
        print(f"report written to {out / 'report.html'}", file=sys.stderr)


def _print_models(
    data: Path | None,
    folder: Path | None,
    *,
    measure: str,
    pool: str,
    plot: Path | None,
    as_json: bool,
) -> None:
    from willing.evidence.authors_file import read_wr
    from willing.evidence.formation import replicate_models
    from willing.evidence.sample import Sample
    from willing.record.choices import Choices
    from willing.record.store import load_record
    from willing.report.terminal import steps

    chosen = Choices(measure=measure, pool=pool)  # type: ignore[arg-type]
    with steps() as step:
        if data is None:
            record = load_record(folder, leader="every", measure=measure, years="all")
            triads = Sample(measure=chosen.measure, pool=chosen.pool).take(record.triads)
        else:
            triads = read_wr(data, note=_note)
        found = replicate_models(triads, progress=step)
    print(json.dumps(found.to_dict(), default=str) if as_json else found)
    if plot is not None:
        save_picture(found.plot(), plot)


def _note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)
