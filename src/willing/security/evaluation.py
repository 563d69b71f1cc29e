"""How good the scores are: discrimination, accuracy, calibration."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.errors import EstimationError
from willing.estimation.logit import fit_logit
from willing.manner import Result
from willing.numbers import Floats
from willing.security.folds import BinaryModel
from willing.security.leader_units import FIRST_DAY, QUARTERS
from willing.security.survival_model import SurvivalModel, fit_model

if TYPE_CHECKING:
    from plotnine import ggplot

GROUPS = 10


@dataclass(frozen=True, repr=False)
class Evaluation(Result):
    """Out-of-sample performance of a score of losing office within a year.

    Attributes
    ----------
    score
        Name of the score.
    unit
        What a row is.
    n, exits
        Rows, and those in which office was lost.
    auc
        Area under the receiver operating characteristic: the probability that a row with an
        exit scores higher than one without.
    brier, brier_base
        Mean squared error of the score, and of giving everybody the base rate.
    mean, rate
        Mean score and observed rate of exits.
    intercept, slope
        Of a logit of the outcome on the score's log-odds: 0 and 1 if it is calibrated.
    calibration
        One row a tenth of the rows by score: ``group``, ``n``, ``mean`` (score), ``rate``,
        and the 95 percent Wilson interval ``low`` to ``high`` of the rate.
    """

    score: str
    unit: str
    n: int
    exits: int
    auc: float
    brier: float
    brier_base: float
    mean: float
    rate: float
    intercept: float
    slope: float
    calibration: pl.DataFrame

    def to_frame(self) -> pl.DataFrame:
        """Give the calibration table."""
        return self.calibration

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain numbers."""
        return {
            name: value.to_dicts() if isinstance(value, pl.DataFrame) else value
            for name, value in vars(self).items()
        }

    def __str__(self) -> str:
        lines = [
            f"{self.score}: {self.n:,} {self.unit}, {self.exits:,} exits",
            f"AUC {self.auc:.3f}; Brier score {self.brier:.4f} (base rate {self.brier_base:.4f})",
            f"mean score {self.mean:.3f}, observed rate {self.rate:.3f}; "
            f"calibration intercept {self.intercept:.2f}, slope {self.slope:.2f}",
            "",
            f"{'tenth':>5}  {'n':>6}  {'score':>6}  {'rate':>6}",
        ]
        lines += [
            f"{row['group']:>5}  {row['n']:>6,}  {row['mean']:>6.3f}  {row['rate']:>6.3f}"
            for row in self.calibration.iter_rows(named=True)
        ]
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Plot observed rates against scores by tenths, beside the base rate."""
        import plotnine as p9

        from willing.figures import BLUE, INK, house_theme

        top = 1.05 * float(self.calibration.select("high", "mean").to_numpy().max())
        return (
            p9.ggplot(self.calibration.to_pandas(), p9.aes("mean", "rate"))
            + p9.geom_abline(intercept=0, slope=1, color=INK, size=0.4)
            + p9.geom_hline(yintercept=self.rate, color=INK, linetype="dashed", size=0.4)
            + p9.annotate(
                "text", x=top, y=self.rate, label="base rate", ha="right", va="bottom", size=9
            )
            + p9.geom_errorbar(p9.aes(ymin="low", ymax="high"), color=BLUE, width=0)
            + p9.geom_point(color=BLUE, size=2)
            + p9.coord_cartesian(xlim=(0, top), ylim=(0, top))
            + p9.labs(
                title="Insecurity out of sample",
                x=f"Mean score of a tenth of the {self.unit}",
                y="Share who lost office within the year",
            )
            + house_theme(5.0, 4.5)
        )


def evaluate(
    table: pl.DataFrame,
    *,
    score: str = "hazard",
    unit: str = "leader-years",
    first: int = FIRST_DAY.year,
    last: int = date.max.year,
) -> Evaluation:
    """Compare a score with what happened.

    A leader-year of which only a part could be observed (a natural death, the end of the file)
    counts with that part.

    Parameters
    ----------
    table
        Leader-years: ``start``, ``exit``, ``exposure`` and the score, as
        `willing.security.leader_scores.LeaderSurvival.leaders_table` gives them.
    score
        Name of its column.
    unit
        What a row is, for the printed result.
    first, last
        Only rows that begin in these years.

    Returns
    -------
    Evaluation

    Raises
    ------
    EstimationError
        If the years hold no exit or nothing else.
    """
    year = pl.col("start").dt.year()
    kept = table.filter(year >= first, year <= last)
    y = kept["exit"].cast(pl.Float64).to_numpy()
    p = kept[score].to_numpy()
    weight = kept["exposure"].to_numpy()
    if len(np.unique(y)) < 2:
        raise EstimationError(
            f"no leader-years with and without an exit from {first} to {last}; widen the years"
        )
    rate = float(np.average(y, weights=weight))
    # Rounded scores may be 0 or 1.
    inside = np.clip(p, 1e-6, 1 - 1e-6)
    line = np.column_stack([np.ones_like(p), np.log(inside / (1 - inside))])
    intercept, slope = fit_logit(line, y, weight, ridge=0.0).coefficients
    return Evaluation(
        score=score,
        unit=unit,
        n=len(y),
        exits=int(y.sum()),
        auc=area_under_curve(p, y, weight),
        brier=float(np.average((p - y) ** 2, weights=weight)),
        brier_base=rate * (1 - rate),
        mean=float(np.average(p, weights=weight)),
        rate=rate,
        intercept=float(intercept),
        slope=float(slope),
        calibration=_calibration(p, y, weight),
    )


def area_under_curve(score: Floats, outcome: Floats, weight: Floats) -> float:
    """Give the weighted probability that a positive scores above a negative, ties counting half.

    Parameters
    ----------
    score, outcome, weight
        Shape (n,); `outcome` is 0 or 1.
    """
    values, place = np.unique(score, return_inverse=True)
    positive = np.bincount(place, weight * outcome, minlength=len(values))
    negative = np.bincount(place, weight * (1 - outcome), minlength=len(values))
    below = np.cumsum(negative) - negative / 2
    return float(positive @ below / (positive.sum() * negative.sum()))


def forward_evaluation(
    quarters: pl.DataFrame, *, last: int, model: BinaryModel | None = None
) -> Evaluation:
    """Train on what was over by the end of a year, and test on the leader-years after it.

    The hardest check: neither times nor leaders overlap, but for leaders in office at the end of
    the year `last`, whose earlier years were seen.

    Parameters
    ----------
    quarters
        `willing.security.leader_scores.LeaderSurvival.quarters`.
    last
        The last year to learn from.
    model
        By default the full one.
    """
    known = pl.col("year_end") <= date(last, 12, 31)
    later = quarters.filter(pl.col("quarter") % QUARTERS == 0, pl.col("date") > date(last, 12, 31))
    score = fit_model(quarters.filter(known), model or SurvivalModel()).predict(later)
    table = later.select(
        start="date", exit="exit_within_year", exposure="exposure", hazard=pl.Series(score)
    )
    return evaluate(table)


def _calibration(p: Floats, y: Floats, weight: Floats) -> pl.DataFrame:
    group = np.minimum(np.argsort(np.argsort(p, kind="stable")) * GROUPS // len(p), GROUPS - 1)

    def total(values: Floats) -> Floats:
        return np.bincount(group, values, minlength=GROUPS).astype(np.float64)

    size = total(weight)
    rate = total(weight * y) / size
    low, high = _wilson(rate, size)
    return pl.DataFrame(
        {
            "group": np.arange(1, GROUPS + 1),
            "n": np.bincount(group, minlength=GROUPS),
            "mean": total(weight * p) / size,
            "rate": rate,
            "low": low,
            "high": high,
        }
    )


def _wilson(rate: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Wilson's (1927) 95 percent interval of a proportion."""
    z = 1.959963984540054
    centre = (rate + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(rate * (1 - rate) / n + z**2 / (4 * n**2))
    return centre - half, centre + half
