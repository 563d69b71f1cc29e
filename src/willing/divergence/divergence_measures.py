"""The named measures of divergence, and how to put one into a model's columns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Literal

import numpy as np
import polars as pl

from willing.divergence.completion import BY_HAND, DRAWS, EMBEDDED
from willing.divergence.portfolios import (
    Portfolios,
    kappa_scores,
    portfolios_by_year,
    s_scores,
)
from willing.divergence.predictors import STATE_YEAR
from willing.errors import DataError
from willing.numbers import Floats
from willing.sources.keys import look_up

Divergence = Literal[
    "ideal points", "completed", "S", "S, weighted", "kappa", "regime", "S and regime"
]

MEASURES: Mapping[Divergence, str] = {
    "ideal points": "distance of UN ideal points, of states that voted the year before",
    "completed": "the same, points of states that did not vote imputed twenty times",
    "S": "(1 - S) / 2 of ATOP portfolios",
    "S, weighted": "(1 - S) / 2 of ATOP portfolios, states weighted by CINC",
    "kappa": "(1 - kappa) / 2 of ATOP portfolios, chance-corrected",
    "regime": "difference of extended Unified Democracy Scores",
    "S and regime": "mean of `S, weighted` and `regime`, each in units of its mean over all pairs",
}
# The pairs of roles, and the column that a model has for the divergence of each.
COLUMNS = {("leader", "partner"): "difLPv", ("target", "partner"): "difTPv"}


def put_divergence(
    triads: pl.DataFrame, measure: Divergence, *, draw: int | None = None
) -> pl.DataFrame:
    """Put a measure of divergence into `difLPv` and `difTPv`.

    Parameters
    ----------
    triads
        Triads with ``leader``, ``target``, ``partner`` and ``year``.
    measure
        One of `MEASURES`. With ``"ideal points"`` the columns stay as they are.
    draw
        Which imputation, 1 to 20, of ``"completed"``; the mean over all of them by default.

    Returns
    -------
    polars.DataFrame
        `triads` with both columns from the year before the crisis, or from a state's first year
        in the system if that is later. Where both states voted, ``"completed"`` is what the
        votes say.

    Raises
    ------
    DataError
        If there is no such measure or draw.
    """
    if measure not in MEASURES:
        raise DataError(f"no measure of divergence {measure!r}; there are {', '.join(MEASURES)}")
    if draw is not None and not 1 <= draw <= DRAWS:
        raise DataError(f"draw={draw}; the imputations are 1 to {DRAWS}")
    if measure == "ideal points":
        return triads
    columns = []
    for (first, second), name in COLUMNS.items():
        pairs = triads.select(ccode1=first, ccode2=second, year="year")
        if measure == "completed" and name in triads.columns:
            voted = triads[name].cast(pl.Float64).fill_nan(None)
            missing = voted.is_null()
            values = voted.scatter(
                missing.arg_true(), divergence_of(pairs.filter(missing), measure, draw=draw)
            )
        else:
            values = divergence_of(pairs, measure, draw=draw)
        columns.append(values.alias(name))
    return triads.with_columns(columns)


def divergence_of(
    pairs: pl.DataFrame, measure: Divergence, *, draw: int | None = None
) -> pl.Series:
    """Measure the divergence of pairs of states before a crisis.

    Parameters
    ----------
    pairs
        ``ccode1``, ``ccode2`` and ``year`` of the crisis.
    measure, draw
        As in :func:`put_divergence`; ``"ideal points"`` leaves those missing who did not vote.

    Returns
    -------
    polars.Series
        Same rows; missing where one was no member of the system, or outside 1945-2018.
    """
    asked = pairs.select(pl.col("ccode1", "ccode2", "year").cast(pl.Int64))
    unique = asked.unique(maintain_order=True)
    if measure == "S and regime":
        values = _of_both(unique)
    elif measure in ("S", "S, weighted", "kappa"):
        values = _of_portfolios(unique, measure)
    else:
        values = _of_positions(unique, measure, draw)
    found = unique.with_columns(divergence=values)
    return look_up(asked, found, ["ccode1", "ccode2", "year"])["divergence"]


def states() -> pl.DataFrame:
    """Give the embedded state-years: ideal points, imputations, capabilities, regime."""
    return _states()


def by_hand() -> pl.DataFrame:
    """Set imputed ideal points beside those that one would choose by hand.

    Returns
    -------
    polars.DataFrame
        One row a state-year of `BY_HAND`: ``imputed``, ``spread``, and ``by_hand``, the mean of
        the states named there.
    """
    known = states().with_columns(point=pl.coalesce("ideal_point", "mean"))
    parts = []
    for state, others in BY_HAND.items():
        mean = (
            known.filter(pl.col("ccode").is_in(others))
            .group_by("year")
            .agg(by_hand=pl.col("point").mean())
        )
        own = known.filter(ccode=state).select("ccode", "year", imputed="point", spread="spread")
        parts.append(own.join(mean, on="year", how="left").sort("year"))
    return pl.concat(parts)


@cache
def _states() -> pl.DataFrame:
    frame = pl.read_parquet(EMBEDDED / "states.parquet")
    return frame.with_columns(pl.col(STATE_YEAR).cast(pl.Int64))


@cache
def _portfolios() -> dict[int, Portfolios]:
    commitments = pl.read_parquet(EMBEDDED / "commitments.parquet").with_columns(
        pl.col("ccode1", "ccode2", "year").cast(pl.Int64)
    )
    return dict(portfolios_by_year(commitments, states()))


def _of_positions(pairs: pl.DataFrame, measure: Divergence, draw: int | None) -> pl.Series:
    """Distance on a line: of ideal points or of regimes."""
    table = states()
    if measure == "regime":
        names = ["euds"]
    elif measure == "ideal points":
        names = ["ideal_point"]
    else:
        wanted = range(1, DRAWS + 1) if draw is None else (draw,)
        names = [f"draw_{k}" for k in wanted]
        table = table.with_columns(pl.col(names).fill_null(pl.col("ideal_point")))
    # Rows are looked up and values taken by them: a join of twenty columns is slow.
    points = table.select(names).to_numpy().astype(float)
    rows_of = table.select(*STATE_YEAR, row=pl.int_range(pl.len()))
    positions = []
    for code in ("ccode1", "ccode2"):
        asked = pairs.select(ccode=code, year=pl.col("year") - 1)
        before = look_up(asked, rows_of, STATE_YEAR)["row"]
        # A state that entered this year has a place in its first year only.
        entered = look_up(asked.with_columns(pl.col("year") + 1), rows_of, STATE_YEAR)["row"]
        row = before.fill_null(entered)
        known = row.is_not_null().to_numpy()
        place = np.full((len(row), len(names)), np.nan, order="F")
        place[known] = points[row.drop_nulls().to_numpy()]
        positions.append(place)
    distance = np.abs(positions[0] - positions[1]).mean(axis=1)
    return pl.Series(distance, nan_to_null=True)


def _of_both(pairs: pl.DataFrame) -> pl.Series:
    """Portfolios and regimes together, each in units of its mean over all pairs of the year."""
    units = pl.DataFrame(
        [(year, *_means_over_pairs(year)) for year in pairs["year"].unique().to_list()],
        schema={"year": pl.Int64, "S": pl.Float64, "regime": pl.Float64},
        orient="row",
    )
    unit = look_up(pairs, units, ["year"])
    portfolios, regimes = _of_portfolios(pairs, "S, weighted"), _of_positions(pairs, "regime", None)
    return (portfolios / unit["S"] + regimes / unit["regime"]) / 2


@cache
def _means_over_pairs(year: int) -> tuple[float | None, float | None]:
    """Mean of `S, weighted` and of `regime` over all pairs of states in the year before."""
    portfolios = _portfolios().get(year - 1)
    if portfolios is None:
        return None, None
    table = look_up(
        pl.DataFrame({"ccode": portfolios.states}), states().filter(year=year - 1), ["ccode"]
    )
    pairs = np.triu_indices(table.height, 1)
    apart = (1 - s_scores(portfolios.levels, table["cinc"].fill_null(0.0).to_numpy())) / 2
    euds = table["euds"].cast(pl.Float64).to_numpy()
    return float(apart[pairs].mean()), float(np.nanmean(np.abs(euds[pairs[0]] - euds[pairs[1]])))


def _of_portfolios(pairs: pl.DataFrame, measure: Divergence) -> pl.Series:
    score: Mapping[str, Callable[[Portfolios, Floats], Floats]] = {
        "S": lambda p, _: s_scores(p.levels),
        "S, weighted": lambda p, cinc: s_scores(p.levels, cinc),
        "kappa": lambda p, _: kappa_scores(p.levels),
    }
    cinc = {int(str(y)): part for (y,), part in states().group_by("year")}
    found = np.full(pairs.height, np.nan)
    year, first, second = (pairs[c].to_numpy() for c in ("year", "ccode1", "ccode2"))
    # Those who entered in the year of the crisis are looked up in it.
    for lag in (1, 0):
        for when in np.unique(year[np.isnan(found)] - lag).tolist():
            if when not in _portfolios():
                continue
            portfolios = _portfolios()[when]
            members = pl.DataFrame({"ccode": portfolios.states})
            weights = look_up(members, cinc[when].select("ccode", "cinc"), ["ccode"])["cinc"]
            scores = score[measure](portfolios, weights.fill_null(0.0).to_numpy())
            rows = np.flatnonzero(np.isnan(found) & (year - lag == when))
            i, j = (
                np.minimum(np.searchsorted(portfolios.states, c[rows]), members.height - 1)
                for c in (first, second)
            )
            here = (portfolios.states[i] == first[rows]) & (portfolios.states[j] == second[rows])
            found[rows[here]] = (1 - scores[i, j][here]) / 2
    return pl.Series(found, nan_to_null=True)
