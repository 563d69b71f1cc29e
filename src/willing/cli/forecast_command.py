"""`willing forecast`: who would join, and how good such forecasts are."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from willing.cli.save_picture import check_picture, save_picture

if TYPE_CHECKING:
    import polars as pl

    from willing.forecast.asking import Question
    from willing.structural.coalition_model import CoalitionModel

MOST_LEVELS = 1001
# As in willing.forecast.forecast, which is too heavy to import for a help text.
Model = Literal["structural", "best"]
Pool = Literal["all", "relevant", "region"]


def forecast(
    crisis: Annotated[
        str | None,
        typer.Argument(
            help="A crisis: ICB's number, a part of its name, a leader side as crisno-target, or "
            "a scenario file ending in .toml."
        ),
    ] = None,
    security: Annotated[
        str | None,
        typer.Option(
            help="Another security of the leader, her probability of keeping office after defeat; "
            "or a sweep as FROM:TO:LEVELS, e.g. 0.5:1:6."
        ),
    ] = None,
    retention: Annotated[
        float | None,
        typer.Option(help="Another probability of keeping office after victory."),
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="A state that cannot join; may be repeated.")
    ] = None,
    join: Annotated[
        list[str] | None,
        typer.Option("--join", "--with", help="A state that joins for certain; may be repeated."),
    ] = None,
    draws: Annotated[int, typer.Option(help="Draws of the parameters for the intervals.")] = 200,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the draws.")] = 1,
    in_sample: Annotated[
        bool, typer.Option("--in-sample", help="Leave the crisis in the estimates.")
    ] = False,
    evaluate: Annotated[
        bool, typer.Option("--evaluate", help="Score forecasts of crises not estimated from.")
    ] = False,
    model: Annotated[
        Model,
        typer.Option(
            help="Who joins by the structural model, or by the best: it, a logit and boosting."
        ),
    ] = "structural",
    severity_unknown: Annotated[
        bool,
        typer.Option(
            "--severity-unknown", help="Forecast without the severity of the crisis, told later."
        ),
    ] = False,
    pool: Annotated[
        Pool | None,
        typer.Option(help="Who is a candidate: all, relevant or region. As the record was built."),
    ] = None,
    train: Annotated[
        str | None,
        typer.Option(help="Years to estimate from, as 1951:1999; by default all."),
    ] = None,
    test: Annotated[
        str | None, typer.Option(help="With --evaluate: years to forecast, as 2000:2019.")
    ] = None,
    record_folder: Annotated[
        Path | None,
        typer.Option("--record", help="Folder of a record; the one in the package by default."),
    ] = None,
    predictions: Annotated[
        Path | None,
        typer.Option(help="With --evaluate: CSV or Parquet file for each candidate's forecasts."),
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Picture to write: .png, .pdf or .svg.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON only.")] = False,
) -> None:
    """Forecast who joins a leader, with what probability and at what price.

    With another --security, a state that cannot join (--without) or one that joins for certain
    (--join), print actual beside hypothetical, with the differences and their intervals.

    A crisis of the record that the estimates were made from is taken out of them first; with
    --train it is forecast from other years alone, as on its day. With --evaluate, score such
    forecasts against simpler ones.
    """
    from willing.errors import ScenarioError

    check_picture(plot)
    if predictions is not None and predictions.suffix not in (".csv", ".parquet"):
        raise ScenarioError(f"--predictions {predictions}; the name must end in .csv or .parquet")
    if evaluate:
        scored = _evaluate(record_folder, train, test, severity_unknown, pool)
        if predictions is not None:
            _write(scored.predictions(), predictions)
        _show(scored, plot, as_json=as_json)
        return
    if crisis is None:
        raise ScenarioError("name a crisis or a scenario file, or ask to --evaluate")
    if test is not None or predictions is not None:
        raise ScenarioError("--test and --predictions go with --evaluate")
    if draws < 2:
        raise ScenarioError(f"--draws {draws}; an interval needs at least 2")
    from willing.forecast.forecast import forecast as make_forecast
    from willing.forecast.sweep import sweep

    asked = _question(crisis, record_folder, train, severity_unknown, pool)
    options: dict[str, Any] = {
        "draws": draws,
        "seed": seed,
        "hold_out": not in_sample,
        "model": model,
        **asked.options,
    }
    levels = () if security is None else parse_securities(security)
    without, join = without or [], join or []
    found: Any
    if len(levels) > 1:
        changed = {"without": without, "with_": join, "retention": retention}
        found = sweep(asked.estimates, asked.subject, levels, **changed, **options)
    elif levels or without or join or retention is not None:
        level = next(iter(levels), None)
        found = make_forecast(asked.estimates, asked.subject, **options).what_if(
            security=level, retention=retention, without=without, join=join
        )
    else:
        found = make_forecast(asked.estimates, asked.subject, **options)
    _show(found, plot, as_json=as_json)
    if asked.subject.others:
        print(f"other sides of this crisis: {', '.join(asked.subject.others)}", file=sys.stderr)


def parse_securities(text: str) -> tuple[float, ...]:
    """Read one security, or levels as ``FROM:TO:LEVELS``.

    Raises
    ------
    ScenarioError
        If the text is neither.
    """
    import numpy as np

    from willing.errors import ScenarioError

    try:
        numbers = [float(part) for part in text.split(":")]
        if len(numbers) == 1:
            return (numbers[0],)
        low, high, levels = numbers
        if levels != int(levels) or not 2 <= levels <= MOST_LEVELS:
            raise ValueError
    except ValueError:
        raise ScenarioError(
            f"--security {text}; give a number from 0 to 1, or a sweep as FROM:TO:LEVELS with "
            f"2 to {MOST_LEVELS} levels, e.g. 0.5:1:6"
        ) from None
    return tuple(np.linspace(low, high, int(levels)).tolist())


def _question(
    crisis: str, folder: Path | None, train: str | None, severity_unknown: bool, pool: Pool | None
) -> Question:
    from willing.cli.data.data_options import parse_years
    from willing.forecast.asking import question
    from willing.record.store import load_record
    from willing.report.terminal import steps

    notes: list[str] = []
    with steps() as step:
        found = question(
            crisis,
            record=None if folder is None else load_record(folder, years="all", pool=pool),
            pool=pool if folder is None else None,
            train=None if train is None else parse_years(train, "--train"),
            severity_unknown=severity_unknown,
            progress=step,
            tell=notes.append,
        )
    for note in notes:
        print(f"note: {note}", file=sys.stderr)
    return found


def _model(severity_unknown: bool) -> CoalitionModel:
    """The default model, or the same without what is known of a crisis only later."""
    from willing.structural.coalition_model import CoalitionModel

    model = CoalitionModel()
    if not severity_unknown:
        return model
    return replace(model, terms=tuple(term for term in model.terms if term != "severity"))


def _write(predictions: pl.DataFrame, path: Path) -> None:
    """Write predictions as CSV or Parquet, by the ending of the file's name."""
    from willing.files import replacing

    with replacing(path) as temporary:
        if path.suffix == ".csv":
            predictions.write_csv(temporary)
        else:
            predictions.write_parquet(temporary)


def _evaluate(
    folder: Path | None,
    train: str | None,
    test: str | None,
    severity_unknown: bool,
    pool: Pool | None,
) -> Any:
    from willing.cli.data.data_options import parse_years
    from willing.errors import ScenarioError
    from willing.forecast.evaluate import evaluate_record, evaluate_years
    from willing.record.store import load_record
    from willing.report.terminal import steps

    if (train is None) != (test is None):
        raise ScenarioError("--train and --test go together: --train 1951:1999 --test 2000:2019")
    record = load_record(folder, years="all", pool=pool)
    with steps() as step:
        if train is None or test is None:
            return evaluate_record(record, model=_model(severity_unknown), progress=step)
        years = parse_years(train, "--train"), parse_years(test, "--test")
        return evaluate_years(record, *years, model=_model(severity_unknown), progress=step)


def _show(found: Any, plot: Path | None, *, as_json: bool) -> None:
    if plot is not None:
        save_picture(found.plot(), plot)
    print(json.dumps(found.to_dict()) if as_json else found)
