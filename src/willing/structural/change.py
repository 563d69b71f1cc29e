"""What a change of a leader side does to who joins, at what price, and to victory."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.estimation.delta import Band, standard_errors
from willing.estimation.results import Z95
from willing.manner import Result
from willing.numbers import Floats, Ints
from willing.structural.counterfactual import Prediction, change_side, predict
from willing.structural.leader_sides import Sides

if TYPE_CHECKING:
    from willing.structural.estimates import Estimates

_TOTALS = ("build", "victory", "bill", "victory_value")
_SHOWN = 10


@dataclass(frozen=True, eq=False, repr=False)
class Change(Result):
    """A leader side before and after a change, and the differences with 95 % bands.

    Both sides depend on the same estimates, so that a difference is often known better than what
    it is a difference of.

    Attributes
    ----------
    before, after
        The predictions.
    partner
        COW codes of the candidates in both, shape (n,).
    join, join_error
        Differences of their probabilities of joining, and standard errors, shape (n,).
    price, price_error
        Differences of their prices in units of the noise, and standard errors, shape (n,).
    build, victory, bill, victory_value
        Differences of what `Prediction` has by these names.
    """

    before: Prediction
    after: Prediction
    partner: Ints
    join: Floats
    join_error: Floats
    price: Floats
    price_error: Floats
    build: Band
    victory: Band
    bill: Band
    victory_value: Band

    def to_frame(self) -> pl.DataFrame:
        """Give one row a candidate: differences with bands, the largest of joining first."""
        columns = {"partner": self.partner}
        for name in ("join", "price"):
            value, error = getattr(self, name), getattr(self, f"{name}_error")
            columns[name] = value
            columns[f"{name}_low"], columns[f"{name}_high"] = (
                value - Z95 * error,
                value + Z95 * error,
            )
        return pl.DataFrame(columns).sort(pl.col("join").abs(), descending=True)

    def to_dict(self) -> dict[str, Any]:
        """Give the predictions and the differences as plain numbers."""
        return {
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "change": {name: getattr(self, name).to_dict() for name in _TOTALS},
            "candidates": self.to_frame().to_dicts(),
        }

    def __str__(self) -> str:
        lines = [f"Side {self.before.side}, change with 95 % bands"]
        lines += [f"  {name.replace('_', ' '):18}{getattr(self, name)}" for name in _TOTALS]
        lines.append(f"  {'partner':>8}{'joins':>10}{'95 % band':>20}{'price':>9}")
        lines += [
            f"  {r['partner']:8d}{r['join']:+10.4f}{r['join_low']:+11.4f}{r['join_high']:+9.4f}"
            f"{r['price']:+9.2f}"
            for r in self.to_frame().head(_SHOWN).iter_rows(named=True)
        ]
        return "\n".join(lines)


def compare(
    estimates: Estimates,
    side: str | Sides,
    *,
    security: float | None = None,
    retention: float | None = None,
    without: Sequence[int] = (),
    with_: Sequence[int] = (),
    terms: Mapping[int, Mapping[str, float]] | None = None,
) -> Change:
    """Compare a leader side with itself after a change.

    Parameters
    ----------
    estimates
        The estimates.
    side
        The name of a leader side of the sample, or a single side as arrays.
    security, retention, without, with_, terms
        What is changed, see `willing.structural.counterfactual.change_side`.

    Returns
    -------
    Change
    """
    before = estimates.side(side) if isinstance(side, str) else side
    after = change_side(
        before,
        security=security,
        retention=retention,
        without=without,
        with_=with_,
        terms=terms,
    )
    partner = np.intersect1d(before.partner, after.partner)
    now, then = _outcomes(estimates, before, partner), _outcomes(estimates, after, partner)

    def difference(params: Floats) -> Floats:
        return then(params) - now(params)

    value = difference(estimates.params)
    error = standard_errors(difference, estimates.params, estimates.covariance)
    n = len(partner)
    totals = [
        Band(float(v), float(v - Z95 * e), float(v + Z95 * e))
        for v, e in zip(value[2 * n :], error[2 * n :], strict=True)
    ]
    return Change(
        before=predict(estimates, before),
        after=predict(estimates, after),
        partner=partner,
        join=value[:n],
        join_error=error[:n],
        price=value[n : 2 * n],
        price_error=error[n : 2 * n],
        **dict(zip(_TOTALS, totals, strict=True)),
    )


def _outcomes(estimates: Estimates, side: Sides, partner: Ints) -> Callable[[Floats], Floats]:
    """Join probabilities and prices of some candidates, then the totals, at given parameters."""
    likelihood = estimates.model.likelihood(side)
    rows = [int(np.flatnonzero(side.partner == code)[0]) for code in partner]

    def outcomes(params: Floats) -> Floats:
        found = likelihood.expectations(params)
        nobody = likelihood.weights[0] @ params[:2] * likelihood.table.alone[0]
        price = side.design @ params[2:]
        totals = [
            -np.expm1(nobody - found.log_partition[0]),
            found.victory[0],
            found.join @ price,
            params[0] + params[1] * side.insecurity[0],
        ]
        return np.concatenate([found.join[rows], price[rows], totals])

    return outcomes
