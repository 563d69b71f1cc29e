"""Sigma and r for the game, from the record: what a leader risks by losing and by winning."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

import polars as pl

from willing.errors import DataError
from willing.manner import Result
from willing.record.store import Record

Convention = Literal["outcomes", "hazard"]
# The measures whose intervals the package carries.
DRAWN = ("survival_given_defeat", "survival_given_victory")
INTERVALS = Path(__file__).resolve().parents[1] / "security" / "embedded" / "intervals.parquet"


@dataclass(frozen=True, repr=False)
class Survival(Result):
    """How likely a leader is to keep office after defeat and after victory.

    Attributes
    ----------
    security
        The theory's sigma.
    retention
        Its r.
    security_range, retention_range
        95 % intervals over redrawn leaders; ``None`` where none were drawn.
    punished
        Share of her risk of losing office within the year that is a risk of exile, jail or death:
        what stands behind the value of office. ``None`` if not known.
    by
        ``outcomes``: estimated from what became of leaders after victories and defeats.
        ``hazard``: the convention that security is 1 less the yearly hazard, and victory safe.
    """

    security: float
    retention: float
    security_range: tuple[float, float] | None
    retention_range: tuple[float, float] | None
    punished: float | None
    by: Convention

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values."""
        return dict(vars(self))

    def __str__(self) -> str:
        if self.by == "hazard":
            return f"security {self.security:.2f} by the convention 1 - h, retention 1"
        return (
            f"security {self.security:.2f}{_between(self.security_range)}, "
            f"retention {self.retention:.2f}{_between(self.retention_range)}"
        )


def survival_of(
    record: Record, ccode: int, day: date, *, by: Convention = "outcomes"
) -> Survival | None:
    """Give sigma and r of whoever led a state on the day before a crisis.

    Parameters
    ----------
    record
        The record.
    ccode
        COW code of the state.
    day
        First day of a crisis of the record.
    by
        Whether to estimate both from what became of leaders after crises, or to keep to the
        convention that security is 1 less the yearly hazard.

    Returns
    -------
    Survival or None
        ``None`` if no leader is known.

    Raises
    ------
    DataError
        If there is no such convention.
    """
    if by not in get_args(Convention):
        raise DataError(f"by='{by}'; it is {' or '.join(get_args(Convention))}")
    row = record.security.filter(ccode=ccode, date=day)
    if row.is_empty() or row["hazard"][0] is None:
        return None
    (known,) = row.to_dicts()
    share = min(1.0, known["punished"] / known["hazard"])
    if by == "hazard":
        return Survival(1.0 - known["hazard"], 1.0, None, None, share, by)
    ranges = _intervals().filter(ccode=ccode, date=day).to_dicts()
    drawn = ranges[0] if ranges else {}

    def between(name: str) -> tuple[float, float] | None:
        return (drawn[f"{name}_low"], drawn[f"{name}_high"]) if drawn else None

    sigma, r = "survival_given_defeat", "survival_given_victory"
    return Survival(known[sigma], known[r], between(sigma), between(r), share, by)


@cache
def _intervals() -> pl.DataFrame:
    """Intervals of sigma and r of the leaders of the embedded record's sides."""
    try:
        return pl.read_parquet(INTERVALS)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DataError(
            f"{INTERVALS} cannot be read ({error}); `willing data renew` makes it again"
        ) from error


def _between(ends: tuple[float, float] | None) -> str:
    return "" if ends is None else f" [{ends[0]:.2f}, {ends[1]:.2f}]"
