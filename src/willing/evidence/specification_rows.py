"""All triads as arrays, from which any cell of a specification curve is cut without a join."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from joblib import Parallel, delayed

from willing.divergence.divergence_measures import COLUMNS, put_divergence
from willing.evidence.claims import SIDE_CONTROLS
from willing.evidence.covariate_gaps import fill_regimes, fill_un_support
from willing.evidence.model_columns import AFFINITY, CLUSTER, CONTROLS, IDEAL_POINTS
from willing.evidence.permutation import permute_units, strata
from willing.evidence.specification_choices import (
    AFFINE,
    NO_DIVERGENCE,
    SAMPLES,
    Choices,
    Specification,
)
from willing.numbers import Floats, Ints
from willing.record.leading import PICKED
from willing.record.measured import PARTNER_INSECURITY
from willing.record.pool import in_pool
from willing.security.measures import MEASURES

_ROW = "row of the triads"


@dataclass(frozen=True, eq=False)
class Rows:
    """Triads in the order of crisis, leader and side.

    Attributes
    ----------
    columns : mapping of str to ndarray, shape (n,)
        Covariates, NaN where missing; codings of joining; ``measure_leader``, ``measure_partner``
        by measure, more being less secure; ``difLPv, measure`` and ``difTPv, measure`` by
        divergence.
    masks : mapping of str to ndarray of bool, shape (n,)
        Who is in a pool, picked by a leader rule, in a sample.
    crisis, side, unit : ndarray of int, shape (n,)
        Number of the crisis, of the leader's side, and of the leader in the crisis, in rising
        order.
    leaders : ndarray of int, shape (S,)
        COW code of each leader in a crisis.
    crises : ndarray of int, shape (S,)
        ICB's number of her crisis.
    names : mapping of int to str
        Names of crises.
    named : bool
        Whether leading states are named; if not, `leaders` numbers sides.
    arranged : ndarray of int, shape (1 + P, S)
        For each leader in a crisis, whose insecurity she takes in each permutation; the first is
        her own.
    """

    columns: Mapping[str, Floats]
    masks: Mapping[str, np.ndarray]
    crisis: Ints
    side: Ints
    unit: Ints
    leaders: Ints
    crises: Ints
    names: Mapping[int, str]
    named: bool
    arranged: Ints

    def mask(self, chosen: Specification) -> np.ndarray:
        """Say which rows are a specification's, missing values apart."""
        own = self.masks[f"pool {chosen.pool}"] & self.masks[f"sample {chosen.sample}"]
        if chosen.leader != "every":
            own = own & self.masks[f"leader {chosen.leader}"]
        return np.asarray(own)

    def of_units(self, measure: str) -> Floats:
        """Give the insecurity of each leader in a crisis, shape (S,)."""
        found = np.full(len(self.leaders), np.nan)
        found[self.unit] = self.columns[f"{measure}_leader"]
        return found


