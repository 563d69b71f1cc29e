"""What the structural estimates say about the hypotheses, in a sentence each."""

from __future__ import annotations

from willing.estimation.results import Estimate

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
        f"b1 = {value.value:.3g} (s.e. {value.std_error:.2g}, p = {value.p:.3f})."
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
        f"{claim}{verdict}, b1 = {value.value:.3g} (p = {value.p:.3f}), cost of a unit of "
        f"divergence = {cost.value:.3g} (s.e. {cost.std_error:.2g}, p = {cost.p:.3f})."
    )
