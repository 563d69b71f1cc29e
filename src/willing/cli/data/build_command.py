"""`willing data build`, `describe` and `explain`: make a record, and say what is in it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from willing.cli.data.data_options import (
    AsJson,
    OverridesFile,
    RawFolder,
    RecordFolder,
    parse_years,
)

if TYPE_CHECKING:
    from willing.record.contents import Contents


def build(
    out: Annotated[Path, typer.Option(help="Folder to write the record to.")],
    raw: RawFolder = None,
    years: Annotated[
        str | None, typer.Option(help="First and last year of the crises, as 1946:1999.")
    ] = None,
    crisis: Annotated[
        list[int] | None, typer.Option(help="ICB's number of a crisis; may be repeated.")
    ] = None,
    coding: Annotated[str, typer.Option(help="Who faced whom: by acts or by blocs.")] = "acts",
    corrections: Annotated[
        bool, typer.Option(help="Take the package's words on what no file has.")
    ] = True,
    outcome: Annotated[
        str, typer.Option(help="Who joined: recommended, icb, hewitt, gml or mid.")
    ] = "recommended",
    leader: Annotated[
        str, typer.Option(help="Who leads: every, acted, strongest, first or hostile.")
    ] = "every",
    pool: Annotated[
        str, typer.Option(help="Who might join: all states, relevant ones, or the region.")
    ] = "all",
    measure: Annotated[
        str, typer.Option(help="Measure of leaders' security; `willing security --define`.")
    ] = "hazard",
    as_of: Annotated[
        str,
        typer.Option("--as-of", help="Fit measures to fates known by a day, as 1990-12-31."),
    ] = "",
    overrides: OverridesFile = None,
    explained: Annotated[
        str | None,
        typer.Option("--explain", help="Say of one crisis how each of its rows came to be."),
    ] = None,
    accept_unknown: Annotated[
        list[str] | None,
        typer.Option(
            help="Key of a source whose file is taken though no version known is so short; may be "
            "repeated."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the record as Parquet files and a manifest; the same files give the same bytes."""
    from willing.record.build import build_record
    from willing.record.choices import Choices, read_overrides

    choices = Choices(
        coding=coding,  # type: ignore[arg-type]  # checked by Choices
        corrections=corrections,
        outcome=outcome,  # type: ignore[arg-type]  # checked by Choices
        leader=leader,  # type: ignore[arg-type]
        pool=pool,  # type: ignore[arg-type]
        measure=measure,
        as_of=as_of,
        crises=tuple(crisis or ()),
        overrides=() if overrides is None else read_overrides(overrides),
    )
    wanted = None if years is None else parse_years(years)
    if sys.stderr.isatty():
        print("building the record ...", file=sys.stderr)
    if explained is not None:
        from willing.record.crisis_names import find_crisis
        from willing.sources.fetch import raw_folder
        from willing.sources.icb import read_crises

        find_crisis(read_crises(raw_folder(raw)), explained)  # before anything is written
    record = build_record(
        raw, out, years=wanted, choices=choices, accept_unknown=accept_unknown or ()
    )
    if as_json:
        print(json.dumps(record.to_dict()))
        return
    print(record, end="\n\n")
    _print_attrition(record.attrition.iter_rows(named=True))
    print(f"\n{record.manifest.versions()}\n\n{record.manifest.last_years()}\n\nwritten to {out}")
    if explained is not None:
        from willing.record.explain import explain_crisis

        print(f"\n{explain_crisis(record, explained, raw=raw)}")


def describe(
    column: Annotated[str | None, typer.Argument(help="A column; all by default.")] = None,
    record_folder: RecordFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say what the columns of the record mean, and where rows were lost on the way."""
    from dataclasses import asdict

    from willing.errors import DataError
    from willing.record.codebook import look_up_column
    from willing.record.contents import read_contents
    from willing.record.manifest import EMBEDDED, read_manifest

    if column is not None:
        if record_folder is not None:
            raise DataError("--record with a column: it means the same in every record")
        entry = look_up_column(column)
        print(json.dumps(asdict(entry)) if as_json else entry)
        return
    folder = record_folder or EMBEDDED
    manifest = read_manifest(folder)
    contents = read_contents(folder, manifest) or _count(record_folder)
    if as_json:
        plain = {
            "rows": contents.rows,
            "attrition": contents.attrition,
            "manifest": manifest.to_dict(),
            "columns": {
                name: [asdict(look_up_column(known)) for known in columns]
                for name, columns in contents.missing.items()
            },
        }
        print(json.dumps(plain))
        return
    print(contents.headline.of_record(manifest), end="\n\n")
    _print_attrition(contents.attrition)
    print(f"\n{manifest.last_years()}\n\n{contents.columns()}")


def explain(
    crisis: Annotated[str, typer.Argument(help="ICB's number of a crisis, or part of its name.")],
    raw: RawFolder = None,
    record_folder: RecordFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say how each row of a crisis came to be: actors, disputes, codings, leaders, source rows."""
    from willing.record.explain import explain_crisis
    from willing.record.store import load_record

    account = explain_crisis(
        load_record(record_folder, leader="every", years="all"), crisis, raw=raw
    )
    print(json.dumps(account.to_dict(), default=str) if as_json else account)


def _count(folder: Path | None) -> Contents:
    """Count what a record holds that was built when this was not yet kept beside it."""
    from willing.record.contents import Contents
    from willing.record.store import load_record

    return Contents.of(load_record(folder, leader="every", years="all").frames())


def _print_attrition(attrition: Iterable[Mapping[str, Any]]) -> None:
    from willing.report.terminal import print_table

    rows = [
        [
            row["unit"],
            row["kept"],
            *("" if row[n] is None else f"{row[n]:,}" for n in ("rows", "lost", "joins")),
            row["reason"] or "",
        ]
        for row in attrition
    ]
    print_table(
        ["unit", "kept", "rows", "lost", "joins", "why"],
        rows,
        align=["left", "left", "right", "right", "right", "left"],
        title="From crises to complete cases",
        width=120,
    )
