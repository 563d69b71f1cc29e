"""What a result says of its own accuracy holds, and odd options get a message."""

from __future__ import annotations

import math

import numpy as np
import pytest

from willing import kernels
from willing.errors import ScenarioError
from willing.record.store import load_record
from willing.theory.contest import LogisticContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.expansion.balancing import selected_equilibria
from willing.theory.game import CoalitionGame
from willing.theory.payoffs import member_prices, prices
from willing.theory.search import branch_and_bound, optimum
from willing.theory.search.branch import explore
from willing.theory.search.enumeration import best_by_enumeration
from willing.theory.search.search_options import Search

# Payoffs are sums of some dozen numbers below ten.
ROUNDING = 1e-12
GAMES = 8


def crisis_of(rng, n, *, leader=0.3):
    return Crisis(
        leader=Leader("L", strength=leader, security=float(rng.random())),
        target=Target("T", strength=1.0),
        partners=tuple(
            Partner(
                f"p{i}",
                strength=0.3 * rng.random(),
                divergence=2.0 * rng.random(),
                cost=0.3 * rng.random(),
            )
            for i in range(n)
        ),
    )


def test_nothing_is_worth_more_than_the_value_and_the_gap(monkeypatch):
    """With a coarse tolerance the best coalition may be missed, but by no more than is said."""
    monkeypatch.setattr(optimum, "EXHAUSTIVE", 0)
    rng = np.random.default_rng(21)
    missed = 0
    for _ in range(GAMES):
        crisis, game = crisis_of(rng, 12), CoalitionGame(office=30.0)
        found = game.solve(crisis, search=Search(tolerance=0.1))
        best = best_by_enumeration(game.terms(crisis))[1]
        assert best <= found.value + found.gap + ROUNDING
        missed += best > found.value + ROUNDING
    assert missed > 0


def test_among_strengths_of_many_orders_the_gap_covers_rounding():
    """Beside a partner 14 orders stronger, what the others are without her is rounding."""
    weak = (Partner(f"w{i}", strength=1e-14 * (1 + i / 7), cost=0.01) for i in range(20))
    crisis = Crisis(
        leader=Leader("L", strength=1e-14, security=0.2),
        target=Target("T", strength=1e-14),
        partners=(Partner("strong", strength=1.0, divergence=1.9, cost=0.3), *weak),
    )
    game = CoalitionGame()
    found = game.solve(crisis)
    assert found.gap > ROUNDING
    assert best_by_enumeration(game.terms(crisis))[1] <= found.value + found.gap
    ordinary = crisis_of(np.random.default_rng(1), 21)
    assert game.solve(ordinary).gap == 0.0


def test_a_member_is_priced_against_the_sum_of_the_others():
    """Not against a difference, in which a strong partner's own rounding would remain."""
    crisis = Crisis(
        leader=Leader("L", strength=1e-14, security=0.2),
        target=Target("T", strength=1e-14),
        partners=(Partner("strong", strength=1.0, cost=0.9), Partner("w", strength=3e-14)),
    )
    terms = CoalitionGame().terms(crisis)
    paid = member_prices(terms, np.array([True, True]))
    others = 4e-14 / (4e-14 + 1e-14)
    assert paid[0] == pytest.approx(0.9 - (1.0 - others), abs=ROUNDING)
    plain = CoalitionGame().terms(crisis_of(np.random.default_rng(3), 6))
    mask = np.array([True, False, True, True, False, True])
    M = plain.leader_strength + plain.strength[mask].sum()
    np.testing.assert_allclose(member_prices(plain, mask)[mask], prices(plain, M)[mask])


def test_a_search_without_time_gives_a_limit():
    """The leader goes alone then, and the gap says what that may cost."""
    crisis = crisis_of(np.random.default_rng(4), 30)
    found = CoalitionGame().solve(crisis, search=Search(time_limit=1e-9))
    assert (found.status, found.coalition) == ("limit", ())
    best = CoalitionGame().solve(crisis)
    assert best.value <= found.value + found.gap < math.inf


def test_options_that_are_no_whole_numbers_are_named():
    """Limits and sizes are whole, and a mask is one of the partners."""
    crisis, game = crisis_of(np.random.default_rng(5), 6), CoalitionGame()
    for limit in (2.5, 0, -1, True, "3"):
        with pytest.raises(ScenarioError, match="limit is"):
            game.near(crisis, 0.1, limit=limit)
    for size in (2.5, -1):
        with pytest.raises(ScenarioError, match="size is"):
            game.quantal(crisis, noise=0.1).draw(size, 1)
    for mask in (np.ones(5, dtype=bool), np.ones(6), np.ones((2, 6), dtype=bool)):
        with pytest.raises(ScenarioError, match=r"bool of shape \(6,\)"):
            game.payoff(crisis, mask)
    assert len(game.near(crisis_of(np.random.default_rng(5), 21), 1e-3, limit=10**9)) >= 1


def test_margins_of_many_partners_are_those_of_each():
    """The table of `willing solve` is made some partners at a time, and is the same."""
    crisis = crisis_of(np.random.default_rng(6), 1500)
    game = CoalitionGame()
    found = game.solve(crisis)
    margin = found.margins
    for i in (0, 700, 1499):
        joined, rest = found.members.copy(), found.members.copy()
        joined[i], rest[i] = True, False
        gain = game.payoff(crisis, joined) - game.payoff(crisis, rest)
        assert margin.value[i] == pytest.approx(gain, abs=ROUNDING)


def test_the_largest_response_has_the_most_strength_even_where_victory_is_nil():
    """Probabilities too small to tell equilibria apart do not choose among them."""
    strength = np.array([1.0, 2.0])
    p = np.full((1, 4), 1e-15)
    nobody_gains = np.array([[1e-30, 1e-30]])
    (largest,) = selected_equilibria(p, nobody_gains, strength, "largest")
    assert largest == 0b11


def test_records_are_compared_without_an_error():
    """Two of the same rows are equal, and others are not."""
    assert load_record(years="all") == load_record(years="all")
    assert load_record(years="all") != load_record(years=(1990, 1999))


def test_a_short_limit_is_not_spent_on_compiling(monkeypatch: pytest.MonkeyPatch) -> None:
    """A game too hard for Python ends at its limit, where compiling would take longer."""

    class NeverCompiled:
        ready = kept = False

        def __call__(self, *arguments: object) -> int:
            assert getattr(kernels._MODE, "interpreted", False)
            return explore.function(*arguments)

    monkeypatch.setattr(branch_and_bound, "explore", NeverCompiled())
    monkeypatch.setattr(branch_and_bound, "_SPENT", [10**9])
    rng = np.random.default_rng(1)
    partners = tuple(
        Partner(f"P{i}", strength=float(rng.lognormal(-3, 1)), divergence=float(rng.uniform(0, 2)))
        for i in range(40)
    )
    crisis = Crisis(Leader("L", strength=0.5, security=0.2), Target("T", strength=3.0), partners)
    game = CoalitionGame(power=0.5, contest=LogisticContest(2.0))
    found = game.solve(crisis, search=Search(time_limit=0.2))
    assert found.gap >= 0.0
