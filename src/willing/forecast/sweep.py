"""How a forecast moves with the leader's security."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from willing.figures import house_theme
from willing.forecast.forecast import forecast
from willing.forecast.result import Forecast
from willing.forecast.subject import Subject
from willing.manner import Result
from willing.structural.estimates import Estimates

if TYPE_CHECKING:
    from plotnine import ggplot

_BANDS = {
    "build": "any coalition forms",
    "expected_size": "expected partners",
    "victory": "probability of victory",
    "bill": "bill, units of the noise",
    "victory_value": "value of victory, same units",
}


@dataclass(frozen=True, repr=False)
class SecuritySweep(Result):
    """Forecasts of one leader side at rising security.

    Attributes
    ----------
    forecasts
        One for each security.
    """

    forecasts: tuple[Forecast, ...]

    def to_frame(self) -> pl.DataFrame:
        """Give one row a security and quantity: ``security``, ``quantity``, ``value``, band."""
        rows = [
            {"security": each.security, "quantity": name, **getattr(each, name).to_dict()}
            for each in self.forecasts
            for name in _BANDS
        ]
        return pl.DataFrame(rows)

    def joining(self) -> pl.DataFrame:
        """Give one row a security and candidate: ``security``, ``partner``, ``join``, band."""
        return pl.concat(
            each.to_frame().select(pl.lit(each.security).alias("security"), "partner", *_JOIN)
            for each in self.forecasts
        )

    def to_dict(self) -> dict[str, Any]:
        """Give every forecast as plain values."""
        return {"sweep": [each.to_dict() for each in self.forecasts]}

    def __str__(self) -> str:
        first = self.forecasts[0]
        lines = [
            f"{first.title}: {first.leader} against {first.target}, by the leader's security",
            f"{'security':>9}{'coalition forms':>24}{'expected partners':>24}"
            f"{'victory':>24}{'value of victory':>24}",
        ]
        lines += [
            f"{each.security:9.3f}{each.build!s:>24}{each.expected_size!s:>24}"
            f"{each.victory if each.backed else 'not told'!s:>24}{each.victory_value!s:>24}"
            for each in self.forecasts
        ]
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw how each quantity moves with security, with its intervals."""
        from plotnine import aes, facet_wrap, geom_line, geom_ribbon, ggplot, labs

        from willing.figures import BLUE

        shown = self.to_frame().with_columns(pl.col("quantity").replace_strict(_BANDS))
        return (
            ggplot(shown, aes("security", "value"))
            + geom_ribbon(aes(ymin="low", ymax="high"), fill=BLUE, alpha=0.25)
            + geom_line(color=BLUE)
            + facet_wrap("quantity", scales="free_y", ncol=2)
            + labs(x="Security", y="", title=self.forecasts[0].title)
            + house_theme(height=6.0)
        )


_JOIN = ("join", "low", "high")


def sweep(
    estimates: Estimates, subject: Subject | str, securities: Sequence[float], **options: Any
) -> SecuritySweep:
    """Forecast one leader side at several levels of security.

    Parameters
    ----------
    estimates, subject
        As in `willing.forecast.forecast.forecast`.
    securities
        The levels, each from 0 to 1.
    options
        The other options of `willing.forecast.forecast.forecast`.
    """
    return SecuritySweep(
        tuple(
            forecast(estimates, subject, security=float(level), **options) for level in securities
        )
    )
