"""Who would join, at what price, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence

from willing.forecast.asked_side import AskedSide, Changes, ForecastModel
from willing.forecast.result import Forecast
from willing.forecast.subject import Subject
from willing.numbers import Floats
from willing.structural.estimates import Estimates

DRAWS = 200


def forecast(
    estimates: Estimates,
    subject: Subject | str,
    *,
    security: float | None = None,
    retention: float | None = None,
    without: Sequence[str] = (),
    with_: Sequence[str] = (),
    draws: int = DRAWS,
    seed: int = 1,
    bootstrapped: Floats | None = None,
    hold_out: bool = True,
    model: ForecastModel = "structural",
) -> Forecast:
    """Forecast who joins a leader.

    Parameters
    ----------
    estimates
        The estimates.
    subject
        The leader side, from `willing.forecast.subject` or `willing.forecast.forecast_scenario`,
        or the name of one in the sample of the estimates.
    security, retention
        The leader's probabilities of keeping office after defeat and after victory; her own by
        default.
    without
        Candidates who cannot join, by name or COW code.
    with_
        Candidates who take part for certain; their strength counts as the leader's.
    draws
        Draws of the parameters from their asymptotic normal distribution, for the intervals.
    seed
        Seed of the draws.
    bootstrapped
        Draws from a bootstrap of both stages, shape (draws, k), used instead: the intervals then
        carry the uncertainty of insecurity too.
    hold_out
        Take the crisis out of the estimates first, if it is in their sample.
    model
        ``"structural"``, or ``"best"``: who joins from the structural model, a logit and
        boosting, stacked (`willing.forecast.stacking`), none of them fitted to the crisis. Prices,
        bill and victory remain the structural model's; its intervals move with the log odds.

    Raises
    ------
    ScenarioError
        If a state is no candidate, or both in `without` and in `with_`, or the model is unknown.
    EstimationError
        If the security is not a probability.
    """
    asked = AskedSide.of(
        estimates,
        subject,
        draws=draws,
        seed=seed,
        bootstrapped=bootstrapped,
        hold_out=hold_out,
        model=model,
    )
    changes = Changes(security, tuple(without), tuple(with_), retention)
    return asked.forecast(changes)[0]


# Forecasts stand above estimates, so the method `Estimates.forecast` is given from here.
Estimates.forecast = forecast
