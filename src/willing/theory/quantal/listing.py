"""The few coalitions that carry all but a negligible part of the probability, at little noise.

Write `u` for a coalition's log weight :math:`U(S)/\\tau` and `A_s` for the log of the sum of
:math:`e^{su}`, for any share `s` from 0 to 1. By Chernoff's argument, coalitions with `u` below a
cut `c` weigh :math:`e^{A_s + (1 - s) c}` together at most, and no more than
:math:`e^{A_s - s c}` are above it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from willing.kernels import interpreted, kernel
from willing.numbers import Floats
from willing.theory.payoffs import Terms, coalition_strength, payoffs
from willing.theory.quantal.exact import Enumeration, bound_rounding, weigh
from willing.theory.quantal.weights import Weights
from willing.theory.search.branch import explore
from willing.theory.search.branch_and_bound import STRENGTH_ROUNDING
from willing.theory.search.compiled import CUSTOM, compile_terms
from willing.theory.search.optimum import best_coalition, best_of
from willing.theory.search.search_options import Search
from willing.theory.search.windows import bound_window, rank_partners

# The shares `s` that are tried, and the place of the one that decides as a rule.
_SHARES, _USUAL = np.array([0.0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5]), 5
# Windows of strength on which weights are bounded, and how closely, in logs.
_WINDOWS, _CLOSE = 16, 0.1
# The share of the tolerance that what is left out may take.
_MISSED = 0.25
# By how much the estimate of the number of coalitions exceeds it as a rule, in logs.
_EXCESS = 3.0
# Partial coalitions that a search may look at for every coalition asked for.
_WORK = 25
# Partners and partial coalitions that are looked at for the best one alone, .3 s as Python.
_LAST_WORK = 50_000
# Calls that run as Python, 40 ms each with 190 partners, before it is loaded or compiled, in 3 s.
_PATIENCE = (4, 60)
# Stands for the penalty of a side that is forced. Finite, so that times 0 it is 0.
_FORCED = 1e300


def list_few(
    weights: Weights, *, tolerances: Sequence[float], limit: int, doubtful: int = 0
) -> tuple[Enumeration, float] | None:
    """Weigh the coalitions that matter one by one, if they are few.

    Parameters
    ----------
    weights
        The game; everybody is free and some partner has strength.
    tolerances
        Absolute, on join probabilities; those that seem within reach are tried in turn.
    limit
        How many coalitions to list at most.
    doubtful
        How many where none seems within reach, with the first tolerance as the aim: the estimate
        of the number of coalitions is far too high where partners are equal.

    Returns
    -------
    found
        The coalitions with their probabilities.
    error
        Bound on what those not listed and rounding change in `found.join`.
    """
    terms, noise, rates = weights.terms, weights.noise, _SHARES / weights.noise
    best = best_coalition(terms, search=Search(node_limit=_WORK * limit))
    if best.status != "optimal":
        return None
    own, rounding = terms.leader_strength, Search().tolerance * terms.victory_value
    # As if all were as strong as the best, or as one who joins alone, and one were worth what none
    # can exceed.
    M = float(coalition_strength(terms, best.members))
    guess, highest = bound_sums(terms, rates, M, max(M, own + float(terms.strength.max())))
    guess -= rates * highest
    aims = np.log(_MISSED * np.minimum(tolerances, 1.0))
    tries = [(aim, limit) for aim in aims if _log_number(guess, aim) <= np.log(limit) + _EXCESS]
    if not tries and doubtful:
        tries = [(aims[0], doubtful)]
    if not tries:
        return None
    # What all coalitions weigh at most decides how far below the best a list must reach.
    sums, _ = bound_sums(terms, rates, own, own + float(terms.strength.sum()))
    sums += rates * (rounding - best.value)
    for aim, most in tries:
        masks, gap = best_of(
            terms,
            np.arange(len(terms.strength)),
            most=most + 1,
            floor=best.value - _least_loss(sums, aim) * noise - 2.0 * rounding,
            search=Search(node_limit=_WORK * most),
            stop_when_full=True,
        )
        if len(masks) > most:
            continue
        if gap > 0.0:
            return None
        values = payoffs(terms, masks)
        found = weigh(terms, noise, values, masks)
        missed = float(np.exp(aim) * found.probability.max())
        return found, min(1.0, missed + bound_rounding(terms, found.probability, noise))
    return None


def weigh_best(weights: Weights) -> Enumeration:
    """Give the best coalition at hand all the probability.

    For games in which more coalitions nearly tie than a list may hold, at so little noise that
    interpolation leaves a grid no positive sum: of these nothing else is known.
    """
    best = best_coalition(weights.terms, search=Search(node_limit=_LAST_WORK))
    listed = best.members[np.newaxis]
    return weigh(weights.terms, weights.noise, payoffs(weights.terms, listed), listed)


def _least_loss(sums: Floats, allowed: float) -> float:
    """How far below the best, in logs, coalitions must be to weigh what is allowed together.

    Both `sums` and `allowed` are logs relative to the best one's weight.
    """
    return float(((sums - allowed) / (1.0 - _SHARES)).min())


def _log_number(sums: Floats, allowed: float) -> float:
    """Bound the log number of coalitions that are nearer to the best than that."""
    return float((sums + _SHARES * _least_loss(sums, allowed)).min())


def bound_sums(terms: Terms, rates: Floats, low: float, high: float) -> tuple[Floats, float]:
    """Bound the sum of :math:`e^{t U(S)}` over coalitions between two strengths.

    Parameters
    ----------
    terms
        The game in numbers.
    rates
        :math:`t \\ge 0`, shape (k,).
    low, high
        Least and greatest strength.

    Returns
    -------
    sums
        Logs of the bounds, shape (k,).
    highest
        Bound on the payoff.
    """
    game, partners, callback = compile_terms(terms, np.arange(len(terms.strength)))
    # Where the search runs as Python nothing here is worth the compiler.
    plain = game.kind == CUSTOM or not explore.ready
    with interpreted(plain):
        function = callback if plain else callback.address
        logs, highest = _halve(game, function, partners, rates, low, high)
    sums: Floats = np.logaddexp.reduce(logs)
    return sums, highest


@kernel(patience=_PATIENCE)
def _halve(game, callback, partners, rates, low, high):  # type: ignore[no-untyped-def]
    """Bound the sums on windows of strength, halving those that matter and are loosely bounded."""
    logs = np.empty((_WINDOWS, len(rates)))
    # Ends, bound on the payoff and what it may be too high by.
    rows = np.empty((_WINDOWS, 4))
    rows[0, 0], rows[0, 1] = low, high
    _bound_window_sums(game, callback, partners, rates, rows[0], logs[0])
    size = 1
    while size < _WINDOWS:
        widest = -1
        for k in range(size):
            open_ = rates[_USUAL] * rows[k, 3] > _CLOSE
            if open_ and (widest < 0 or logs[k, _USUAL] > logs[widest, _USUAL]):
                widest = k
        if widest < 0:
            break
        half = 0.5 * (rows[widest, 0] + rows[widest, 1])
        rows[size, 0], rows[size, 1], rows[widest, 1] = half, rows[widest, 1], half
        _bound_window_sums(game, callback, partners, rates, rows[widest], logs[widest])
        _bound_window_sums(game, callback, partners, rates, rows[size], logs[size])
        size += 1
    return logs[:size], rows[:size, 2].max()


@kernel
def _bound_window_sums(game, callback, partners, rates, row, logs):  # type: ignore[no-untyped-def]
    """Fill in a window's sums, the bound on the payoff and that bound's error.

    A coalition is worth the bound less the penalties of partners on the wrong side, or less.
    """
    n, slip = partners.shape[1], STRENGTH_ROUNDING * (game.leader + game.total)
    status, side = np.zeros(n, np.int8), np.empty(n, np.int8)
    order, ratio, penalty = np.arange(n), np.empty(n), np.empty(n)
    a, b = row[0], row[1]
    breaks = rank_partners(game, callback, partners, 0.5 * (a + b), status, order, ratio)
    theta = ratio[order[breaks]] if ratio[order[breaks]] < np.inf else 0.0
    window = bound_window(game, callback, partners, a, b, theta, slip, status, side, penalty)
    row[2], row[3] = window.bound, window.error
    for g in range(len(rates)):
        logs[g] = rates[g] * window.bound + log_sum(rates[g], penalty)


def _log_sum(rate: float, penalty: Floats) -> float:
    """Do what `log_sum` does with NumPy."""
    return float(np.log1p(np.exp(-rate * np.minimum(penalty, _FORCED))).sum())


@kernel(plain=_log_sum)
def log_sum(rate, penalty):  # type: ignore[no-untyped-def]
    """Give the sum of log(1 + exp(-rate penalty)) over the partners."""
    total = 0.0
    for i in range(len(penalty)):
        total += np.log1p(np.exp(-rate * min(penalty[i], _FORCED)))
    return total
