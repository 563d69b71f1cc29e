"""What the structural model reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import polars as pl

from willing.errors import EstimationError
from willing.estimation.results import Z95, ChiSquareTest, Estimate
from willing.later import special
from willing.manner import Result
from willing.numbers import p_cell
from willing.security.measures import MEASURES, STAKE
from willing.structural.counterfactual import Prediction, change_side, predict
from willing.structural.fitted import Fitted
from willing.structural.hypotheses import describe_office, judge_formation, judge_selectivity
from willing.structural.implied import DIVERGENCE, Implied, implied, typical_partner
from willing.structural.leader_sides import Sides
from willing.structural.likelihood import VALUE_TERMS
from willing.structural.maximum import fit
from willing.structural.side_arrays import describe_account
from willing.structural.term_effects import plot_effects

if TYPE_CHECKING:
    from plotnine import ggplot


# What the fit without a parameter may miss of its maximum, in units of log-likelihood.
_SLACK = 1e-6


@dataclass(frozen=True, eq=False, repr=False)
class Estimates(Fitted, Result):
    """Estimates of the structural model.

    Attributes
    ----------
    model
        What was fitted; its decisiveness is the one chosen.
    likelihood
        The log-likelihood, with the leader sides it is about.
    fit
        Its maximum.
    covariance
        Covariance of the estimates, clustered by crisis, shape (2 + k, 2 + k).
    profile
        How the decisiveness was chosen, if by a profile likelihood.
    outcomes
        The contest as outcomes tell it; None if it was given or comes from the coalitions. Its
        uncertainty is in the covariance.
    """

    def estimate(self, name: str) -> Estimate:
        """Give one parameter with its standard error."""
        position = self._positions([name])[0]
        return Estimate(name, float(self.params[position]), float(self.std_errors[position]))

    def wald(self, *names: str) -> ChiSquareTest:
        """Test that parameters are zero by the clustered covariance."""
        places = self._positions(names)
        b, V = self.params[places], self.covariance[np.ix_(places, places)]
        return ChiSquareTest.of(float(b @ np.linalg.solve(V, b)), len(places))

    def lr(self, *names: str) -> ChiSquareTest:
        """Test that parameters are zero by refitting without them; sides count as independent."""
        self._positions(names)
        start, hessian = self.params, self.fit.hessian
        held = dict.fromkeys(names, 0.0)
        without = fit(self.likelihood, start=start, hessian=hessian, held=held, slack=_SLACK)
        return ChiSquareTest.of(max(0.0, 2 * (self.log_likelihood - without.value)), len(names))

    @cached_property
    def implied(self) -> tuple[Implied, Implied]:
        """What secure and insecure leaders give and tolerate: the quartiles of insecurity."""
        partner = typical_partner(self.likelihood)
        low, high = np.quantile(self.sides.insecurity, [0.25, 0.75])
        return (
            implied(partner, float(low), self.params, self.covariance),
            implied(partner, float(high), self.params, self.covariance),
        )

    def probabilities(
        self,
        side: str | Sides,
        *,
        security: float | None = None,
        retention: float | None = None,
        without: Sequence[int] = (),
        with_: Sequence[int] = (),
        terms: Mapping[int, Mapping[str, float]] | None = None,
    ) -> Prediction:
        """Predict who joins, also after a change.

        Parameters
        ----------
        side
            The name of a leader side of the sample (``"crisno-target"``), or a single side as
            arrays with the terms of the model.
        security, retention, without, with_, terms
            What is changed, see `willing.structural.counterfactual.change_side`.

        Returns
        -------
        Prediction

        Raises
        ------
        EstimationError
            If the side or a candidate is not in the sample.
        """
        one = self.side(side) if isinstance(side, str) else side
        changed = change_side(
            one,
            security=security,
            retention=retention,
            without=without,
            with_=with_,
            terms=terms,
        )
        return predict(self, changed)

    forecast: ClassVar[Callable[..., Any]]
    """Forecast who joins; given by `willing.forecast.forecast`, see there."""

    def hypothesis_one(self) -> str:
        """Say in a sentence whether the value of victory rises with insecurity."""
        return judge_formation(self.estimate(VALUE_TERMS[1]))

    def hypothesis_two(self) -> str:
        """Say in a sentence whether insecure leaders tolerate more divergence."""
        cost = self.estimate(DIVERGENCE) if DIVERGENCE in self.names else None
        return judge_selectivity(self.estimate(VALUE_TERMS[1]), cost)

    def to_frame(self) -> pl.DataFrame:
        """Give one row a parameter.

        Columns ``equation`` (``"value"`` or ``"price"``), ``term``, ``estimate``, ``std_error``,
        ``z``, ``p``, ``low``, ``high``, and ``join_index``: minus a price's estimate, the effect
        on the log odds of joining when victory is worth nothing.
        """
        se, many = self.std_errors, len(VALUE_TERMS)
        z = np.divide(self.params, se, out=np.full_like(se, np.nan), where=se > 0)
        price = len(self.names) - many
        return pl.DataFrame(
            {
                "equation": ["value"] * many + ["price"] * price,
                "term": self.names,
                "estimate": self.params,
                "std_error": se,
                "z": z,
                "p": 2 * special.ndtr(-np.abs(z)),
                "low": self.params - Z95 * se,
                "high": self.params + Z95 * se,
                "join_index": [None] * many + (-self.params[many:]).tolist(),
            }
        )

    @property
    def by_stake(self) -> bool:
        """Whether insecurity is what a defeat takes from the chance to keep office."""
        return self.model.insecurity == STAKE

    def office_said(self) -> list[str]:
        """Say what office is worth, if insecurity is what a defeat takes from keeping it."""
        if not self.by_stake:
            return []
        return [describe_office(self.params[:2], self.covariance[:2, :2])]

    def measure_said(self) -> str:
        """Say what the insecurity `h` of the leader is."""
        if self.by_stake:
            return "h = r - sigma: what a defeat takes from the leader's chance to keep office"
        return f"h: {MEASURES[self.model.insecurity].definition}"

    def contest_said(self) -> list[str]:
        """Say in a line or two where the contest comes from."""
        lines = []
        if self.outcomes is not None:
            low, high = self.outcomes.logit.cuts
            alone = np.quantile(self.likelihood.table.alone, [0.1, 0.5, 0.9])
            lines += [
                f"contest from {self.outcomes.contests.height:,} outcomes: decisiveness "
                f"{self.outcomes.decisiveness:.3f} (s.e. {self.outcomes.decisiveness_se:.3f}), "
                f"cuts {low:.2f} and {high:.2f}; carried into the standard errors",
                "leaders alone win with probability "
                + ", ".join(f"{p:.2f}" for p in alone)
                + " (tenth, half and nine tenths of them)",
            ]
        if self.profile is not None:
            which = "coalitions" if self.outcomes is None else "coalitions and outcomes"
            lines.append(f"{self.profile}, of {which}")
        if not self.model.backed:
            lines.append(
                f"ratio contest of decisiveness {self.model.decisiveness:g}, which no outcome "
                "backs: it is not read as a probability of victory"
            )
        return lines

    def counts(self) -> dict[str, int]:
        """Give the numbers of sides, crises, candidates, joins and coalitions."""
        sides = self.sides
        return {
            "sides": sides.count,
            "crises": len(np.unique(sides.crisis)),
            "candidates": len(sides.partner),
            "joins": int(sides.joined.sum()),
            "coalitions": int((sides.sizes > 0).sum()),
        }

    def fit_statistics(self) -> pl.DataFrame:
        """Give one row: what it is of (`counts`), ``parameters``, ``log_likelihood``, criteria.

        ``aic`` and ``bic`` count leader sides as observations.
        """
        k, n = len(self.params), self.sides.count
        value = self.log_likelihood
        row = {**self.counts(), "parameters": k, "log_likelihood": value}
        return pl.DataFrame(
            [row | {"aic": 2 * k - 2 * value, "bic": k * float(np.log(n)) - 2 * value}]
        )

    def to_dict(self) -> dict[str, Any]:
        """Give everything but the data as plain numbers and text."""
        secure, insecure = self.implied
        return {
            "model": vars(self.model),
            **self.counts(),
            "left_out": dict(self.sides.account),
            "log_likelihood": self.log_likelihood,
            "iterations": self.fit.iterations,
            "gain_left": self.fit.gain_left,
            "decisiveness": self.model.decisiveness,
            "profile": None if self.profile is None else self.profile.to_dict(),
            "outcomes": None if self.outcomes is None else self.outcomes.to_dict(),
            "parameters": self.to_frame().to_dicts(),
            "implied": {"secure": secure.to_dict(), "insecure": insecure.to_dict()},
            "h1": self.hypothesis_one(),
            "h2": self.hypothesis_two(),
        }

    def __str__(self) -> str:
        head = f"{'':24}{'estimate':>10}{'std. error':>12}{'z':>8}{'p':>8}{'95 % interval':>20}"
        counts = self.counts()
        lines = [
            "Structural model: P(S) proportional to exp((b0 + b1 h) p(M(S)) - sum of prices)",
            self.measure_said(),
            "-" * len(head),
            head,
        ]
        equation = ""
        for row in self.to_frame().iter_rows(named=True):
            if row["equation"] != equation:
                equation = row["equation"]
                lines.append(_HEADINGS[equation])
            lines.append(
                f"  {row['term']:22}{row['estimate']:10.3f}{row['std_error']:12.3f}"
                f"{row['z']:8.2f}{p_cell(row['p']):>8}{row['low']:10.3f}{row['high']:10.3f}"
            )
        lines += [
            "-" * len(head),
            f"log-likelihood {self.log_likelihood:.2f}; {counts['sides']:,} leader sides of "
            f"{counts['crises']:,} crises, {counts['candidates']:,} candidates, "
            f"{counts['joins']:,} joins in {counts['coalitions']:,} coalitions",
            "standard errors clustered by crisis",
            *self.contest_said(),
            f"strength: {self.model.strength}; leader: {self.model.leader}",
            f"left out: {describe_account(self.sides.account)}",
            self.hypothesis_one(),
            *self.office_said(),
            self.hypothesis_two(),
            *map(str, self.implied),
        ]
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw each term's effect on the join index per standard deviation, with 95 % intervals."""
        spread = pl.Series(self.sides.design.std(axis=0))
        shown = (
            self.to_frame()
            .filter(pl.col("equation") == "price")
            .with_columns(-pl.col("estimate", "low", "high") * spread)
            .filter(pl.col("term") != "constant")
        )
        # A dearer partner joins more rarely, so that the ends change places.
        return plot_effects(
            shown.rename({"low": "high", "high": "low"}),
            axis="Effect on the log odds of joining, per standard deviation",
            title="What makes partners cheap",
        )

    def _positions(self, names: tuple[str, ...] | list[str]) -> list[int]:
        unknown = [name for name in names if name not in self.names]
        if unknown or not names:
            raise EstimationError(
                f"no parameter {', '.join(unknown) or 'named'}; there are {', '.join(self.names)}"
            )
        return [self.names.index(name) for name in names]


_HEADINGS = {
    "value": "value of victory to L",
    "price": "price of a partner (a higher price makes joining rarer)",
}
