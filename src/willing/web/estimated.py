"""The estimated forecast of a crisis of the record, as the page's own process asks for it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from willing.errors import ScenarioError

if TYPE_CHECKING:
    from willing.forecast.result import Forecast


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


def forecast_side(side: str, security: float | None) -> Forecast:
    """Forecast a leader side of the record, itself taken out of the estimates.

    Parameters
    ----------
    side
        Its name, crisis and target.
    security
        The leader's security; her own by default.

    Raises
    ------
    ScenarioError
        If the side cannot be forecast.
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
    return forecast(estimates, subject, security=security, bootstrapped=draws)
