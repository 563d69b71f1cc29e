"""What the outcomes of contests say about how much strength decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.contest.outcome_options import OutcomeOptions
from willing.errors import EstimationError
from willing.estimation.ordered_logit import OrderedLogit, fit_cuts
from willing.estimation.results import Z95
from willing.figures import BLUE, INK, ORANGE, house_theme
from willing.later import special
from willing.manner import Result
from willing.numbers import Floats, p_cell
from willing.theory.contest import DrawContest

if TYPE_CHECKING:
    from plotnine import ggplot


_TENTHS = 10


@dataclass(frozen=True, eq=False, repr=False)
class ContestEstimates(Result):
    """The contest as outcomes tell it.

    Attributes
    ----------
    model
        What was fitted.
    contests
        The contests, see `willing.contest.contests.contests_of`.
    names
        What the slopes belong to: the logarithm of the strengths' ratio, then the controls.
    categories
        The outcomes told apart, from the worst to the best.
    logit
        The ordered logit, its errors clustered by crisis, dispute or war.
    """

    model: OutcomeOptions
    contests: pl.DataFrame = field(repr=False)
    names: tuple[str, ...]
    categories: tuple[str, ...]
    logit: OrderedLogit = field(repr=False)

    @property
    def decisiveness(self) -> float:
        """The slope :math:`g` of :math:`\\log(M / m_T)`."""
        return float(self.logit.slopes[0])

    @property
    def decisiveness_se(self) -> float:
        """Its standard error, clustered."""
        return float(np.sqrt(self.logit.covariance[0, 0]))

    @property
    def log_likelihood(self) -> float:
        """Log-likelihood at the estimates."""
        return self.logit.log_likelihood

    @property
    def contest(self) -> DrawContest:
        """The contest as a game takes it.

        Raises
        ------
        EstimationError
            If strength does not help to win, or draws or controls leave no contest of strength
            alone.
        """
        if self.model.controls or not self.model.draws:
            raise EstimationError(
                "a contest of strength alone, with draws, comes from a model without controls and "
                "with draws=True"
            )
        if self.decisiveness <= 0.0:
            raise EstimationError(
                f"the decisiveness is {self.decisiveness:.3g}: in these contests strength does "
                "not help to win, and no contest function follows; take more years or another "
                "source"
            )
        low, high = self.logit.cuts.tolist()
        return DrawContest(self.decisiveness, low, high)

    def at(self, decisiveness: float) -> tuple[DrawContest, float]:
        """Give the contest with another decisiveness, its cuts to match, and its log-likelihood."""
        y = self.contests["outcome"].cast(pl.Enum(self.categories)).to_physical()
        index = decisiveness * self.model.matrix(self.contests)[:, 0]
        cuts, height = fit_cuts(index, y.cast(pl.Int64).to_numpy(), categories=self.categories)
        return DrawContest(decisiveness, *cuts.tolist()), height

    @property
    def probabilities(self) -> Floats:
        """The probability of each outcome in each contest, shape (n, categories)."""
        return self.logit.probabilities(self.model.matrix(self.contests))

    @property
    def log_loss(self) -> float:
        """Minus the mean log probability of what happened."""
        return -self.log_likelihood / self.contests.height

    def to_frame(self) -> pl.DataFrame:
        """Give one row a parameter: ``term``, ``estimate``, ``std_error``, ``z``, ``p``, ``low``,
        ``high`` (95 %)."""
        value = np.concatenate([self.logit.slopes, self.logit.cuts])
        se = np.sqrt(np.diag(self.logit.covariance))
        cuts = tuple(f"cut above {name}" for name in self.categories[:-1])
        return pl.DataFrame(
            {
                "term": (*self.names, *cuts),
                "estimate": value,
                "std_error": se,
                "z": value / se,
                "p": 2 * special.ndtr(-np.abs(value / se)),
                "low": value - Z95 * se,
                "high": value + Z95 * se,
            }
        )

    def calibration(self) -> pl.DataFrame:
        """Compare outcomes with their probabilities by tenths of the strengths' ratio.

        Returns
        -------
        polars.DataFrame
            One row a (tenth, outcome): ``tenth``, ``contests``, ``ratio`` (mean of
            :math:`\\log(M / m_T)`), ``outcome``, ``expected`` and ``observed`` (shares).
        """
        ratio = self.model.matrix(self.contests)[:, 0]
        rank = np.argsort(np.argsort(ratio, kind="stable")) + 1
        tenth = np.minimum(rank * _TENTHS // (len(ratio) + 1), _TENTHS - 1)
        wide = pl.DataFrame(dict(zip(self.categories, self.probabilities.T, strict=True)))
        rows = wide.with_columns(tenth=tenth, ratio=ratio, _was=self.contests["outcome"])
        return (
            pl.concat(
                rows.group_by("tenth").agg(
                    contests=pl.len().cast(pl.Int64),
                    ratio=pl.col("ratio").mean(),
                    outcome=pl.lit(name),
                    expected=pl.col(name).mean(),
                    observed=(pl.col("_was") == name).mean(),
                )
                for name in self.categories
            )
            .with_columns(pl.col("tenth") + 1)
            .sort("tenth", maintain_order=True)
        )

    def counts(self) -> dict[str, int]:
        """Give the numbers of sides, of contests and of each outcome."""
        was = self.contests["outcome"]
        return {
            "sides": self.contests.height,
            "contests": self.contests["contest"].n_unique(),
            **{name: int((was == name).sum()) for name in self.categories},
        }

    def to_dict(self) -> dict[str, Any]:
        """Give model, counts, parameters and calibration as plain values."""
        return {
            "model": vars(self.model),
            **self.counts(),
            "log_likelihood": self.log_likelihood,
            "decisiveness": self.decisiveness,
            "decisiveness_se": self.decisiveness_se,
            "parameters": self.to_frame().to_dicts(),
            "calibration": self.calibration().to_dicts(),
        }

    def __str__(self) -> str:
        many = self.counts()
        outcomes = ", ".join(f"{many[name]} {name}" for name in self.categories)
        first, last = self.contests.select(pl.col("year").min(), last=pl.col("year").max()).row(0)
        lines = [
            f"The contest from outcomes: {self.model.source}, {first}-{last}, "
            f"{many['sides']:,} sides of {many['contests']:,} contests ({outcomes})",
            f"  {'':24}{'estimate':>10}{'std. error':>12}{'z':>8}{'p':>8}{'95 % interval':>20}",
        ]
        lines += [
            f"  {r['term']:24}{r['estimate']:10.3f}{r['std_error']:12.3f}{r['z']:8.2f}"
            f"{p_cell(r['p']):>8}{r['low']:12.3f}{r['high']:8.3f}"
            for r in self.to_frame().iter_rows(named=True)
        ]
        lines.append(
            f"  log-likelihood {self.log_likelihood:.2f}; errors clustered by contest; strength: "
            f"{self.model.strength}"
        )
        if not self.model.controls:
            even = self.logit.probabilities(np.zeros((1, 1)))[0]
            said = ", ".join(f"{p:.2f} {n}" for n, p in zip(self.categories, even, strict=True))
            lines.append(f"  at equal strength: {said}")
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw the share of each outcome by tenths of the strengths' ratio, and the model's."""
        from plotnine import aes, geom_line, geom_point, ggplot, labs, scale_color_manual

        colours = dict(zip(("defeat", "draw", "victory"), (ORANGE, INK, BLUE), strict=True))
        return (
            ggplot(self.calibration(), aes("ratio", color="outcome"))
            + geom_line(aes(y="expected"))
            + geom_point(aes(y="observed"))
            + scale_color_manual(colours)
            + labs(
                x="log(M / m_T)",
                y="Share of contests",
                color="",
                title="Who wins: expected (lines) and observed (points)",
            )
            + house_theme()
        )
