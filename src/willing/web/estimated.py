"""The estimated forecast of a crisis of the record, as the page's own process asks for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from willing.errors import ScenarioError

if TYPE_CHECKING:
    from willing.forecast.result import Forecast
    from willing.forecast.what_if import WhatIf

# Of the partners, so many whose chances change most are told, and none who changes by less than
# is shown.
MOST_TOLD, LEAST_TOLD = 6, 0.005


@dataclass(frozen=True)
class Changed:
    """One line of what a change brings, with the ends of the difference's 95 % interval."""

    name: str
    actual: float
    hypothetical: float
    difference: float
    low: float
    high: float


@dataclass(frozen=True)
class Answer:
    """A forecast as asked for, beside the crisis as it was.

    Attributes
    ----------
    forecast
        What was asked for.
    totals
        What changes in all, by `willing.forecast.what_if.TOTALS`; empty if nothing was changed.
    partners
        The candidates whose chances change most.
    """

    forecast: Forecast
    totals: tuple[Changed, ...] = ()
    partners: tuple[Changed, ...] = ()


@cache
def loaded() -> tuple[Any, Any, Any]:
    """Load record, estimates and bootstrap draws, once a process."""
    from willing.record.store import load_record
    from willing.structural.coalition_model import CoalitionModel
    from willing.structural.stored import bootstrapped_of, estimates_of, sample_of

    record = load_record(years="all")
    estimates = estimates_of(sample_of(record, None), CoalitionModel())
    return record, estimates, bootstrapped_of(estimates)


def load() -> None:
    """Load what a forecast needs, so that no reader waits for it."""
    loaded()


def forecast_side(
    side: str, security: float | None, without: tuple[str, ...] = (), join: tuple[str, ...] = ()
) -> Answer:
    """Forecast a leader side of the record, itself taken out of the estimates.

    Parameters
    ----------
    side
        Its name, crisis and target.
    security
        The leader's security; her own by default.
    without, join
        Candidates who then cannot join, and who join for certain.

    Raises
    ------
    ScenarioError
        If the side cannot be forecast, or a state is no candidate.
    """
    from willing.forecast.forecast import forecast
    from willing.forecast.subject import subject_of_record

    if not side.replace("-", "").isdigit():
        raise ScenarioError(
            "a forecast needs a crisis of the record: what the data say of alliances, distances "
            "and histories. Choose one above; the worked example is for the game"
        )
    record, estimates, draws = loaded()
    subject = subject_of_record(record, estimates.model, side)
    actual = forecast(estimates, subject, bootstrapped=draws)
    if security is None and not without and not join:
        return Answer(_light(actual))
    changed = actual.what_if(security=security, without=without, join=join)
    return Answer(_light(changed.hypothetical), _totals(changed), _partners(changed))


def _light(found: Forecast) -> Forecast:
    """Leave out what further questions would need: it is large, and goes to another process."""
    return replace(found, ask=None)


def _totals(changed: WhatIf) -> tuple[Changed, ...]:
    columns = ("quantity", "actual", "hypothetical", "difference", "low", "high")
    return tuple(Changed(*row) for row in changed.totals_frame().select(columns).iter_rows())


def _partners(changed: WhatIf) -> tuple[Changed, ...]:
    import polars as pl

    columns = ("partner", "actual", "hypothetical", "difference", "low", "high")
    told = changed.to_frame().filter(pl.col("difference").abs() >= LEAST_TOLD).head(MOST_TOLD)
    return tuple(Changed(*row) for row in told.select(columns).iter_rows())
