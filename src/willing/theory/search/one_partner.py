"""The game with one potential partner, in closed form.

The leader's gain from building with the partner, over acting alone, is

    G(sigma, d) = B(sigma) D - x(d) - lambda d p1 - c,      D = p1 - p0,

with B(sigma) = 1 + Psi (r - sigma) and the least payment that the partner accepts

    x(d) = max(0, a + s d),    a = k - b - D, s = delta D    under pivotal pricing,
                               a = k - b, s = delta          under additive pricing.

`G` is the smaller of two lines that fall in `d`: one while the partner comes for nothing, one
while she is paid. So the divergence cutoff is the smaller of their two roots, and the kink, where
the price leaves zero, needs no case of its own. `G` is a line in `sigma`, with one root.

A partner with bargaining power `beta` is paid `x + beta max(0, B D - x)`. Then `G` is the smaller
of what it is without power and of `(1 - beta) (B D - x) - lambda d p1 - c`: again of lines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from willing.errors import ScenarioError
from willing.numbers import Floats
from willing.theory.rules import Pricing


@dataclass(frozen=True)
class OnePartnerSolution:
    """Who builds with whom, for every game in a broadcast array of games.

    Attributes
    ----------
    side_payment : numpy.ndarray
        What the partner is paid, in units of the value of victory: `x(d)`, the least payment that
        she accepts, and her share of the surplus if she has bargaining power.
    gain : numpy.ndarray
        `G`, what the leader gains by building.
    builds : numpy.ndarray of bool
        Whether she builds: `G >= 0`.
    security_cutoff : numpy.ndarray
        `sigma_hat(d)`, in [0, 1]: she builds iff `sigma <= sigma_hat`. It is 1 if she always
        builds and minus infinity if she never does.
    divergence_cutoff : numpy.ndarray
        `d_hat(sigma)`, in [0, inf]: the partner is acceptable iff `d <= d_hat`. It is minus
        infinity if the leader refuses even a partner who shares her preferences.
    free_cutoff : numpy.ndarray
        The divergence up to which the partner comes for nothing, in [0, inf]; minus infinity if
        she is never free. The kink of the price is here.
    """

    side_payment: Floats
    gain: Floats
    builds: NDArray[np.bool_]
    security_cutoff: Floats
    divergence_cutoff: Floats
    free_cutoff: Floats


def one_partner(
    *,
    alone: ArrayLike,
    together: ArrayLike,
    security: ArrayLike,
    divergence: ArrayLike,
    cost: ArrayLike,
    office: ArrayLike,
    aversion: ArrayLike = 0.0,
    friction: ArrayLike = 0.0,
    benefit: ArrayLike = 0.0,
    retention: ArrayLike = 1.0,
    rest: ArrayLike = 0.0,
    power: ArrayLike = 0.0,
    pricing: Pricing = "pivotal",
) -> OnePartnerSolution:
    """Solve the game between a leader and one potential partner.

    Every argument but `pricing` is a number or an array; they broadcast against each other.

    Parameters
    ----------
    alone, together
        Probability of victory `p0` without and `p1` with the partner, `0 <= p0 <= p1 <= 1`.
    security
        `sigma`, probability that the leader keeps office after defeat, in [0, 1].
    divergence
        `d`, distance between the partner's preferences and the leader's, >= 0.
    cost
        `k`, the partner's cost of taking part, >= 0.
    office
        `Psi`, the leader's value of office, >= 0.
    aversion
        `delta`, how much divergence lowers the partner's stake (pivotal) or raises her price
        (additive), >= 0.
    friction
        `lambda`, the leader's post-war loss per unit of divergence, borne on victory, >= 0.
    benefit
        `b`, the partner's private benefit of taking part.
    retention
        `r`, probability that the leader keeps office after victory, in [0, 1].
    rest
        `c`, what a rest of the coalition that is held fixed costs the leader more because the
        partner joins: changed prices and friction with its members. With it the cutoffs are
        those of one partner among many, at the margin.
    power
        `beta`, the share that the partner gets of what her help is worth to the leader beyond the
        least payment that she accepts, in [0, 1].
    pricing
        ``"pivotal"`` or ``"additive"``.

    Returns
    -------
    OnePartnerSolution
        Arrays of the broadcast shape.

    Raises
    ------
    ScenarioError
        If an argument is outside its range.
    """
    p0, p1, sigma, d, k, psi, delta, lam, b, r, c, beta = _checked(
        alone=alone,
        together=together,
        security=security,
        divergence=divergence,
        cost=cost,
        office=office,
        aversion=aversion,
        friction=friction,
        benefit=benefit,
        retention=retention,
        rest=rest,
        power=power,
    )
    D = p1 - p0
    if pricing == "pivotal":
        a, s = k - b - D, delta * D
    elif pricing == "additive":
        a, s = k - b, delta
    else:
        raise ScenarioError(f"pricing is {pricing!r}; allowed are 'pivotal' and 'additive'")

    loss = lam * p1
    value = (1.0 + psi * (r - sigma)) * D
    least = np.maximum(0.0, a + s * d)
    price = least + beta * np.maximum(0.0, value - least)
    gain = value - c - price - loss * d
    return OnePartnerSolution(
        side_payment=price,
        gain=gain,
        builds=gain >= 0.0,
        security_cutoff=_within(_security_root(D, least, loss * d + c, psi, r, beta), upper=1.0),
        divergence_cutoff=_within(_divergence_root(value, a, s, loss, c, beta), upper=np.inf),
        free_cutoff=_within(_last_nonnegative(-a, s), upper=np.inf),
    )


def _security_root(
    D: Floats, least: Floats, burden: Floats, psi: Floats, r: Floats, beta: Floats
) -> Floats:
    """Give the last security at which the smaller of the leader's two gains is nonnegative."""
    value = (1.0 + psi * r) * D
    root = _last_nonnegative(value - least - burden, psi * D)
    kept = 1.0 - beta
    shared = _last_nonnegative(kept * (value - least) - burden, kept * psi * D)
    return np.where(beta > 0.0, np.minimum(root, shared), root)


