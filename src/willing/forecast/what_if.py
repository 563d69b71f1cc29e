"""What changes if the leader or the field does: actual beside hypothetical."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from willing.estimation.delta import Band
from willing.figures import BLUE, INK, house_theme
from willing.forecast.result import Forecast, warned
from willing.manner import Result
from willing.numbers import Floats

if TYPE_CHECKING:
    from plotnine import ggplot

TOTALS = ("build", "expected_size", "victory", "bill", "victory_value")
"""What is told of the whole side, as fields of a forecast."""
_SAID = {
    "build": "any (other) candidate joins",
    "expected_size": "expected partners",
    "victory": "victory, by the estimates",
    "bill": "bill, units of the noise",
    "victory_value": "value of victory, same unit",
}
_SHOWN = 15


@dataclass(frozen=True, eq=False, repr=False)
class WhatIf(Result):
    """A leader side as it was and after a change, with the differences and 95 % intervals.

    Both are computed at the same draws of the parameters, so that a difference is often known
    better than what it is a difference of.

    Attributes
    ----------
    actual, hypothetical
        The two forecasts.
    change
        What was changed, in words.
    after
        Probabilities of joining after the change of the candidates of `actual`, shape (n,): 1 of
        those who join for certain, 0 of those who cannot.
    join
        Their differences, hypothetical less actual.
    totals
        Differences by the names of `TOTALS`.
    """

    actual: Forecast
    hypothetical: Forecast
    change: str
    after: Floats
    join: tuple[Band, ...]
    totals: Mapping[str, Band]

    @property
    def cautions(self) -> tuple[str, ...]:
        """What is not to be read, and why; of the hypothetical side first."""
        mine = [f"after the change, {each}" for each in self.hypothetical.cautions]
        both = set(self.hypothetical.cautions) & set(self.actual.cautions)
        alone = [f"before it, {each}" for each in self.actual.cautions if each not in both]
        shared = [each for each in self.actual.cautions if each in both]
        changed = [each for each in mine if each.removeprefix("after the change, ") not in both]
        return (*changed, *alone, *shared)

    def to_frame(self) -> pl.DataFrame:
        """Give one row a candidate, the largest change first.

        Columns ``code``, ``partner``, ``actual``, ``hypothetical``, ``difference``, ``low``,
        ``high`` and ``joined``.
        """
        unknown = [None] * len(self.join)
        return pl.DataFrame(
            {
                "code": self.actual.code,
                "partner": self.actual.partner,
                "actual": self.actual.join,
                "hypothetical": self.after,
                "difference": [each.value for each in self.join],
                "low": [each.low for each in self.join],
                "high": [each.high for each in self.join],
                "joined": unknown if self.actual.joined is None else self.actual.joined,
            },
            schema_overrides={"joined": pl.Boolean},
        ).sort(pl.col("difference").abs(), descending=True, maintain_order=True)

    def comparisons(self) -> pl.DataFrame:
        """Give ``partner``, ``contrast``, ``estimate``, its interval and both values.

        The names are those of marginaleffects: ``predicted_lo`` is the actual probability of
        joining, ``predicted_hi`` the hypothetical one.
        """
        return self.to_frame().select(
            "partner",
            pl.lit(self.change).alias("contrast"),
            pl.col("difference").alias("estimate"),
            pl.col("low").alias("conf_low"),
            pl.col("high").alias("conf_high"),
            pl.col("actual").alias("predicted_lo"),
            pl.col("hypothetical").alias("predicted_hi"),
        )

    def totals_frame(self) -> pl.DataFrame:
        """Give one row a quantity of the whole side: both values and the difference."""
        return pl.DataFrame(
            [
                {
                    "quantity": name,
                    "actual": getattr(self.actual, name).value,
                    "hypothetical": getattr(self.hypothetical, name).value,
                    "difference": band.value,
                    "low": band.low,
                    "high": band.high,
                }
                for name, band in self._told()
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Give both forecasts and the differences as plain values."""
        return {
            "change": self.change,
            "actual": self.actual.to_dict(),
            "hypothetical": self.hypothetical.to_dict(),
            "differences": {name: band.to_dict() for name, band in self._told()},
            "candidates": self.to_frame().to_dicts(),
            "cautions": list(self.cautions),
        }

    def __str__(self) -> str:
        actual = self.actual
        lines = [
            f"{actual.title}: {actual.leader} against {actual.target}",
            f"  actual: security {actual.security:.3f}; hypothetical: {self.change}",
            *warned(self.cautions),
            "",
            f"  {'':27}{'actual':>8}{'hypoth.':>9}{'difference':>12}{'95 % interval':>17}",
        ]
        for name, band in self._told():
            now, then = (getattr(each, name).value for each in (actual, self.hypothetical))
            lines.append(
                f"  {_SAID[name]:27}{now:8.3g}{then:9.3g}{band.value:+12.3g}"
                f"{band.low:+9.2g}{band.high:+8.2g}"
            )
        known = actual.joined is not None
        lines += [
            "",
            f"  {'partner, by what changes':27}" + (f"{'joined':>51}" if known else ""),
        ]
        for row in self.to_frame().head(_SHOWN).iter_rows(named=True):
            mark = {None: "", True: "  yes", False: "  no"}[row["joined"]]
            lines.append(
                f"  {row['partner'][:26]:27}{row['actual']:8.3f}{row['hypothetical']:9.3f}"
                f"{row['difference']:+z12.3f}{row['low']:+z9.3f}{row['high']:+z8.3f}{mark}"
            )
        if (rest := len(self.join) - _SHOWN) > 0:
            lines.append(f"  and {rest} more who change less")
        lines += ["", "  differences are paired: both sides at the same draws of the parameters"]
        return "\n".join([*lines, *actual.notes()])

    def plot(self) -> ggplot:
        """Draw how the probabilities of joining change, of the twenty who change most."""
        from plotnine import (
            aes,
            coord_flip,
            geom_hline,
            geom_pointrange,
            ggplot,
            labs,
            scale_x_discrete,
        )

        shown = self.to_frame().head(20)
        return (
            ggplot(shown, aes("partner", "difference"))
            + geom_hline(yintercept=0, color=INK, size=0.3)
            + geom_pointrange(aes(ymin="low", ymax="high"), color=BLUE)
            + scale_x_discrete(limits=shown["partner"].to_list()[::-1])
            + labs(
                x="",
                y=f"Change in the probability of joining: {self.change}",
                title=self.actual.title,
            )
            + coord_flip()
            + house_theme(height=5.0)
        )

    def _told(self) -> list[tuple[str, Band]]:
        """The differences that are told: victory only if outcomes stand behind the contest."""
        return [
            (name, band)
            for name, band in self.totals.items()
            if name != "victory" or self.actual.backed
        ]
