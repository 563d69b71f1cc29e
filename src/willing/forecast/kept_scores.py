"""What rolling forecasts taught, kept with the package: the stack of the best model, and scores."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from willing.files import replacing
from willing.forecast.evaluate import score_rolled
from willing.forecast.forecasters import members_of
from willing.forecast.rolling import SPAN, Rolled, roll, stack_of, years_of
from willing.forecast.stacking import Stack
from willing.record.store import load_record
from willing.report.tables import Table
from willing.structural.estimates import Estimates
from willing.structural.stored import estimates_of, sample_of

STORED = Path(__file__).parent / "embedded" / "scores.json"
_MEASURES = ("coalition", "precision", "ratio", "slope", "brier", "size", "build")


def renew_scores(path: Path = STORED) -> None:
    """Forecast five years at a time with the stored estimates' model; keep stack and scores."""
    sample = sample_of(load_record(years="all"))
    estimates = estimates_of(sample)
    done = roll(sample, estimates)
    last = int(years_of(sample, estimates.sides).max())
    names = [each.name for each in members_of(estimates)]
    kept = {
        "params": estimates.params.tolist(),
        "members": names,
        **_stacks(done, names),
        **score_rolled(done, last).to_dict(),
    }
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(kept) + "\n", encoding="utf-8")


def _stacks(done: Sequence[Rolled], names: Sequence[str]) -> dict[str, Any]:
    """Learn the stack of all years, and those without five years each."""
    rest = {each.origin: [other for other in done if other is not each] for each in done}
    return {
        "stack": asdict(stack_of(done, names)),
        "without": {origin: asdict(stack_of(found, names)) for origin, found in rest.items()},
    }


def stored_stack(
    estimates: Estimates, year: int | None = None, path: Path = STORED
) -> Stack | None:
    """Give a stack that was learned with estimates; None unless they are the stored ones.

    Parameters
    ----------
    estimates
        The estimates.
    year
        Of a crisis of the record: the stack has then not seen the five years that it is in.
    path
        Where the stacks are kept.
    """
    kept = _read(path)
    if kept.get("params") != estimates.params.tolist():
        return None
    stack = kept["stack"]
    if year is not None:
        stack = kept["without"].get(str(year - year % SPAN), stack)
    return Stack(stack["intercept"], tuple(stack["weights"]), stack["shock"])


def score_tables(path: Path = STORED) -> list[Table]:
    """Give the scores kept as tables, one for each span of years.

    ``better by`` is how much more log probability a side the best model gave the coalitions, with
    its standard error clustered by crisis.
    """
    return [_table(number, scheme) for number, scheme in enumerate(_read(path)["schemes"])]


def stack_said(path: Path = STORED) -> str:
    """Say in a sentence what the kept stack is."""
    kept = _read(path)
    stack = kept["stack"]
    weights = ", ".join(
        f"{name} {weight:.2f}"
        for name, weight in zip(kept["members"], stack["weights"], strict=True)
    )
    return (
        f"Learned from all years the weights are {weights}, the intercept {stack['intercept']:.2f} "
        f"and the shock {stack['shock']:.2f}."
    )


def _table(number: int, scheme: Mapping[str, Any]) -> Table:
    many, scores = scheme["counts"], pl.DataFrame(scheme["scores"])
    note = (
        f"{many['sides']} leader sides of {many['crises']} crises, {many['candidates']:,} "
        f"candidates, {many['joins']} joins in {many['coalitions']} coalitions."
    )
    shown = scores.select(
        "model", *_MEASURES, pl.col("gain").alias("better by"), pl.col("gain_error").alias("s.e.")
    )
    return Table(f"scores-{number}", scheme["title"], shown, note)


def _read(path: Path) -> dict[str, Any]:
    kept: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return kept
