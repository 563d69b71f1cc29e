"""Who would join, at what price, and how sure that is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, get_args

import numpy as np

from willing.errors import ScenarioError
from willing.estimation.delta import Band
from willing.forecast.best import combined
from willing.forecast.forecasters import same_columns
from willing.forecast.held_out import without_crisis
from willing.forecast.result import Forecast, Likely
from willing.forecast.subject import Subject, subject_of_side
from willing.numbers import Floats
from willing.structural.counterfactual import change_side, size_probabilities
from willing.structural.estimates import Estimates
from willing.structural.likeliest import likeliest_coalitions
from willing.structural.likelihood import Likelihood

ForecastModel = Literal["structural", "best"]
DRAWS = 200
LIKELIEST = 5
_INTERVAL = (0.025, 0.975)


def forecast(
    estimates: Estimates,
    subject: Subject | str,
    *,
    security: float | None = None,
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
    security
        The leader's security; her own by default.
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
        ``"structural"``, or ``"best"``: who joins from the mean of the log odds of the structural
        model, a logit and boosting, none of them fitted to the crisis. Prices, bill and victory
        remain the structural model's; its intervals move with the log odds.

    Raises
    ------
    ScenarioError
        If a state is no candidate, or both in `without` and in `with_`, or the model is unknown.
    EstimationError
        If the security is not a probability.
    """
    if model not in get_args(ForecastModel):
        raise ScenarioError(
            f"model='{model}'; a forecast is by {' or '.join(get_args(ForecastModel))}"
        )
    if isinstance(subject, str):
        subject = subject_of_side(estimates.sides, subject)
    crisis = int(subject.sides.crisis[0])
    held_out = hold_out and crisis in estimates.sides.crisis
    used = without_crisis(estimates, crisis) if held_out else estimates
    barred, certain = subject.codes(without), subject.codes(with_)
    if both := set(barred) & set(certain):
        listed = ", ".join(sorted(subject.states[code] for code in both))
        raise ScenarioError(f"{listed} cannot both be kept out and join for certain")
    sides = change_side(subject.sides, security=security, without=barred, with_=certain)
    if bootstrapped is None:
        rng = np.random.default_rng(seed)
        thetas = rng.multivariate_normal(used.params, used.covariance, size=draws, method="eigh")
    else:
        thetas = bootstrapped + (used.params - estimates.params)
    likelihood = used.model.likelihood(sides, threads=1)
    numbers = _numbers(likelihood, np.vstack([used.params, thetas]))
    size = size_probabilities(used, sides)
    if model == "best":
        rest = np.flatnonzero(estimates.sides.crisis != crisis)
        trained = estimates.sides.take(rest) if held_out else estimates.sides
        others = [each.forward(trained, sides).join for each in same_columns(estimates)]
        numbers, size = combined(numbers, others)
    centre, *drawn = numbers
    low, high = np.quantile(drawn, _INTERVAL, axis=0)
    n = len(sides.partner)
    bands = [Band(*map(float, each)) for each in zip(centre, low, high, strict=True)][n:]
    build, expected_size, victory, bill, victory_value = bands
    names = tuple(subject.states[int(code)] for code in sides.partner)
    return Forecast(
        title=subject.title,
        leader=subject.leader,
        target=subject.target,
        security=1.0 - float(sides.insecurity[0]),
        held_out=held_out,
        first_stage=bootstrapped is not None,
        draws=len(thetas),
        code=sides.partner,
        partner=names,
        join=centre[:n],
        low=low[:n],
        high=high[:n],
        price=sides.design @ used.params[2:],
        joined=sides.joined if subject.observed else None,
        certain=tuple(subject.states[code] for code in certain),
        barred=tuple(subject.states[code] for code in barred),
        build=build,
        size=size,
        expected_size=expected_size,
        alone=float(likelihood.table.alone[0]),
        victory=victory,
        bill=bill,
        victory_value=victory_value,
        likeliest=_likeliest(likelihood, used.params, names) if model == "structural" else (),
        model=model,
        backed=used.model.backed,
    )


def _numbers(likelihood: Likelihood, thetas: Floats) -> Floats:
    """Joining (n), then building, expected size, victory, bill and value of victory, by draw."""
    found, sides = likelihood.expectations_of_draws(thetas), likelihood.sides
    nobody = likelihood.weights[0] @ thetas[:, :2].T * likelihood.table.alone[0]
    price = sides.design @ thetas[:, 2:].T
    rest = [
        -np.expm1(nobody - found.log_partition),
        found.join.sum(axis=0),
        found.victory,
        (found.join * price).sum(axis=0),
        thetas[:, 0] + thetas[:, 1] * sides.insecurity[0],
    ]
    return np.vstack([found.join, rest]).T


def _likeliest(
    likelihood: Likelihood, theta: Floats, names: Sequence[str], count: int = LIKELIEST
) -> tuple[Likely, ...]:
    sides = likelihood.sides
    members, utility = likeliest_coalitions(
        likelihood.contest,
        float(sides.leader_strength[0]),
        float(sides.target_strength[0]),
        sides.strength,
        -likelihood.appeal(theta),
        float(likelihood.weights[0] @ theta[:2]),
        count=count,
    )
    probability = np.exp(utility - likelihood.expectations(theta).log_partition[0])
    return tuple(
        Likely(tuple(np.array(names)[mask].tolist()), float(chance))
        for mask, chance in zip(members, probability, strict=True)
    )


# Forecasts stand above estimates, so the method `Estimates.forecast` is given from here.
Estimates.forecast = forecast
