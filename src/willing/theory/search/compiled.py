"""The game in compiled form: contests, their curvature and the costs of partners."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from willing.kernels import kernel
from willing.numbers import Floats
from willing.theory.contest import DrawContest, LogisticContest, RatioContest
from willing.theory.payoffs import Settlement, Terms

RATIO, LOGISTIC, CUSTOM = 0, 1, 2
# Stands for "nothing is known" about a contest's curvature. Finite, so that times 0 it is 0.
_UNKNOWN_CURVATURE = 1e100
# Strengths reach 1e30; times the exponential of this they are finite still.
_MOST_HANDICAP = 500.0
# Probabilities of victory as near as this to where the demand is capped, some roundings, are there.
_AT_THE_CAP = 1e-14


# Rows of the table of partners.
STRENGTH, OUTLAY, STAKE, DRAG, EXPOSURE = 0, 1, 2, 3, 4


class Numbers(NamedTuple):
    """The numbers of `Terms` that are not of partners, as compiled code takes them.

    Without bargaining `support` is 0. Scalars alone, and the partners in one table: each array that
    is passed from one compiled function to another takes time to compile.
    """

    kind: int
    decisiveness: float
    target: float
    margin: float
    support: float
    war_cost: float
    leader: float
    worth: float
    total: float
    power: float


class Callback:
    """A contest of the user's, as a function of one number.

    An exception inside it cannot cross compiled code: it is kept in `error`, the call gives 0.
    """

    def __init__(self, function: Callable[[float], float]) -> None:
        self.error: Exception | None = None
        self._function = function

    def __call__(self, M: float) -> float:
        try:
            return float(self._function(M))
        except Exception as error:
            self.error = error
            return 0.0

    @cached_property
    def address(self) -> Any:
        """The function as compiled code takes it."""
        # Numba learns to type what follows from this module.
        import numba.experimental.function_type  # noqa: F401
        from numba import types

        function = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(self)

        class Address(types.WrapperAddressProtocol):
            def __wrapper_address__(self) -> int:
                return ctypes.cast(function, ctypes.c_void_p).value or 0

            def signature(self) -> Any:
                return types.float64(types.float64)

        return Address()


# Compiled contests need no callback, but the compiled functions take one.
_NO_CALLBACK = Callback(lambda _: 0.0)


def compile_terms(terms: Terms, order: np.ndarray) -> tuple[Numbers, Floats, Callback]:
    """Give the terms as compiled code takes them.

    Returns
    -------
    game
        What is not of partners.
    partners
        The partners in `order`, shape (5, n): strength, outlay, stake, drag and exposure.
    callback
        The contest, if it is one of the user's.
    """
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
    settlement = terms.settlement or Settlement(0.0, 0.0, 0.0)
    game = Numbers(
        kind=kind,
        decisiveness=decisiveness,
        target=float(target),
        margin=float(settlement.margin),
        support=float(settlement.support),
        war_cost=float(settlement.war_cost),
        leader=float(terms.leader_strength),
        worth=float(terms.victory_value),
        total=float(terms.strength[order].sum()),
        power=float(terms.power),
    )
    partners = np.zeros((5, len(order)))
    partners[STRENGTH], partners[OUTLAY] = terms.strength[order], terms.outlay[order]
    partners[STAKE], partners[DRAG] = terms.stake[order], terms.drag[order]
    if terms.exposure is not None:
        partners[EXPOSURE] = terms.exposure[order]
    return game, partners, callback


def _handicap(contest: DrawContest) -> float:
    """The logarithm of how many times as strong as the target one must be to win half the time."""
    return float(contest.victory_cut / contest.decisiveness)


@kernel
def chance(game, callback, M):  # type: ignore[no-untyped-def]
    """Give p(M), or with bargaining the expected share Y(M)."""
    p = victory(game, callback, M)
    if game.support > 0.0:
        z = min(game.margin, 1.0 - p)
        return p + z * (1.0 - z / game.support)
    return p


@kernel
def war_risk(game, callback, M):  # type: ignore[no-untyped-def]
    """Give the probability of war, zero without bargaining."""
    if game.support > 0.0:
        return min(game.margin, 1.0 - victory(game, callback, M)) / game.support
    return 0.0


@kernel
def victory(game, callback, M):  # type: ignore[no-untyped-def]
    """Give p(M)."""
    if game.kind == RATIO:
        if game.decisiveness == 1.0:
            return M / (M + game.target)
        return 1.0 / (1.0 + (game.target / M) ** game.decisiveness)
    if game.kind == LOGISTIC:
        return 1.0 / (1.0 + np.exp(-game.decisiveness * (M - game.target)))
    return callback(M)


@kernel
def curvature(game, callback, a, b, pa, pb):  # type: ignore[no-untyped-def]
    """Bound the second derivative of `chance` on [a, b], where it is pa and pb at the ends."""
    if game.kind == CUSTOM:
        return -_UNKNOWN_CURVATURE, _UNKNOWN_CURVATURE
    if game.support > 0.0:
        pa, pb = victory(game, callback, a), victory(game, callback, b)
        return _settled_curvature(game, a, b, pa, pb)
    return _curvature(game, a, b, pa, pb)


@kernel
def risk_curvature(game, callback, a, b):  # type: ignore[no-untyped-def]
    """Bound the second derivative of `war_risk` on [a, b]; a cap at an end does not count."""
    pa, pb = victory(game, callback, a), victory(game, callback, b)
    if game.support == 0.0 or pb <= 1.0 - game.margin + _AT_THE_CAP:
        return 0.0, 0.0
    if game.kind == CUSTOM or pa < 1.0 - game.margin - _AT_THE_CAP:
        return -_UNKNOWN_CURVATURE, _UNKNOWN_CURVATURE
    low, high = _curvature(game, a, b, pa, pb)
    return -high / game.support, -low / game.support


@kernel
def _curvature(game, a, b, pa, pb):  # type: ignore[no-untyped-def]
    """Bound p'' on [a, b] by interval arithmetic.

    Ratio: p'' = (g / M^2) p (1 - p) [g (1 - 2p) - 1]; logistic: p'' = g^2 p (1 - p) (1 - 2p).
    """
    g = game.decisiveness
    least, most = _spread(pa, pb)
    if game.kind == RATIO:
        least, most = least * g / (b * b), most * g / (a * a)
        low, high = g * (1.0 - 2.0 * pb) - 1.0, g * (1.0 - 2.0 * pa) - 1.0
    else:
        least, most = least * g * g, most * g * g
        low, high = 1.0 - 2.0 * pb, 1.0 - 2.0 * pa
    return (low * most if low < 0.0 else low * least), (high * most if high > 0.0 else high * least)


@kernel
def _settled_curvature(game, a, b, pa, pb):  # type: ignore[no-untyped-def]
    """Bound Y'' on [a, b]. Up to the cap Y'' = p''; from there, with q = 1 - p, it is
    (2 / c) (q p'' - p'^2).

    At the cap the slope falls. Over the chord of [a, b] a fall by J raises a function by no more
    than a second derivative of -2 J / (b - a) does, so that is how it counts.
    """
    low, high = _curvature(game, a, b, pa, pb)
    cap = 1.0 - game.margin
    if pb <= cap + _AT_THE_CAP:
        return low, high
    least, most = _spread(pa, pb)
    g, twice = game.decisiveness, 2.0 / game.support
    if game.kind == RATIO:
        least, most = least * g / b, most * g / a
    else:
        least, most = least * g, most * g
    small, large = twice * (1.0 - pb), twice * min(1.0 - pa, game.margin)
    settled_low = (low * large if low < 0.0 else low * small) - twice * most * most
    settled_high = (high * large if high > 0.0 else high * small) - twice * least * least
    if pa >= cap - _AT_THE_CAP:
        return settled_low, settled_high
    fall = most * max(0.0, 1.0 - twice * game.margin)
    return min(low, settled_low) - 2.0 * fall / (b - a), max(high, settled_high)


@kernel
def _spread(pa, pb):  # type: ignore[no-untyped-def]
    """Give the range of p (1 - p) for p from pa to pb."""
    at_a, at_b = pa * (1.0 - pa), pb * (1.0 - pb)
    return min(at_a, at_b), (0.25 if pa < 0.5 < pb else max(at_a, at_b))


@kernel
def burden(game, callback, partners, i, M, p):  # type: ignore[no-untyped-def]
    """Give w_i(M), price and friction of a member `i` of a coalition of strength M, p = p(M)."""
    price, stake, exposure = partners[OUTLAY, i], partners[STAKE, i], partners[EXPOSURE, i]
    if exposure != 0.0:
        price += exposure * war_risk(game, callback, M)
    help_ = 0.0
    if stake != 0.0 or game.power > 0.0:
        help_ = p - chance(game, callback, max(M - partners[STRENGTH, i], game.leader))
        price -= stake * help_
    return paid(game, price, help_) + partners[DRAG, i] * p


@kernel
def paid(game, ask, help_):  # type: ignore[no-untyped-def]
    """Give the payment of a partner who asks `ask` and adds `help_` to victory; rises in both."""
    least = max(ask, 0.0)
    if game.power > 0.0:
        return least + game.power * max(0.0, game.worth * help_ - least)
    return least


@kernel
def payoff(game, callback, partners, members):  # type: ignore[no-untyped-def]
    """Give U(S) of the coalition, a mask."""
    M = game.leader
    for i in range(len(members)):
        if members[i]:
            M += partners[STRENGTH, i]
    p = chance(game, callback, M)
    value = game.worth * p
    if game.war_cost != 0.0:
        value -= game.war_cost * war_risk(game, callback, M)
    for i in range(len(members)):
        if members[i]:
            value -= burden(game, callback, partners, i, M, p)
    return value