def _divergence_root(
    value: Floats, a: Floats, s: Floats, loss: Floats, c: Floats, beta: Floats
) -> Floats:
    """Give the last divergence at which the smallest of the lines of the gain is nonnegative."""
    worth = value - c
    root = np.minimum(_last_nonnegative(worth, loss), _last_nonnegative(worth - a, s + loss))
    kept = 1.0 - beta
    shared = np.minimum(
        _last_nonnegative(kept * value - c, loss),
        _last_nonnegative(kept * (value - a) - c, kept * s + loss),
    )
    return np.where(beta > 0.0, np.minimum(root, shared), root)


def _last_nonnegative(intercept: Floats, fall: Floats) -> Floats:
    """Give the largest `z` with `intercept - fall z >= 0`, `fall >= 0`; infinite if all or none."""
    level = np.where(intercept >= 0.0, np.inf, -np.inf)
    # The ratio overflows only where a tiny slope makes the cutoff infinite for every purpose.
    with np.errstate(over="ignore"):
        return np.divide(intercept, fall, out=level, where=fall > 0.0)


def _within(cutoff: Floats, *, upper: float) -> Floats:
    """Cut a cutoff off at `upper`; one below zero is met by nobody."""
    return np.where(cutoff < 0.0, -np.inf, np.minimum(cutoff, upper))


_RANGES = {
    "alone": (0.0, 1.0),
    "together": (0.0, 1.0),
    "security": (0.0, 1.0),
    "divergence": (0.0, np.inf),
    "cost": (0.0, np.inf),
    "office": (0.0, np.inf),
    "aversion": (0.0, np.inf),
    "friction": (0.0, np.inf),
    "benefit": (0.0, np.inf),
    "retention": (0.0, 1.0),
    "rest": (-np.inf, np.inf),
    "power": (0.0, 1.0),
}


def _checked(**values: ArrayLike) -> tuple[Floats, ...]:
    """Broadcast the arguments of a game against each other after looking at their ranges."""
    arrays = {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}
    for name, value in arrays.items():
        low, high = _RANGES[name]
        bad = ~np.isfinite(value) | (value < low) | (value > high)
        if bad.any():
            raise ScenarioError(
                f"{name} is {value[bad].flat[0]}; allowed are finite numbers in [{low:g}, {high:g}]"
            )
    if np.any(arrays["together"] < arrays["alone"]):
        raise ScenarioError(
            "together is below alone; a partner never lowers the probability of victory, "
            "so together must be at least alone"
        )
    return np.broadcast_arrays(*arrays.values())
