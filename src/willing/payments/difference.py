"""Are those who join paid more than those who do not? The difference, and a permutation of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from willing.errors import DataError
from willing.numbers import Floats, Ints
from willing.payments.panel import AFTER, BEFORE, CONTROLS, EARLIER, Panel
from willing.payments.twoway import TIED, Effect, absorbed_effects, partial_out, within


@dataclass(frozen=True, eq=False)
class Design:
    """One regression: the change of a series on joining and controls, within crises.

    Attributes
    ----------
    y : ndarray, shape (n,)
        Mean of ``log(1 + x)`` after the crisis less before.
    join : ndarray, shape (n,)
        1 for those who joined.
    controls : ndarray, shape (n, k)
        The controls.
    crisis, partner : ndarray of int, shape (n,)
        The groups.
    cell : ndarray of int, shape (n,)
        Within which joining is permuted: crisis, whether anything was paid before, alliance with
        the leader, and whether the partner is nearer to the target than the median of its crisis.
    n_joins, n_crises
        Rows that joined, and crises in which some did.
    """

    y: Floats
    join: Floats
    controls: Floats
    crisis: Ints
    partner: Ints
    cell: Ints
    n_joins: int
    n_crises: int

    def effect(self) -> Effect:
        """Estimate what joining adds, with errors clustered by crisis and by partner."""
        X = np.column_stack([self.join, self.controls])
        clusters = np.column_stack([self.crisis, self.partner])
        return absorbed_effects(self.y, X, absorb=[self.crisis], clusters=clusters)[0]


@dataclass(frozen=True)
class Permuted:
    """A difference against what chance gives.

    Attributes
    ----------
    null
        Mean over permutations. It need not be zero: those who join differ from the rest of their
        cell in what the controls do not take up in a straight line.
    centred
        The difference less `null`.
    p
        Share of permutations at least as far from `null` on either side.
    """

    null: float
    centred: float
    p: float


def design(panel: Panel, *, before: bool, placebo: bool = False) -> Design:
    """Make the regression of a panel.

    Parameters
    ----------
    panel
        The panel.
    before
        Whether the mean of ``log(1 + x)`` before is a control.
    placebo
        Take the three years before less the two before those: joining cannot move it.

    Raises
    ------
    DataError
        If nobody joined in what is left.
    """
    first, last = (EARLIER, BEFORE) if placebo else (BEFORE, AFTER)
    start = panel.mean_log(first)
    columns = [panel.rows[name].cast(pl.Float64).to_numpy() for name in CONTROLS]
    controls = np.column_stack([*columns, start] if before else columns)
    y = panel.mean_log(last) - start
    known = np.isfinite(y) & np.isfinite(controls).all(axis=1)
    rows = panel.rows.filter(known)
    join = rows["join"].to_numpy()
    if not join.any():
        raise DataError("nobody in this sample joined a coalition; choose a wider one")
    near = pl.col("distance") <= pl.col("distance").median().over("crisno")
    cells = rows.select("crisno", "ally", near=near, paid=pl.Series(start[known] > 0))
    cell = cells.select(pl.struct(pl.all()).rank("dense")).to_series().to_numpy()
    return Design(
        y=y[known],
        join=join,
        controls=controls[known],
        crisis=rows["crisno"].to_numpy(),
        partner=rows["partner"].to_numpy(),
        cell=cell.astype(np.int64),
        n_joins=int(join.sum()),
        n_crises=rows.filter(pl.col("join") == 1)["crisno"].n_unique(),
    )


def permute(one: Design, *, draws: int, rng: np.random.Generator) -> Permuted:
    """Compare the difference with that of joiners drawn at random within cells.

    Parameters
    ----------
    one
        The regression.
    draws
        Number of permutations.
    rng
        Source of randomness.
    """
    basis, _ = np.linalg.qr(within(one.controls, one.crisis))
    y = partial_out(within(one.y, one.crisis)[:, None], basis)[:, 0]
    # Joining is permuted within crises, so its crisis means never change; only what the controls
    # take out of it does, and that is a sum over the rows that join.
    _, number = np.unique(one.crisis, return_inverse=True)
    joiners, size = np.bincount(number, one.join), np.bincount(number)
    spread = one.join.sum() - (joiners**2 / size).sum()

    def effects(rows: Ints) -> Floats:
        taken = basis[rows].sum(axis=-2)
        return np.asarray(y[rows].sum(axis=-1) / (spread - (taken**2).sum(axis=-1)))

    found = float(effects(np.flatnonzero(one.join)))
    null = effects(_drawn_joiners(one, draws, rng))
    mean = float(null.mean())
    beyond = np.abs(null - mean) >= abs(found - mean) - TIED
    return Permuted(mean, found - mean, float((1 + beyond.sum()) / (1 + draws)))


def _drawn_joiners(one: Design, draws: int, rng: np.random.Generator) -> Ints:
    """Draw as many joiners in every cell as there are; their rows, shape (draws, joiners)."""
    drawn = []
    for cell in np.unique(one.cell[one.join == 1]):
        rows = np.flatnonzero(one.cell == cell)
        n = int(one.join[rows].sum())
        order = np.argsort(rng.random((draws, len(rows))), axis=1)[:, :n]
        drawn.append(rows[order])
    return np.concatenate(drawn, axis=1)
