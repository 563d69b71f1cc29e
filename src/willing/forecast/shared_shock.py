"""How likely coalitions are if the candidates of a side share a shock."""

from __future__ import annotations

import numpy as np

from willing.later import special
from willing.numbers import Floats
from willing.structural.leader_sides import Sides

# Gauss-Hermite nodes about each side's mode. At a shock of two the log-likelihood of the sides
# since 1960, -1,000, is exact to .0002; 15 nodes miss it by .007.
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(25)
_LOG_WEIGHTS = np.log(_WEIGHTS / _WEIGHTS.sum()) + _NODES**2 / 2.0
# The step in the shock that Newton's method may take, where it ends, and when it gives up.
_STEP, _CLOSE, _STEPS = 1.0, 1e-3, 50


def coalitions(
    log_odds: Floats, shock: float | Floats, sides: Sides
) -> tuple[Floats, Floats, Floats]:
    """Give the log probabilities of what sides did, summed over the shock, and their slopes.

    The sum is taken about the likeliest value of the shock given what a side did. Values that are
    the same for all miss it: of a coalition of twenty and a shock of two it is known to a tenth,
    and 21 fixed values are .6 apart, so that the likelihood has maxima of its own between them.

    Parameters
    ----------
    log_odds
        Of joining without the shock, :math:`\\ell_i`, shape (N,).
    shock
        Its size :math:`s`, of all or of each side, shape (S,): candidates join with log odds
        :math:`\\ell_i + s u`, :math:`u \\sim N(0, 1)` the same for all of a side.
    sides
        What happened.

    Returns
    -------
    tuple of ndarray
        The log probabilities, shape (S,); their slopes by :math:`\\ell_i`, shape (N,), and by
        :math:`s`, shape (S,).

    References
    ----------
    Liu, Q., and D. A. Pierce. 1994. A note on Gauss-Hermite quadrature. Biometrika 81(3): 624-629.
    """
    owner, first = sides.owner, sides.start[:-1]
    joiners, shock = sides.sizes.astype(float), np.broadcast_to(shock, sides.count)
    mode, width = _mode(log_odds, shock, sides)
    u = mode[:, np.newaxis] + width[:, np.newaxis] * _NODES
    moved = shock[:, np.newaxis] * u
    odds = np.exp(log_odds[:, np.newaxis] + moved[owner])
    joined = np.bincount(owner, weights=log_odds * sides.joined, minlength=sides.count)
    by_node = (
        (joined[:, np.newaxis] + moved * joiners[:, np.newaxis])
        - np.add.reduceat(np.log1p(odds), first, axis=0)
        + (_LOG_WEIGHTS + np.log(width)[:, np.newaxis] - u**2 / 2.0)
    )
    total = special.logsumexp(by_node, axis=1)
    share = np.exp(by_node - total[:, np.newaxis])
    chances = odds / (1.0 + odds)
    by_odds = sides.joined - np.einsum("ik,ik->i", chances, share[owner])
    expected = np.add.reduceat(chances, first, axis=0)
    by_shock = np.einsum("sk,sk->s", share * u, joiners[:, np.newaxis] - expected)
    return np.asarray(total), by_odds, by_shock


def _mode(log_odds: Floats, shock: Floats, sides: Sides) -> tuple[Floats, Floats]:
    """The likeliest shock of each side given what it did, and how far it is known, (S,)."""
    owner, S = sides.owner, sides.count
    mode, curvature = np.zeros(S), np.ones(S)
    for _ in range(_STEPS):
        p = special.expit(log_odds + (shock * mode)[owner])
        expected = np.bincount(owner, weights=p, minlength=S)
        spread = np.bincount(owner, weights=p * (1.0 - p), minlength=S)
        curvature = 1.0 + shock**2 * spread
        slope = shock * (sides.sizes - expected) - mode
        step = np.clip(slope / curvature, -_STEP, _STEP)
        mode = mode + step
        if np.abs(step).max() < _CLOSE:
            break
    return mode, 1.0 / np.sqrt(curvature)
