"""What the structural estimates say about the hypotheses, in a sentence each."""

from __future__ import annotations

import numpy as np

from willing.estimation.results import Z95, Estimate
from willing.numbers import Floats, p_said

LEVEL = 0.05


def judge_formation(value: Estimate) -> str:
    """Say whether the value of victory rises with insecurity.

    Parameters
    ----------
    value
        The estimate of :math:`b_1`.
    """
    if value.p >= LEVEL:
        verdict = "neither supported nor rejected"
    else:
        verdict = "supported" if value.value > 0 else "contradicted"
    return (
        f"H1, the value of victory rises with the leader's insecurity (b1 > 0): {verdict}, "
        f"b1 = {value.value:.3g} (s.e. {value.std_error:.2g}, {p_said(value.p)})."
    )


def judge_selectivity(value: Estimate, cost: Estimate | None) -> str:
    """Say whether tolerated divergence rises with insecurity.

    Parameters
    ----------
    value
        The estimate of :math:`b_1`.
    cost
        What a unit of divergence adds to a price; None if divergence is not a term.
    """
    claim = "H2, insecure leaders tolerate more divergence (b1 > 0 and divergence is costly): "
    if cost is None:
        return claim + "not tested, divergence is not a term of the price."
    if any(e.value < 0 and e.p < LEVEL for e in (value, cost)):
        verdict = "contradicted"
    elif all(e.value > 0 and e.p < LEVEL for e in (value, cost)):
        verdict = "supported"
    else:
        verdict = "neither supported nor rejected"
    return (
        f"{claim}{verdict}, b1 = {value.value:.3g} ({p_said(value.p)}), cost of a unit of "
        f"divergence = {cost.value:.3g} (s.e. {cost.std_error:.2g}, {p_said(cost.p)})."
    )


def describe_office(values: Floats, covariance: Floats) -> str:
    """Say how much office is worth, :math:`\\Psi = b_1 / b_0`, where insecurity is the stake.

    The value of victory is then :math:`b_0 (1 + \\Psi (r - \\sigma))`.

    Parameters
    ----------
    values, covariance
        :math:`(b_0, b_1)` and their covariance, shapes (2,) and (2, 2).
    """
    ratio = float(values[1] / values[0])
    bounds = fieller(values, covariance)
    span = (
        "no bounds, as the value of victory itself is not told from zero"
        if bounds is None
        else f"95 % interval from {bounds[0]:.3g} to {bounds[1]:.3g}"
    )
    return (
        f"office is worth Psi = b1 / b0 = {ratio:.3g} of a victory ({span}); H1 is Psi > 0 where "
        "victory is worth something"
    )


def fieller(values: Floats, covariance: Floats) -> tuple[float, float] | None:
    """Give the 95 % interval of the ratio of the second to the first of two estimates.

    It holds the ratios `q` for which :math:`b_1 - q b_0` is not told from zero; None if they have
    no bounds, as when :math:`b_0` is not told from zero.

    References
    ----------
    Fieller, E. C. 1954. Some Problems in Interval Estimation. Journal of the Royal Statistical
    Society B 16(2): 175-185.
    """
    critical = Z95**2
    a = values[0] ** 2 - critical * covariance[0, 0]
    b = values[0] * values[1] - critical * covariance[0, 1]
    c = values[1] ** 2 - critical * covariance[1, 1]
    if a <= 0.0:
        return None
    half = np.sqrt(max(b**2 - a * c, 0.0))
    return float((b - half) / a), float((b + half) / a)
