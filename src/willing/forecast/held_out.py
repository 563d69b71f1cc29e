"""Estimates without a crisis, so that a crisis is not forecast by what it taught."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from willing.structural.estimates import Estimates


def without_crisis(estimates: Estimates, crisis: int) -> Estimates:
    """Give the estimates without one crisis, by one Newton step from those with it.

    With scores :math:`s` and Hessian :math:`H` of the log-likelihood of the other crises at the
    estimates :math:`\\theta`, the step is :math:`\\theta - H^{-1} s`; as :math:`\\theta` is the
    maximum with the crisis, :math:`s` is minus the score of the crisis. The covariance and the
    decisiveness remain those with it.

    Parameters
    ----------
    estimates
        The estimates.
    crisis
        ICB's number; a crisis that is not in the sample changes nothing.
    """
    inside = np.flatnonzero(estimates.sides.crisis == crisis)
    if not len(inside):
        return estimates
    theta, free = estimates.params, estimates.fit.free
    own = estimates.model.likelihood(estimates.sides.take(inside), threads=1)
    score = own.scores(own.expectations(theta)).sum(axis=0)
    rest = estimates.fit.hessian - own.hessian(theta)
    moved = theta.copy()
    moved[free] += np.linalg.solve(rest[np.ix_(free, free)], score[free])
    return replace(estimates, fit=replace(estimates.fit, params=moved))
