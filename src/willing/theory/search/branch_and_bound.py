"""The best coalitions of many partners, with a certificate, by branch and bound."""

from __future__ import annotations

import time

import numpy as np

from willing.errors import ScenarioError
from willing.kernels import in_advance, interpreted
from willing.numbers import Floats, Masks
from willing.theory.payoffs import Terms
from willing.theory.search.branch import BOUND, OPEN, UNRESOLVED, explore, make_tree, push
from willing.theory.search.compiled import STRENGTH, Callback, Numbers, compile_terms, victory
from willing.theory.search.core import FOUND, MARGIN, WORST, Best, make_space
from willing.theory.search.search_options import Search

# Sums of a thousand strengths round to within this share of the total.
STRENGTH_ROUNDING = 1e-13
# Strengths count as whole multiples of a unit if they are so to this share of their size.
_UNIT_ROUNDING = 1e-15
# A unit finer than this share of the largest strength does not help the search.
_FINEST_UNIT = 1e-6
# Partners and partial coalitions that a process looks at as Python before the search is loaded, in
# half a second, or compiled, in seven or so; most games need 2,000 and take 20 ms.
_BEFORE_LOADING, _BEFORE_COMPILING = 25_000, 250_000
# The same between two looks at these limits, and how many there have been.
_SOME, _SPENT = 5_000, [0]
# Seconds that compiling takes, seven, and as many again on a busy machine. With less than that left
# the search goes on as Python, or a limit of ten seconds would not hold.
_COMPILING = 15.0
# Partial coalitions between two looks at the clock and the list, some milliseconds.
_WORK_BETWEEN_LOOKS = 50_000


def search_best(
    terms: Terms,
    partners: np.ndarray,
    *,
    most: int,
    floor: float,
    search: Search,
    stop_when_full: bool = False,
) -> tuple[Masks, float]:
    """Do what `willing.theory.search.optimum.best_of` says, however many partners there are."""
    # Equal partners next to each other, so that the search sees that they are.
    some = terms.of(partners)
    keys = [some.drag, some.stake, some.outlay, some.strength]
    if some.exposure is not None:
        keys.insert(0, some.exposure)
    order = partners[np.lexsort(keys)]
    game, table, callback = compile_terms(terms, order)
    best = Best(
        values=np.full(most, -np.inf),
        masks=np.zeros((most, len(order)), dtype=np.bool_),
        tally=np.zeros(3),
    )
    best.tally[WORST], best.tally[MARGIN] = floor, search.tolerance * terms.victory_value
    gap = _run(game, table, callback, best, search, dedupe=most == 1, stop_when_full=stop_when_full)
    masks = np.zeros((int(best.tally[FOUND]), len(order)), dtype=np.bool_)
    masks[:, np.searchsorted(partners, order)] = best.masks[: len(masks)]
    return masks, gap


def common_unit(strength: Floats) -> float:
    """Give the largest unit of which all strengths are whole multiples, 0 if there is none.

    Strengths in a table often have few decimals; then coalitions have few different strengths.
    """
    values = strength.tolist()
    largest = unit = max(values)
    for value in values:
        other = value
        while other > _FINEST_UNIT * largest:
            unit, other = other, unit % other
        if unit < _FINEST_UNIT * largest:
            return 0.0
    unit = largest / round(largest / unit)
    for value in values:
        if abs(round(value / unit) * unit - value) > _UNIT_ROUNDING * largest:
            return 0.0
    return float(unit)


def capped_from(game: Numbers, callback: Callback, low: float, high: float) -> float:
    """Give the strength from `low` to `high` from which the demand is capped, else `high`.

    What is bounded on windows of strength has a kink there, so no window may contain it.
    """
    cap = 1.0 - game.margin
    if game.support == 0.0 or not victory(game, callback, low) < cap < victory(
        game, callback, high
    ):
        return high
    while low < (middle := 0.5 * (low + high)) < high:
        if victory(game, callback, middle) <= cap:
            low = middle
        else:
            high = middle
    return low


def _run(
    game: Numbers,
    partners: Floats,
    callback: Callback,
    best: Best,
    search: Search,
    *,
    dedupe: bool,
    stop_when_full: bool,
) -> float:
    """Search until the optimum is proven or a limit is met; give the gap left."""
    n = partners.shape[1]
    slip = STRENGTH_ROUNDING * (game.leader + game.total)
    least, most = game.leader, game.leader + game.total
    # Next to nothing to do, and other kernels would have to be compiled for it.
    with interpreted():
        cap = capped_from(game, callback, least, most)
        tree = make_tree(n, least, cap)
        if cap < most:
            push(tree, np.inf, cap, most, np.zeros(n, dtype=np.int8))
    space = make_space(n)
    unit = common_unit(partners[STRENGTH]) if game.total > 0.0 else 0.0
    if unit <= slip:
        unit = 0.0  # its multiples cannot be told apart
    work, deadline = 0, time.monotonic() + search.time_limit
    while tree.tally[OPEN] and work < search.node_limit and time.monotonic() < deadline:
        plain = _patience() > 0 or not _affordable(deadline - time.monotonic())
        budget = min(_SOME if plain else _WORK_BETWEEN_LOOKS, search.node_limit - work)
        function = callback if plain else callback.address
        with interpreted(plain):
            done = explore(game, function, partners, unit, slip, budget, best, tree, space, dedupe)
        work += done
        _SPENT[0] += done if plain else 0
        if callback.error is not None:
            raise ScenarioError(f"contest fails on a number: {callback.error}") from callback.error
        if stop_when_full and best.tally[FOUND] == len(best.values):
            break
    open_ = tree.rows[: int(tree.tally[OPEN]), BOUND]
    rest = float(open_.max(initial=tree.tally[UNRESOLVED]))
    kept = float(best.tally[WORST])
    return rest - kept if rest > kept + best.tally[MARGIN] else 0.0


def _affordable(seconds: float) -> bool:
    """Say whether the compiled search is at hand, or there is time to compile it."""
    return explore.ready or explore.kept or in_advance() or seconds > _COMPILING


def _patience() -> int:
    """Give how much is still to be looked at as Python; none once the search is compiled."""
    if explore.ready or in_advance():
        return 0
    return (_BEFORE_LOADING if explore.kept else _BEFORE_COMPILING) - _SPENT[0]
