"""Thousands of hard games, always the same ones, against enumeration written out here."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from willing.theory.contest import LogisticContest, RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.payoffs import Terms
from willing.theory.search.branch_and_bound import search_best
from willing.theory.search.search_options import Search

SEED = 19900802
GAMES = 5000
# Every tenth game is asked for its path and near ties too, which take many solutions each.
WALKED = 10
# The search proves the optimum to 1e-12 of the value of victory; sums of payoffs round as finely.
TOLERANCE = 2e-12
# Breakpoints are quotients of differences of costs and of probabilities.
BREAKPOINT = 1e-7


def draw_game(rng: np.random.Generator) -> tuple[Crisis, CoalitionGame]:
    """Draw what has made searches fail: scales, ties, margins, offices large and retention low."""
    n = int(rng.integers(3, 12))
    strength = draw_strengths(rng, n)
    office = float(rng.choice([0.0, 1.0, 2.0, 20.0, 1e4], p=[0.1, 0.3, 0.3, 0.2, 0.1]))
    least = max(0.0, 1.0 - 1.0 / office) if office else 0.0
    retention = 1.0 if rng.random() < 0.5 else float(rng.uniform(least, 1.0))
    contest = (
        RatioContest(float(rng.choice([0.23, 1.0, 1.0, 2.5, 6.0])))
        if rng.random() < 0.7
        else LogisticContest(float(rng.choice([0.5, 3.0, 8.0])))
    )
    leader, target = np.exp(rng.uniform(-2.0, 1.0, 2))
    security = float(rng.random())
    game = CoalitionGame(
        office=office,
        contest=contest,
        pricing="additive" if rng.random() < 0.5 else "pivotal",
        aversion=float(rng.choice([0.0, 0.5, 1.2])),
        friction=float(rng.choice([0.0, 0.0, 0.02, 0.2])),
        retention=retention,
    )
    # Costs around what a partner alone is worth to her: the optimum hangs on small differences.
    worth = game.victory_value(security) * (
        contest(leader + strength, target) - contest(leader, target)
    )
    cost = np.abs(worth) * rng.choice([1.0, 0.5, 0.2]) * rng.uniform(0.9, 1.1, n)
    if rng.random() < 0.2:
        cost = np.full(n, float(cost.max()) / n)
    divergence = rng.choice([0.0, 0.3, 1.0, 2.5], n)
    crisis = Crisis(
        leader=Leader("L", strength=float(leader), security=security),
        target=Target("T", strength=float(target)),
        partners=tuple(
            Partner(f"P{i}", strength=float(m), divergence=float(d), cost=float(k))
            for i, (m, d, k) in enumerate(zip(strength, divergence, cost, strict=True))
        ),
    )
    return crisis, game


def draw_strengths(rng: np.random.Generator, n: int) -> np.ndarray:
    """Strengths over six orders, all equal, nearly equal, or of one unit."""
    kind = rng.integers(4)
    if kind == 0:
        return 10.0 ** rng.uniform(-6.0, 0.0, n)
    if kind == 1:
        return np.full(n, float(rng.uniform(0.05, 0.5)))
    if kind == 2:
        return float(rng.uniform(0.05, 0.5)) * (1.0 + 1e-7 * rng.standard_normal(n))
    return rng.integers(0, 5, n) / 8.0


@cache
def corpus() -> list[tuple[Crisis, CoalitionGame, np.ndarray, np.ndarray]]:
    """The games, each with victory and cost of all 2^n coalitions."""
    rng = np.random.default_rng(SEED)
    drawn = [draw_game(rng) for _ in range(GAMES)]
    return [(crisis, game, *enumerate_coalitions(crisis, game)) for crisis, game in drawn]


def enumerate_coalitions(crisis: Crisis, game: CoalitionGame) -> tuple[np.ndarray, np.ndarray]:
    """Write the game out: p(S) and C(S) of every coalition, in the order of its binary number."""
    n, m, d = len(crisis.partners), crisis.strengths, crisis.divergences
    masks = (np.arange(2**n)[:, None] >> np.arange(n)) & 1 == 1
    M = crisis.leader.strength + np.where(masks, m, 0.0).sum(axis=1)
    p = game.contest(M, crisis.target.strength)
    if game.pricing == "additive":
        price = np.maximum(0.0, crisis.costs + game.aversion * d)[None, :]
    else:
        without = np.maximum(M[:, None] - m, crisis.leader.strength)
        share = p[:, None] - game.contest(without, crisis.target.strength)
        price = np.maximum(0.0, crisis.costs - (1.0 - game.aversion * d) * share)
    cost = np.where(masks, price + game.friction * d * p[:, None], 0.0).sum(axis=1)
    return p, cost


def code(crisis: Crisis, coalition: tuple[str, ...]) -> int:
    return sum(1 << crisis.names.index(name) for name in coalition)


def branch_and_bound(terms: Terms) -> np.ndarray:
    """The best coalition by the search that games of more than twenty partners get."""
    everybody = np.arange(len(terms.strength))
    masks, gap = search_best(terms, everybody, most=1, floor=-np.inf, search=Search())
    assert gap == 0.0
    return masks[0]


def test_no_coalition_is_worth_more_than_the_one_found() -> None:
    """By enumeration and by branch and bound, the optimum of every game is the best of all."""
    for crisis, game, p, cost in corpus():
        worth = game.victory_value(crisis.leader.security)
        values = worth * p - cost
        close = values.max() - TOLERANCE * max(1.0, worth)
        found = game.solve(crisis)
        assert values[code(crisis, found.coalition)] >= close
        assert found.gap == 0.0
        searched = branch_and_bound(game.terms(crisis))
        assert values[int(searched @ (1 << np.arange(len(searched))))] >= close


def test_paths_are_the_upper_envelope_with_its_breakpoints() -> None:
    """At every breakpoint both neighbours are best, and between breakpoints the one given is."""
    bent = 0
    for crisis, game, p, cost in corpus()[::WALKED]:
        if game.office == 0.0:
            continue
        path = game.path(crisis)
        codes = [code(crisis, coalition) for coalition in path.coalitions]
        ends = (1.0, *path.breakpoints, 0.0)
        for i, here in enumerate(codes):
            for security in (ends[i], (ends[i] + ends[i + 1]) / 2.0, ends[i + 1]):
                worth = 1.0 + game.office * (game.retention - security)
                values = worth * p - cost
                assert values[here] >= values.max() - BREAKPOINT * max(1.0, worth)
        bent += len(path.breakpoints) * (game.retention < 1.0)
    assert bent > 100  # breakpoints under retention below one were among them


def test_near_ties_are_all_coalitions_within_the_loss_and_no_other() -> None:
    """The loss is set to lie on a coalition: the one on the boundary counts."""
    for crisis, game, p, cost in corpus()[::WALKED]:
        worth = game.victory_value(crisis.leader.security)
        values = worth * p - cost
        ranked = np.sort(values)[::-1]
        loss = float(ranked[0] - ranked[min(5, len(ranked) - 1)])
        rounding = TOLERANCE * max(1.0, worth)
        ties = game.near(crisis, loss, limit=len(values))
        within = {code(crisis, coalition) for coalition in ties.coalitions}
        assert ties.complete
        assert set(np.flatnonzero(values >= ranked[0] - loss + rounding).tolist()) <= within
        assert within <= set(np.flatnonzero(values >= ranked[0] - loss - rounding).tolist())


@pytest.mark.parametrize("n", [3, 6])
def test_the_coalition_on_the_boundary_is_a_near_tie(n: int) -> None:
    """With numbers that a computer holds exactly, a loss of exactly one price takes in one more."""

    def half_or_more(M, m_T):
        return np.where(np.asarray(M, dtype=float) >= 2.0 * m_T, 0.75, 0.25)

    partners = tuple(Partner(f"P{i}", strength=0.5, cost=2.0 ** (-i - 5)) for i in range(n))
    crisis = Crisis(Leader("L", strength=2.0, security=1.0), Target("T", strength=1.0), partners)
    game = CoalitionGame(office=1.0, contest=half_or_more, pricing="additive", aversion=0.0)
    ties = game.near(crisis, partners[0].cost)
    # Alone she wins as often; every coalition of the cheaper ones, and the dearest alone, is near.
    assert len(ties) == 2 ** (n - 1) + 1
    assert ties.coalitions[-1] == ("P0",)
