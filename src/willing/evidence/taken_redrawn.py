"""Divergence of the partners taken, ready to be compared again under other values of a measure.

The same difference as in `willing.evidence.selectivity`, least less most secure third of leaders,
with sums by leader side in place of triads, so that a draw of leaders and crises costs next to
nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from willing.evidence.two_stage import TwoStage
from willing.numbers import Floats, Ints

# Draws of crises alone, for the standard error that takes the measure as known.
CRISIS_DRAWS = 1000


@dataclass(frozen=True, eq=False)
class TakenByThird:
    """Sums of divergence by leader side.

    Attributes
    ----------
    at
        Shape (sides,): where each side's leader stands among the values of a measure.
    crisis
        Shape (sides,): number of the side's crisis, from 0.
    sums
        Shape (sides, 4): divergence of the partners taken and their number, then of the other
        states and theirs.
    """

    at: NDArray[np.int64]
    crisis: Ints
    sums: Floats

    def differences(self, values: Floats, times: Floats | None = None) -> Floats:
        """Give the difference of the outer thirds, raw and net of the states not taken.

        Parameters
        ----------
        values
            The measure, high where a leader is less secure; NaN where not known.
        times
            Shape (crises,): how often each crisis counts; once by default.

        Returns
        -------
        ndarray
            Shape (2,): NaN where a third has no partner.
        """
        measured = values[self.at]
        known = np.isfinite(measured)
        low, high = np.quantile(measured[known], [1 / 3, 2 / 3])
        weight = known.astype(float) if times is None else known * times[self.crisis]
        secure, insecure = weight * (measured <= low), weight * (measured > high)
        with np.errstate(invalid="ignore", divide="ignore"):
            means = [third @ self.sums for third in (secure, insecure)]
            taken, others = ([m[i] / m[i + 1] for m in means] for i in (0, 2))
        raw = taken[1] - taken[0]
        return np.array([raw, raw - (others[1] - others[0])])

    def draw(self, values: Floats, rng: np.random.Generator) -> Floats:
        """Give `differences` on crises drawn with replacement."""
        crises = int(self.crisis.max()) + 1
        times = rng.multinomial(crises, np.full(crises, 1 / crises)).astype(float)
        return self.differences(values, times)

    def summarise(
        self, values: Floats, drawn: Floats, rng: np.random.Generator
    ) -> tuple[TwoStage, TwoStage]:
        """Give raw and net difference with the standard errors of one stage and of both.

        Parameters
        ----------
        values
            The measure as estimated.
        drawn
            Shape (draws, 2): `draw` with redrawn leaders.
        rng
            Source of the crises drawn for the standard error of one stage.
        """
        found = self.differences(values)
        one_stage = np.array([self.draw(values, rng) for _ in range(CRISIS_DRAWS)])
        raw, net = (_two_stage(found[i], one_stage[:, i], drawn[:, i]) for i in (0, 1))
        return raw, net


def taken_by_third(
    triads: pl.DataFrame, at: NDArray[np.int64], *, divergence: str = "difLPv"
) -> TakenByThird:
    """Sum up the divergence of partners taken and of other states by leader side.

    Parameters
    ----------
    triads
        A sample of the record.
    at
        Shape (n,): where each triad's leader stands among the values of a measure.
    divergence
        Its column.
    """
    known, joined = pl.col(divergence).is_not_null(), pl.col("join") == 1
    spoken = known & pl.col("join").is_not_null()
    both = {True: joined, False: ~joined}
    sums = [
        part
        for taken in (True, False)
        for part in (
            pl.col(divergence).filter(spoken & both[taken]).sum().alias(f"sum{taken}"),
            (spoken & both[taken]).sum().alias(f"count{taken}"),
        )
    ]
    sides = (
        triads.with_columns(_at=pl.Series(at))
        .group_by("side", "leader", maintain_order=True)
        .agg(pl.col("_at", "crisno").first(), *sums)
    )
    crisis = np.unique(sides["crisno"].to_numpy(), return_inverse=True)[1]
    columns = ["sumTrue", "countTrue", "sumFalse", "countFalse"]
    return TakenByThird(
        sides["_at"].to_numpy(), crisis, sides.select(columns).to_numpy().astype(float)
    )


def _two_stage(value: float, one_stage: Floats, drawn: Floats) -> TwoStage:
    used = drawn[np.isfinite(drawn)]
    both, low, high = np.nan, np.nan, np.nan
    if len(used) > 1:
        both = float(used.std(ddof=1))
        low, high = (float(q) for q in np.quantile(used, [0.025, 0.975]))
    spread = float(np.nanstd(one_stage, ddof=1))
    return TwoStage(float(value), spread, both, low, high, len(used), len(drawn) - len(used))
