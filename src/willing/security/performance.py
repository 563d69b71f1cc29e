"""The checks of the survival model that need the raw files, kept with the package as numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from willing.files import replacing
from willing.security.boosting import boosted_scores
from willing.security.evaluation import Evaluation, evaluate, forward_evaluation
from willing.security.folds import cross_fit
from willing.security.leader_scores import LeaderSurvival, survival_of_leaders
from willing.security.leader_units import QUARTERS

EMBEDDED = Path(__file__).with_name("performance.json")
FORWARD_FROM = 1980
ROUNDED = 4
# What a vote just held or called says about the coming months.
NEWS = ("vote_held", "incumbent_lost", "successor_elected", "election_announced")


def measure_performance(survival: LeaderSurvival) -> dict[str, Evaluation]:
    """Evaluate the bound and the harder checks of the survival model.

    Parameters
    ----------
    survival
        What `willing.security.leader_scores.survival_of_leaders` gave.

    Returns
    -------
    dict
        ``boosted``: gradient boosting in the same folds, the bound; ``forward``: trained on what
        was over by the end of 1980, tested after; ``without_news``: cross-fitted without the
        results of votes just held and without votes called; ``any_day``: the model itself on all
        leader-quarters, the days that a crisis may fall on.
    """
    quarters = survival.quarters
    first_of_year = pl.col("quarter") % QUARTERS == 0
    years = quarters.filter(first_of_year)
    silent = quarters.with_columns(pl.lit(False).alias(name) for name in NEWS)
    without_news = cross_fit(silent, survival.full.model)
    return {
        "boosted": _evaluate(years, boosted_scores(years)),
        "forward": forward_evaluation(quarters, last=FORWARD_FROM, model=survival.full.model),
        "without_news": _evaluate(years, without_news.score(silent.filter(first_of_year))),
        "any_day": _evaluate(quarters, survival.full.score(quarters), "leader-quarters"),
    }


def write_performance(raw: Path, path: Path = EMBEDDED) -> None:
    """Measure the performance on the raw files and write it where the package looks for it."""
    measured = measure_performance(survival_of_leaders(raw))
    text = json.dumps({name: _rounded(each.to_dict()) for name, each in measured.items()}, indent=1)
    with replacing(path) as temporary:
        temporary.write_text(text + "\n")


def performance() -> dict[str, Evaluation]:
    """Give the evaluations of `measure_performance` that the package carries."""
    stored = json.loads(EMBEDDED.read_text())
    return {
        name: Evaluation(**values | {"calibration": pl.DataFrame(values["calibration"])})
        for name, values in stored.items()
    }


def _evaluate(
    rows: pl.DataFrame, score: NDArray[np.float64], unit: str = "leader-years"
) -> Evaluation:
    table = rows.select(start="date", exit="exit_within_year", exposure="exposure")
    return evaluate(table.with_columns(hazard=pl.Series(score)), unit=unit)


def _rounded(value: Any) -> Any:
    """Round the numbers of nested lists and dicts."""
    if isinstance(value, dict):
        return {name: _rounded(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_rounded(each) for each in value]
    return round(value, ROUNDED) if isinstance(value, float) else value
