"""The game in compiled form: contests, their curvature and the costs of partners."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import NamedTuple

import numba.experimental.function_type  # noqa: F401  (numba learns to type a `Callback` from it)
import numpy as np
from numba import njit, types
from numba.core.typing.templates import Signature

from willing.numbers import Floats
from willing.theory.contest import DrawContest, LogisticContest, RatioContest
from willing.theory.payoffs import Terms

RATIO, LOGISTIC, CUSTOM = 0, 1, 2
# Stands for "nothing is known" about a contest's curvature. Finite, so that times 0 it is 0.
_UNKNOWN_CURVATURE = 1e100
# Strengths reach 1e30; times the exponential of this they are finite still.
_MOST_HANDICAP = 500.0


class Rule(NamedTuple):
    """A contest and the target's strength, as compiled code takes them.

    Numbers alone, because passing arrays from one compiled function to another is not free.
    """

    kind: int
    decisiveness: float
    target: float


class Numbers(NamedTuple):
    """`Terms` as compiled code takes them."""

    contest: Rule
    leader: float
    worth: float
    total: float
    strength: Floats
    outlay: Floats
    stake: Floats
    drag: Floats


class Callback(types.WrapperAddressProtocol):
    """A Python function of one number that compiled code can call.

    An exception inside it cannot cross compiled code: it is kept in `error`, the call gives 0.
    """

    def __init__(self, function: Callable[[float], float]) -> None:
        self.error: Exception | None = None

        def guarded(M: float) -> float:
            try:
                return float(function(M))
            except Exception as error:
                self.error = error
                return 0.0

        self._function = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(guarded)

    def __wrapper_address__(self) -> int:
        return ctypes.cast(self._function, ctypes.c_void_p).value or 0

    def signature(self) -> Signature:
        return types.float64(types.float64)


# Compiled contests need no callback, but the compiled functions take one.
_NO_CALLBACK = Callback(lambda _: 0.0)


def compile_terms(terms: Terms, order: np.ndarray) -> tuple[Numbers, Callback]:
    """Give the terms with partners in `order`, and the callback of a contest of the user's."""
    contest, target = terms.contest, terms.target_strength
    kind, decisiveness, callback = CUSTOM, 1.0, _NO_CALLBACK
    if isinstance(contest, RatioContest | LogisticContest):
        kind = RATIO if isinstance(contest, RatioContest) else LOGISTIC
        decisiveness = float(contest.decisiveness)
    elif isinstance(contest, DrawContest) and abs(_handicap(contest)) < _MOST_HANDICAP:
        # Victory is a ratio contest against a target whose strength carries the cut.
        kind, decisiveness = RATIO, float(contest.decisiveness)
        target = target * float(np.exp(_handicap(contest)))
    else:
        callback = Callback(lambda M: contest(M, target))
    numbers = Numbers(
        contest=Rule(kind, decisiveness, float(target)),
        leader=float(terms.leader_strength),
        worth=float(terms.victory_value),
        total=float(terms.strength[order].sum()),
        strength=terms.strength[order],
        outlay=terms.outlay[order],
        stake=terms.stake[order],
        drag=terms.drag[order],
    )
    return numbers, callback


def _handicap(contest: DrawContest) -> float:
    """The logarithm of how many times as strong as the target one must be to win half the time."""
    return float(contest.victory_cut / contest.decisiveness)


@njit(cache=True)
def chance(rule, callback, M):  # type: ignore[no-untyped-def]
    """Give p(M)."""
    if rule.kind == RATIO:
        if rule.decisiveness == 1.0:
            return M / (M + rule.target)
        return 1.0 / (1.0 + (rule.target / M) ** rule.decisiveness)
    if rule.kind == LOGISTIC:
        return 1.0 / (1.0 + np.exp(-rule.decisiveness * (M - rule.target)))
    return callback(M)


@njit(cache=True)
def curvature(rule, a, b, pa, pb):  # type: ignore[no-untyped-def]
    """Bound p'' on [a, b], where p(a) = pa and p(b) = pb, by interval arithmetic.

    Ratio: p'' = (g / M^2) p (1 - p) [g (1 - 2p) - 1]; logistic: p'' = g^2 p (1 - p) (1 - 2p).
    """
    if rule.kind == CUSTOM:
        return -_UNKNOWN_CURVATURE, _UNKNOWN_CURVATURE
    g = rule.decisiveness
    at_a, at_b = pa * (1.0 - pa), pb * (1.0 - pb)
    least, most = min(at_a, at_b), max(at_a, at_b)
    if pa < 0.5 < pb:
        most = 0.25
    if rule.kind == RATIO:
        least, most = least * g / (b * b), most * g / (a * a)
        low, high = g * (1.0 - 2.0 * pb) - 1.0, g * (1.0 - 2.0 * pa) - 1.0
    else:
        least, most = least * g * g, most * g * g
        low, high = 1.0 - 2.0 * pb, 1.0 - 2.0 * pa
    return (low * most if low < 0.0 else low * least), (high * most if high > 0.0 else high * least)


@njit(cache=True)
def burden(game, callback, i, M, p):  # type: ignore[no-untyped-def]
    """Give w_i(M), price and friction of a member `i` of a coalition of strength M, p = p(M)."""
    price = game.outlay[i]
    if game.stake[i] != 0.0:
        without = max(M - game.strength[i], game.leader)
        price -= game.stake[i] * (p - chance(game.contest, callback, without))
    return max(price, 0.0) + game.drag[i] * p


@njit(cache=True)
def payoff(game, callback, members):  # type: ignore[no-untyped-def]
    """Give U(S) of the coalition, a mask."""
    M = game.leader
    for i in range(len(members)):
        if members[i]:
            M += game.strength[i]
    p = chance(game.contest, callback, M)
    value = game.worth * p
    for i in range(len(members)):
        if members[i]:
            value -= burden(game, callback, i, M, p)
    return value
