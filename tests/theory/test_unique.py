"""Unique implementation, against enumeration of every profile and of every order."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from willing.errors import ScenarioError
from willing.theory.contest import RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.payoffs import Terms
from willing.theory.search import unique
from willing.theory.search.enumeration import best_by_enumeration
from willing.theory.search.unique import least_conviction, unique_bounds, unique_optimum

# Sums of at most a dozen prices of order one.
ROUNDING = 1e-10
# What is paid above the least payments, whose infimum is not attained.
STEP = 1e-6

CONTESTS = {
    "ratio, concave": lambda M, _: M**0.7 / (M**0.7 + 0.4**0.7),
    "ratio, S-shaped": lambda M, _: M**4 / (M**4 + 0.8**4),
    "difference, S-shaped": lambda M, _: 1 / (1 + np.exp(-6 * (M - 1.2))),
    "convex": lambda M, _: np.minimum(M / 4, 1.0) ** 2,
    "wavy": lambda M, _: 0.1 * M + 0.2 / (1 + np.exp(-9 * (M - 0.6))) + 0.2 * np.tanh(M / 2) ** 4,
}


def draw_game(seed: int, contest: str, n: int, *, stakes: tuple[float, float]) -> Terms:
    rng = np.random.default_rng(seed)
    return Terms(
        leader_strength=rng.uniform(0.1, 0.8),
        target_strength=1.0,
        strength=rng.uniform(0, 0.6, n) * (rng.random(n) > 0.1),
        outlay=rng.uniform(0, 0.3, n) * (rng.random(n) > 0.2),
        stake=rng.uniform(*stakes, n),
        drag=rng.uniform(0, 0.1, n) * rng.choice([0.0, 1.0]),
        victory_value=rng.uniform(1, 4),
        contest=CONTESTS[contest],
    )


@st.composite
def games(draw: st.DrawFn, largest: int = 5) -> Terms:
    return draw_game(
        draw(st.integers(0, 2**32)),
        draw(st.sampled_from(sorted(CONTESTS))),
        draw(st.integers(1, largest)),
        stakes=(-2.0, 1.0),
    )


def required(game: Terms, i: int, others: tuple[int, ...]) -> float:
    """What partner i must be paid if exactly the others accept."""
    without = game.leader_strength + sum(game.strength[j] for j in others)
    p0, p1 = game.contest(np.array([without, without + game.strength[i]]), 1.0)
    return float(game.outlay[i] - game.stake[i] * (p1 - p0))


def subsets(items: tuple[int, ...]):
    return [chosen for size in range(len(items) + 1) for chosen in combinations(items, size)]


def bill_of_order(game: Terms, order: tuple[int, ...]) -> float:
    """Pay each member for the worst that those after her may do."""
    return sum(
        max(0.0, *(required(game, i, order[:at] + later) for later in subsets(order[at + 1 :])))
        for at, i in enumerate(order)
    )


def nash_equilibria(game: Terms, members, payments) -> list[tuple[int, ...]]:
    """List the sets of acceptors from which nobody gains by changing her mind."""
    paid = dict(zip(members, payments, strict=True))

    def stable(accepting: tuple[int, ...]) -> bool:
        return all(
            (paid[i] >= required(game, i, tuple(j for j in accepting if j != i)))
            if i in accepting
            else (paid[i] <= required(game, i, accepting))
            for i in members
        )

    return [accepting for accepting in subsets(tuple(sorted(members))) if stable(accepting)]


@given(games())
@settings(deadline=None)
def test_everybody_accepting_is_the_only_equilibrium(game):
    """At payments just above the least ones, no other profile of acceptances is Nash."""
    optimum = unique_optimum(game)
    found = nash_equilibria(game, optimum.members, optimum.side_payments + STEP)
    assert found == [tuple(sorted(optimum.members))]


@given(games(largest=4))
@settings(deadline=None)
def test_optimum_is_the_best_coalition_in_its_cheapest_order(game):
    """The solver's value is the best over all coalitions and all orders of convincing them."""
    best = -np.inf
    for members in subsets(tuple(range(len(game.strength)))):
        p = game.contest(game.leader_strength + game.strength[list(members)].sum(), 1.0)
        worth = (game.victory_value - game.drag[list(members)].sum()) * p
        bill = min(bill_of_order(game, order) for order in permutations(members))
        best = max(best, worth - bill)
    assert unique_optimum(game).value == pytest.approx(best, abs=ROUNDING)


