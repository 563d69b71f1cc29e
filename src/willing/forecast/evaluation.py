"""What an evaluation of forecasts gives: scores of models side by side, on the same crises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.figures import BLUE, INK, house_theme
from willing.forecast.forecast_scores import Predictions, calibration, difference, score
from willing.manner import Result
from willing.structural.leader_sides import Sides

if TYPE_CHECKING:
    from plotnine import ggplot

_HEADS = ("Brier", "log", "coalition", "size", "forms", "precision", "exact", "exp/obs", "slope")

NOTE = """\
Lower is better for: Brier (of joining, x 1,000), log (minus the log probability of what a candidate
did, x 1,000), coalition (minus the log probability of the whole coalition, a side), size (ranked
probability score of the number of partners), forms (Brier score of any coalition forming).
Higher is better for: precision (average precision of joiners), exact (share of the coalitions built
that were held the likeliest of all). Best near 1: exp/obs (joins expected for each observed), slope
(of a logit of joining on the log odds foretold). The best model is stacked: the log odds of the
structural one, the logit and boosting, weighed by what they foretold before, and a shock that the
candidates of a side share. A logit with such a shock alone shows what that does. Long-run factors
are alliance, power and regime. All know the severity of the crisis, unless it is left out of the
terms, and who leads."""


@dataclass(frozen=True, eq=False)
class Scheme:
    """Scores of all models on the same crises.

    Attributes
    ----------
    title
        What was forecast from what.
    counts
        Numbers of ``sides``, ``crises``, ``candidates``, ``joins`` and ``coalitions`` forecast.
    table
        One row a model: ``model``, the fields of `willing.forecast.forecast_scores.Scores`, and
        ``gain`` with ``gain_error``, how much more log probability the first model gave a
        coalition on average, and its standard error clustered by crisis.
    calibration
        Of the first model, as `willing.forecast.forecast_scores.calibration` gives it.
    predictions
        One row a model and candidate: ``model``, ``side``, ``partner`` (COW code), ``join`` (its
        probability) and ``joined``.
    """

    title: str
    counts: Mapping[str, int]
    table: pl.DataFrame
    calibration: pl.DataFrame
    predictions: pl.DataFrame = field(repr=False)

    @classmethod
    def of(cls, title: str, sides: Sides, predicted: Mapping[str, Predictions]) -> Scheme:
        """Score what models foretold of sides, the first of them against the others."""
        reference = next(iter(predicted.values()))
        rows = []
        for name, each in predicted.items():
            gain, error = difference(reference, each, sides)
            rows.append(
                {"model": name, **asdict(score(each, sides)), "gain": gain, "gain_error": error}
            )
        counts = {
            "sides": sides.count,
            "crises": len(np.unique(sides.crisis)),
            "candidates": len(sides.partner),
            "joins": int(sides.joined.sum()),
            "coalitions": int((sides.sizes > 0).sum()),
        }
        names = np.array(sides.names)[sides.owner]
        told = pl.concat(
            pl.DataFrame(
                {
                    "model": name,
                    "side": names,
                    "partner": sides.partner,
                    "join": each.join,
                    "joined": sides.joined,
                }
            )
            for name, each in predicted.items()
        )
        return cls(title, counts, pl.DataFrame(rows), calibration(reference, sides), told)

    def __str__(self) -> str:
        many, reference = self.counts, self.table["model"][0]
        lines = [
            f"{self.title}: {many['sides']} leader sides of {many['crises']} crises, "
            f"{many['candidates']:,} candidates, {many['joins']} joins in "
            f"{many['coalitions']} coalitions",
            f"  {'':24}"
            + "".join(f"{head:>10}" for head in _HEADS)
            + f"{reference + ' better by':>24}",
        ]
        for row in self.table.iter_rows(named=True):
            numbers = [row[name] for name in self.table.columns[1 : 1 + len(_HEADS)]]
            cells = "".join(f"{x:10.3f}" for x in numbers)
            own = row["model"] == reference
            gain = "" if own else f"{row['gain']:+.3f} (s.e. {row['gain_error']:.3f})"
            lines.append(f"  {row['model']:24}{cells}{gain:>24}")
        lines.append(f"  calibration of {reference}, tenths of the expected joins")
        lines.append(f"  {'candidates':>12}{'expected':>12}{'observed':>12}{'95 % band':>20}")
        lines += [
            f"  {r['candidates']:12,d}{r['expected']:12.4f}{r['observed']:12.4f}"
            f"{r['low']:12.4f}{r['high']:8.4f}"
            for r in self.calibration.iter_rows(named=True)
        ]
        return "\n".join(lines)


@dataclass(frozen=True, eq=False, repr=False)
class Evaluation(Result):
    """Scores under one or several schemes.

    Attributes
    ----------
    schemes
        The schemes.
    """

    schemes: tuple[Scheme, ...]

    def to_frame(self) -> pl.DataFrame:
        """Give one row a scheme and model."""
        return pl.concat(
            each.table.select(pl.lit(each.title).alias("scheme"), pl.all()) for each in self.schemes
        )

    def predictions(self) -> pl.DataFrame:
        """Give one row a scheme, model and candidate; see `Scheme.predictions`."""
        return pl.concat(
            each.predictions.select(pl.lit(each.title).alias("scheme"), pl.all())
            for each in self.schemes
        )

    def to_dict(self) -> dict[str, Any]:
        """Give everything but the predictions as plain values."""
        return {
            "schemes": [
                {
                    "title": each.title,
                    "counts": dict(each.counts),
                    "scores": each.table.to_dicts(),
                    "calibration": each.calibration.to_dicts(),
                }
                for each in self.schemes
            ]
        }

    def __str__(self) -> str:
        return "\n\n".join([*map(str, self.schemes), NOTE])

    def plot(self) -> ggplot:
        """Draw the calibration of the first model."""
        from plotnine import aes, facet_wrap, geom_abline, geom_pointrange, ggplot, labs

        shown = pl.concat(
            each.calibration.with_columns(scheme=pl.lit(each.title)) for each in self.schemes
        )
        return (
            ggplot(shown, aes("expected", "observed"))
            + geom_abline(slope=1, intercept=0, color=INK, linetype="dashed")
            + geom_pointrange(aes(ymin="low", ymax="high"), color=BLUE)
            + facet_wrap("scheme")
            + labs(x="Expected rate of joining", y="Observed rate", title="Calibration")
            + house_theme()
        )
