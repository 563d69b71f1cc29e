"""What cost, aversion and value of office would have to be for payments to be the game's prices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from willing.estimation.covariance import clustered_covariance
from willing.manner import Result
from willing.payments.samples import LARGE_GAIN
from willing.payments.twoway import Effect, safe_errors

# What the Gulf War cost the United States before contributions, 61 billion dollars of 1991, in
# millions of 2019: the one war of the record of which a figure is in the casebook.
WAR = 104_500.0
# What a defeat adds to a leader's risk of losing office, by and large.
STAKE = 0.1


@dataclass(frozen=True, repr=False)
class ImpliedGame(Result):
    """The game that the payments of joiners would be an equilibrium of.

    Attributes
    ----------
    cost
        The cost `k` of taking part for a partner without divergence, millions of 2019 dollars:
        what joiners at divergence 0 gained in aid over three years. Additive pricing,
        ``x = k + delta d``.
    aversion
        The aversion `delta`, millions of 2019 dollars per unit of divergence.
    paid
        Joiners that gained more than `LARGE_GAIN`.
    joiners
        All joiners of known divergence and gain.
    required : tuple of float
        Quartiles, over those that gained so much, of the least that victory had to be worth to the
        leader, office included, for the partner to be worth its payment, in millions of dollars:
        ``x / [p(M) - p(M - m)]``. With `V` the value of victory alone,
        ``Psi (r - sigma) = required / V - 1``.
    """

    cost: Effect
    aversion: Effect
    paid: int
    joiners: int
    required: tuple[float, float, float]

    def office(self, value: float, *, stake: float) -> float:
        """Give the value of office `Psi` that the median payment needs.

        Parameters
        ----------
        value
            The value of victory, millions of dollars.
        stake
            ``r - sigma``: what a defeat adds to the risk of losing office, above 0.
        """
        return max(0.0, self.required[1] / value - 1.0) / stake

    def to_dict(self) -> dict[str, Any]:
        """Everything as plain values."""
        return {
            "cost": vars(self.cost),
            "aversion": vars(self.aversion),
            "paid": self.paid,
            "joiners": self.joiners,
            "required": list(self.required),
        }

    def __str__(self) -> str:
        low, middle, high = self.required
        return (
            "What the game would have to be (aid over three years, millions of 2019 dollars)\n"
            f"  k      {self.cost.value:+,.0f} (s.e. {self.cost.se:,.0f}): what a joiner without "
            "divergence gained\n"
            f"  delta  {self.aversion.value:+,.0f} (s.e. {self.aversion.se:,.0f}) a unit of "
            "divergence\n"
            f"  {self.paid} of {self.joiners} joiners gained more than {LARGE_GAIN:,.0f}; for half "
            f"of these victory had to be worth {middle / 1e3:,.0f} billion dollars or more, office "
            f"included (quartiles {low / 1e3:,.0f} and {high / 1e3:,.0f}), or the partner was "
            "bought for something other than its strength\n"
            f"  if victory itself was worth a war of {WAR / 1e3:,.0f} billion and a defeat added "
            f"{STAKE} to the risk of losing office, Psi had to be "
            f"{self.office(WAR, stake=STAKE):,.0f}"
        )


def implied_game(rows: pl.DataFrame) -> ImpliedGame:
    """Read the game off the payments of those who joined.

    Parameters
    ----------
    rows
        As in `willing.payments.prices.PricesAndPayments`: ``crisno``, ``partner``, ``join``,
        ``divergence``, ``gain``, ``dollars``.
    """
    joined = rows.filter(pl.col("join") == 1).drop_nulls(["dollars", "divergence"])
    x, d = (joined[name].to_numpy() for name in ("dollars", "divergence"))
    X = np.column_stack([np.ones(len(x)), d])
    b, *_ = np.linalg.lstsq(X, x, rcond=None)
    scores, hessian = (x - X @ b)[:, None] * X, -(X.T @ X)
    crisis, partner = (joined[name].to_numpy() for name in ("crisno", "partner"))
    pairs = crisis * (int(partner.max()) + 1) + partner
    one, other, both = (
        np.diag(clustered_covariance(scores, hessian, np.unique(group, return_inverse=True)[1]))
        for group in (crisis, partner, pairs)
    )
    errors = safe_errors(one + other - both, [one, other])
    level, slope = (Effect(float(v), float(se), len(x)) for v, se in zip(b, errors, strict=True))
    bought = joined.filter(pl.col("dollars") > LARGE_GAIN, pl.col("gain") > 0)
    needed = (bought["dollars"] / bought["gain"]).to_numpy()
    low, middle, high = (float(v) for v in np.quantile(needed, [0.25, 0.5, 0.75]))
    paid = joined.filter(pl.col("dollars") > LARGE_GAIN).height
    return ImpliedGame(level, slope, paid, len(x), (low, middle, high))