@pytest.mark.parametrize("seed", range(30))
def test_with_complements_no_member_can_be_paid_less(seed):
    """Where acceptances are strategic complements, any less to anyone brings back another
    equilibrium."""
    game = draw_game(seed, "convex", 5, stakes=(0.2, 1.0))
    everybody = np.arange(5)
    conviction = least_conviction(game, everybody)
    for position in np.flatnonzero(conviction.side_payments > 0):
        less = conviction.side_payments.copy()
        less[position] -= STEP
        assert len(nash_equilibria(game, conviction.order, less)) > 1


@given(st.integers(0, 2**32))
@settings(deadline=None)
def test_with_a_concave_contest_and_friendly_partners_unicity_is_free(seed):
    """If help is a strategic substitute the partial prices already make acceptance dominant."""
    game = draw_game(seed, "ratio, concave", 6, stakes=(0.0, 1.0))
    assert unique_optimum(game).value == pytest.approx(best_by_enumeration(game)[1], abs=ROUNDING)


@given(games(largest=7))
@settings(deadline=None)
def test_unicity_never_pays(game):
    """Asking for a unique equilibrium never raises the leader's value nor lowers a price."""
    optimum = unique_optimum(game)
    assert optimum.value <= best_by_enumeration(game)[1] + ROUNDING
    for i, paid in zip(optimum.members, optimum.side_payments, strict=True):
        others = tuple(j for j in optimum.members if j != i)
        assert paid >= max(0.0, required(game, i, others)) - ROUNDING


def test_divide_and_conquer_pays_the_first_as_if_she_were_alone():
    """Of two complements the first is paid as if nobody followed, the second as a last member."""
    game = Terms(
        leader_strength=0.2,
        target_strength=1.0,
        strength=np.array([0.5, 0.5]),
        outlay=np.array([0.1, 0.1]),
        stake=np.array([1.0, 1.0]),
        drag=np.zeros(2),
        victory_value=3.0,
        contest=CONTESTS["convex"],
    )
    alone, with_one, with_both = ((M / 4) ** 2 for M in (0.2, 0.7, 1.2))
    assert least_conviction(game, np.arange(2)).side_payments == pytest.approx(
        [0.1 - (with_one - alone), 0.1 - (with_both - with_one)], abs=ROUNDING
    )


@given(games(largest=6))
@settings(deadline=None)
def test_bounds_for_many_partners_hold(game):
    """What is found and the bound for a game too large for the exact search bracket its optimum,
    and the payments found do make acceptance the only equilibrium."""
    members, partial = best_by_enumeration(game)
    exact = unique_optimum(game)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unique, "EXACT_SIZE", 1)
        found = unique_bounds(game, candidate=np.flatnonzero(members), bound=partial)
    assert found.value <= exact.value + ROUNDING
    assert exact.value <= found.bound + ROUNDING
    equilibria = nash_equilibria(game, found.members, found.side_payments + STEP)
    assert equilibria == [tuple(sorted(found.members))]


def example(n: int) -> Crisis:
    """A crisis whose partners' acceptances are complements: the contest is convex below parity."""
    return Crisis(
        leader=Leader("L", strength=0.3, security=0.2),
        target=Target("T", strength=0.4 * n),
        partners=[
            Partner(f"P{i}", strength=0.1 + 0.02 * i, divergence=0.1 * i, cost=0.02 * (i % 4))
            for i in range(n)
        ],
    )


@pytest.mark.parametrize("n", [5, 18])
def test_game_solves_for_unique_acceptance(n):
    """The game's answer costs the leader something over coordinated acceptance, and its gap
    covers what is not proven."""
    crisis = example(n)
    rules = CoalitionGame(office=2.0, contest=RatioContest(3.0), aversion=0.3)
    partial = rules.solve(crisis)
    found = replace(rules, implementation="unique").solve(crisis)
    assert found.value < partial.value
    assert found.value + found.gap >= found.alone
    assert (found.gap == 0) == (found.status == "optimal")
    assert set(found.side_payments) == set(found.coalition)
    bill = sum(found.side_payments.values())
    worth = rules.victory_value(0.2) * found.victory
    assert found.value == pytest.approx(worth - bill, abs=ROUNDING)


def test_under_additive_pricing_both_concepts_agree():
    """A partner who takes the outcome as given fears nobody's refusal."""
    rules = CoalitionGame(office=2.0, contest=RatioContest(3.0), pricing="additive")
    partial = rules.solve(example(6))
    found = replace(rules, implementation="unique").solve(example(6))
    assert found.value == pytest.approx(partial.value, abs=ROUNDING)
    assert found.coalition == partial.coalition


def test_unknown_implementation_is_refused():
    """A game with an unknown implementation concept names what is allowed."""
    with pytest.raises(ScenarioError, match=r"game\.implementation.*partial, unique"):
        CoalitionGame(implementation="full")
