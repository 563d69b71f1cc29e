"""Profile likelihoods of the structural model's own parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from willing.estimation.results import Z95
from willing.structural.maximum import fit
from willing.structural.profile_likelihood import Profile, profile_around

if TYPE_CHECKING:
    from willing.structural.estimates import Estimates

# What each fit of a profile may miss of its maximum, in units of log-likelihood.
_SLACK = 1e-3
# How far from its estimate, as a factor, a joint profile looks for the decisiveness, and how close
# to the best its search ends, in logarithms: the height is then within .01 of its maximum.
_FAR, _CLOSE = 20.0, 0.05


def profile_parameter(estimates: Estimates, name: str) -> Profile:
    """Profile the likelihood over one parameter.

    The contest is held at its estimate, unless coalitions and outcomes tell it together: their
    joint likelihood is then at its maximum over the contest at every value. Sides count as
    independent, as in `Estimates.lr`.

    Raises
    ------
    EstimationError
        If there is no such parameter.
    """
    own = estimates.estimate(name)
    height = jointly_held(estimates, name) if _is_joint(estimates) else _held(estimates, name)
    return profile_around(height, own.value, Z95 * own.std_error, parameter=name)


def _is_joint(estimates: Estimates) -> bool:
    return estimates.model.contest == "joint" and estimates.outcomes is not None


def _held(estimates: Estimates, name: str) -> Callable[[float], float]:
    """Give the greatest log-likelihood at a value of a parameter, under the contest estimated."""
    likelihood, near = estimates.likelihood, {estimates.estimate(name).value: estimates.fit}

    def height(x: float) -> float:
        if x not in near:
            known = near[min(near, key=lambda other: abs(other - x))]
            near[x] = fit(
                likelihood, start=known.params, hessian=known.hessian, held={name: x}, slack=_SLACK
            )
        return near[x].value

    return height


def jointly_held(estimates: Estimates, name: str) -> Callable[[float], float]:
    """Give the greatest log-likelihood of coalitions and outcomes at a value of a parameter.

    Parameters
    ----------
    estimates
        Of a model whose contest is ``"joint"``.
    name
        The parameter.

    Returns
    -------
    callable
        The height of the profile at a value; every call searches for the decisiveness anew.
    """
    from scipy.optimize import minimize_scalar

    outcomes, curve, sides = estimates.outcomes, estimates.profile, estimates.sides
    threads = estimates.likelihood.threads
    assert outcomes is not None
    assert curve is not None
    known = [estimates.fit]

    def at(log_g: float, x: float) -> float:
        contest, told = outcomes.at(float(np.exp(log_g)))
        cuts = (contest.defeat_cut, contest.victory_cut)
        model = replace(estimates.model, decisiveness=contest.decisiveness, cuts=cuts)
        found = fit(
            model.likelihood(sides, threads=threads),
            start=known[-1].params,
            hessian=known[-1].hessian,
            held={name: x},
            slack=_SLACK,
        )
        known.append(found)
        return found.value + told

    # Of the parameters of value only the product with the decisiveness is well known: a value
    # twice as large goes with half the decisiveness, which may lie outside its own interval.
    middle = float(np.log(curve.best))
    ends = (middle - float(np.log(_FAR)), middle + float(np.log(_FAR)))

    def height(x: float) -> float:
        best = minimize_scalar(
            lambda log_g: -at(float(log_g), x),
            bounds=ends,
            method="bounded",
            options={"xatol": _CLOSE},
        )
        return -float(best.fun)

    return height
