"""Who would join a leader, and how that changes when the leader or the field does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.errors import EstimationError
from willing.estimation.delta import Band, standard_errors
from willing.estimation.results import Z95
from willing.figures import BLUE, house_theme
from willing.later import special
from willing.manner import Result
from willing.numbers import Floats, Ints
from willing.structural.leader_sides import Sides

if TYPE_CHECKING:
    from plotnine import ggplot

    from willing.structural.fitted import Fitted


@dataclass(frozen=True, eq=False, repr=False)
class Prediction(Result):
    """Who joins a leader, with what probability and at what price.

    Attributes
    ----------
    side
        The leader side.
    partner
        COW codes of the candidates, shape (n,).
    join, low, high
        Their probabilities of joining with 95 % bands, shape (n,).
    price
        Their prices :math:`z_i'c` in units of the noise, shape (n,). Only differences mean
        something: the constant carries the number of candidates that noise alone would bring.
    price_error
        Their standard errors, shape (n,).
    size
        Probability of each number of partners, shape (n + 1,).
    build
        Probability that any coalition forms.
    victory
        Expected probability of victory.
    alone
        Probability of victory alone.
    bill
        Expected sum of prices, in units of the noise.
    victory_value
        :math:`b_0 + b_1 h`.
    backed
        Whether outcomes stand behind the contest; else its probabilities are not told.
    """

    side: str
    partner: Ints
    join: Floats
    low: Floats
    high: Floats
    price: Floats
    price_error: Floats
    size: Floats
    build: Band
    victory: Band
    alone: float
    bill: Band
    victory_value: Band
    backed: bool = True

    def to_frame(self) -> pl.DataFrame:
        """Give one row a candidate, likeliest first."""
        return pl.DataFrame(
            {
                "partner": self.partner,
                "join": self.join,
                "low": self.low,
                "high": self.high,
                "price": self.price,
                "price_low": self.price - Z95 * self.price_error,
                "price_high": self.price + Z95 * self.price_error,
            }
        ).sort("join", descending=True)

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain numbers."""
        bands = ("build", "bill", "victory_value")
        return {
            "side": self.side,
            "alone": self.alone if self.backed else None,
            "victory": self.victory.to_dict() if self.backed else None,
            **{name: getattr(self, name).to_dict() for name in bands},
            "size": self.size.tolist(),
            "candidates": self.to_frame().to_dicts(),
        }

    def __str__(self) -> str:
        lines = [
            f"Side {self.side}, {len(self.partner)} candidates",
            f"  any coalition forms     {self.build}",
            *(
                [f"  probability of victory  {self.victory} (alone {self.alone:.3g})"]
                if self.backed
                else []
            ),
            f"  expected partners       {float(np.arange(len(self.size)) @ self.size):.3g}",
            f"  {'partner':>8}{'joins':>10}{'95 % band':>20}{'price':>9}",
        ]
        lines += [
            f"  {r['partner']:8d}{r['join']:10.4f}{r['low']:11.4f}{r['high']:9.4f}{r['price']:9.2f}"
            for r in self.to_frame().head(10).iter_rows(named=True)
        ]
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw the twenty likeliest partners with their bands."""
        from plotnine import aes, coord_flip, geom_pointrange, ggplot, labs, scale_x_discrete

        shown = self.to_frame().head(20).with_columns(pl.col("partner").cast(pl.String))
        return (
            ggplot(shown, aes("partner", "join"))
            + geom_pointrange(aes(ymin="low", ymax="high"), color=BLUE)
            + scale_x_discrete(limits=shown["partner"].to_list()[::-1])
            + labs(x="Partner", y="Probability of joining", title=f"Side {self.side}")
            + coord_flip()
            + house_theme(height=5.0)
        )


def change_side(
    sides: Sides,
    *,
    security: float | None = None,
    retention: float | None = None,
    without: Sequence[int] = (),
    with_: Sequence[int] = (),
    terms: Mapping[int, Mapping[str, float]] | None = None,
) -> Sides:
    """Change one leader side.

    Parameters
    ----------
    sides
        A single side.
    security, retention
        The leader's probabilities of keeping office after defeat and after victory; her insecurity
        becomes ``retention - security``. One that is not given stays.
    without
        COW codes of candidates who cannot join.
    with_
        COW codes of candidates who take part for certain: their strength counts as the leader's.
    terms
        New values of terms of the price by candidate and name, such as
        ``{220: {"divergence": 0.5}}``. Products that contain a term follow it.

    Returns
    -------
    Sides
        The side after the change.

    Raises
    ------
    EstimationError
        If there is not exactly one side, or a candidate or a term is not in it.
    """
    _require_single(sides)
    where = {int(code): row for row, code in enumerate(sides.partner)}
    new_terms = dict(terms or {})
    unknown = [code for code in (*without, *with_, *new_terms) if code not in where]
    if unknown:
        raise EstimationError(
            f"{', '.join(map(str, unknown))} cannot join {sides.names[0]}: no candidate with "
            "known covariates"
        )
    design = sides.design.copy()
    for code, values in new_terms.items():
        design[where[code]] = _with_terms(design[where[code]], values, sides.terms)
    for name, given in (("security", security), ("retention", retention)):
        if given is not None and not 0.0 <= given <= 1.0:
            raise EstimationError(f"{name}={given}; it is a probability, from 0 to 1")
    insecurity, r = sides.insecurity, sides.retention
    if security is not None or retention is not None:
        r = r if retention is None else np.array([retention])
        insecurity = r - (sides.security if security is None else security)
        for row in design:
            row[:] = _with_terms(row, {"insecurity": insecurity[0]}, sides.terms, lenient=True)
    sure = np.isin(sides.partner, list(with_))
    kept = ~np.isin(sides.partner, [*without, *with_])
    return replace(
        sides,
        start=np.array([0, int(kept.sum())]),
        partner=sides.partner[kept],
        strength=sides.strength[kept],
        design=design[kept],
        joined=sides.joined[kept],
        leader_strength=sides.leader_strength + sides.strength[sure].sum(),
        insecurity=insecurity,
        retention=r,
    )


def predict(estimates: Fitted, sides: Sides) -> Prediction:
    """Predict who joins one leader side.

    Parameters
    ----------
    estimates
        The estimates.
    sides
        A single side, with the terms of the estimates.

    Returns
    -------
    Prediction
        With delta-method bands; those of probabilities are made on the log odds.
    """
    _require_single(sides)
    likelihood = estimates.model.likelihood(sides)
    params, covariance = estimates.params, estimates.covariance
    alone = float(likelihood.table.alone[0])

    def numbers(theta: Floats) -> Floats:
        """Log odds of joining and building, expected victory, bill and value of victory."""
        found = likelihood.expectations(theta)
        value = float(likelihood.weights[0] @ theta[:2])
        nobody = value * alone - found.log_partition[0]
        price = sides.design @ theta[2:]
        log_odds = [special.logit(found.join), [np.log(np.expm1(-nobody))]]
        rest = [[found.victory[0], found.join @ price, theta[0] + theta[1] * sides.insecurity[0]]]
        return np.concatenate([*log_odds, *rest])

    centre = numbers(params)
    error = standard_errors(numbers, params, covariance)
    low, high = centre - Z95 * error, centre + Z95 * error
    n = len(sides.partner)
    build = Band(*(float(special.expit(x[n])) for x in (centre, low, high)))
    victory, bill, value = (
        Band(float(centre[j]), float(low[j]), float(high[j])) for j in range(n + 1, n + 4)
    )
    return Prediction(
        side=sides.names[0],
        partner=sides.partner,
        join=special.expit(centre[:n]),
        low=special.expit(low[:n]),
        high=special.expit(high[:n]),
        price=sides.design @ params[2:],
        price_error=np.sqrt(
            np.einsum("ij,jk,ik->i", sides.design, covariance[2:, 2:], sides.design)
        ),
        size=size_probabilities(estimates, sides),
        build=build,
        victory=victory,
        alone=alone,
        bill=bill,
        victory_value=value,
        backed=estimates.model.backed,
    )


def size_probabilities(estimates: Fitted, sides: Sides) -> Floats:
    """Give the distribution of the number of partners of a single side, shape (n + 1,)."""
    likelihood = estimates.model.likelihood(sides, threads=1)
    chances: Floats = likelihood.size_probabilities(estimates.params, len(sides.partner) + 1)[0]
    return chances


def _with_terms(
    row: Floats, values: Mapping[str, float], terms: Sequence[str], *, lenient: bool = False
) -> Floats:
    """Set simple terms of a candidate, and products of them with other terms it has."""
    known = dict(zip(terms, row.tolist(), strict=True))
    absent = [name for name in values if not any(name in term.split(":") for term in terms)]
    if absent and not lenient:
        raise EstimationError(
            f"{', '.join(absent)} is not a term of the price; there are {', '.join(terms)}"
        )
    changed = known | {name: value for name, value in values.items() if name in known}
    for term in terms:
        factors = term.split(":")
        if len(factors) > 1 and set(factors) & set(values):
            missing = [f for f in factors if f not in changed and f not in values]
            if missing:
                raise EstimationError(
                    f"{term} cannot follow a change of {', '.join(values)}: {missing[0]} is not a "
                    "term by itself; add it to the model's terms"
                )
            changed[term] = float(np.prod([values.get(f, changed.get(f, 0.0)) for f in factors]))
    return np.array([changed[term] for term in terms])


def _require_single(sides: Sides) -> None:
    if sides.count != 1:
        raise EstimationError(f"{sides.count} sides; predictions are about one at a time")