def specification_rows(
    triads: pl.DataFrame,
    choices: Choices,
    *,
    permutations: int,
    seed: int = 0,
    progress: Callable[[str], object] = lambda _: None,
) -> Rows:
    """Lay out triads for a specification curve.

    Parameters
    ----------
    triads
        All triads of the record, of every leader; or of another file, with ``side`` and without
        ``leader``.
    choices
        What is varied; see :meth:`~willing.evidence.specification_choices.Choices.available`.
    permutations
        How often leaders are exchanged within decade and major-power status. One whose insecurity
        is missing by a measure is exchanged with those of whom it is missing too.
    seed
        Seed of the permutations.
    progress
        Told what is done.
    """
    named = "leader" in triads.columns
    filled = fill_regimes(fill_un_support(triads)) if named else triads
    unit = (CLUSTER, "leader") if named else (CLUSTER, "side")
    ordered = filled.sort(*unit, "side", maintain_order=True).with_row_index(_ROW)
    columns: dict[str, Floats] = {}

    def keep(name: str, values: pl.Series) -> None:
        columns[name] = values.cast(pl.Float64).fill_null(float("nan")).to_numpy()

    plain = (*CONTROLS, *SIDE_CONTROLS, *choices.coding)
    for name in dict.fromkeys(name for name in plain if name in ordered.columns):
        if name != PARTNER_INSECURITY:
            keep(name, ordered[name])
    for measure in choices.measure:
        secure = measure in MEASURES and MEASURES[measure].sign < 0
        for role in ("leader", "partner"):
            if f"{measure}_{role}" in ordered.columns:
                own = ordered[f"{measure}_{role}"].cast(pl.Float64)
                keep(f"{measure}_{role}", 1.0 - own if secure else own)
            elif role == "partner":
                keep(f"{measure}_{role}", ordered[PARTNER_INSECURITY])
    measured = [name for name in choices.divergence if name != NO_DIVERGENCE]
    done = Parallel(n_jobs=-1, prefer="threads", return_as="generator")(
        delayed(_diverging)(ordered, divergence) for divergence in measured
    )
    for divergence, put in zip(measured, done, strict=True):
        for name in COLUMNS.values():
            if name in put.columns:
                keep(f"{name}, {divergence}", put[name])
        progress(f"divergence: {divergence}")
    if "covered" in ordered.columns:
        keep("covered", ordered["covered"].cast(pl.Int8))
    units = ordered.select(
        CLUSTER,
        *(name for name in ("year", "pcw", "Lmaj") if name in ordered.columns),
        leader="leader" if named else "side",
        crisis=pl.col(CLUSTER).rank("dense").cast(pl.Int64) - 1,
        side=pl.struct(*unit, "side").rle_id().cast(pl.Int64)
        if named
        else pl.struct(*unit).rle_id().cast(pl.Int64),
        unit=pl.struct(*unit).rle_id().cast(pl.Int64),
    )
    each = units.unique("unit", keep="first", maintain_order=True)
    rows = Rows(
        columns,
        _masks(ordered, choices),
        units["crisis"].to_numpy(),
        units["side"].to_numpy(),
        units["unit"].to_numpy(),
        each["leader"].cast(pl.Int64).to_numpy(),
        each[CLUSTER].cast(pl.Int64).to_numpy(),
        dict(ordered.select(CLUSTER, "crisname").unique().iter_rows())
        if "crisname" in ordered.columns
        else {},
        named,
        np.zeros((1, each.height), dtype=np.int64),
    )
    known = np.array([np.isfinite(rows.of_units(m)) for m in choices.measure])
    _, pattern = np.unique(known, axis=1, return_inverse=True)
    stratum = strata(each) * (int(pattern.max()) + 1) + pattern.ravel()
    arranged = permute_units(stratum, permutations=permutations, seed=seed)
    return Rows(**{**vars(rows), "arranged": arranged})


def _diverging(triads: pl.DataFrame, divergence: str) -> pl.DataFrame:
    """Put a measure of divergence into its columns; affinity of votes is turned into one."""
    if divergence == AFFINE:
        apart = {to: (1.0 - pl.col(of)) / 2 for of, to in zip(AFFINITY, IDEAL_POINTS, strict=True)}
        return triads.with_columns(**apart)
    return put_divergence(triads, divergence)  # type: ignore[arg-type]


def _masks(ordered: pl.DataFrame, choices: Choices) -> dict[str, np.ndarray]:
    found = {}

    def keep(name: str, chosen: pl.DataFrame) -> None:
        mask = np.zeros(ordered.height, dtype=bool)
        mask[chosen[_ROW].to_numpy()] = True
        found[name] = mask

    for pool in choices.pool:
        keep(f"pool {pool}", in_pool(ordered, pool))
    for rule in choices.leader:
        if rule != "every":
            keep(f"leader {rule}", ordered.filter(pl.col(PICKED[rule]).fill_null(False)))
    for name in choices.sample:
        if name not in SAMPLES:
            keep(f"sample {name}", ordered)
            continue
        years, without = SAMPLES[name]
        own = pl.col("year").is_between(*years) & ~pl.col("leader").is_in(list(without))
        keep(f"sample {name}", ordered.filter(own))
    return found


def complete_rows(mask: np.ndarray, columns: Sequence[Floats]) -> Ints:
    """Give the rows of a mask in which no column is missing."""
    own = np.flatnonzero(mask)
    for column in columns:
        own = own[np.isfinite(column[own])]
    return own
