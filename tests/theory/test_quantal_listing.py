"""The quantal response at little noise, from a list of the coalitions that matter."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from games import crises, games
from hypothesis import given, settings
from hypothesis import strategies as st
from test_quantal import CONTESTS, crisis_of

from willing.theory.contest import RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.near_ties import near_coalitions
from willing.theory.payoffs import coalition_strength, payoffs
from willing.theory.quantal import quantal
from willing.theory.quantal.exact import Enumeration, enumerate_all
from willing.theory.quantal.listing import bound_sums, list_few
from willing.theory.quantal.solver import _LISTED, MovingResponse
from willing.theory.quantal.weights import Weights
from willing.theory.search.enumeration import all_coalitions, all_payoffs

# The default tolerance on join probabilities.
TOLERANCE = 1e-9
# Rounding of sums of some thousand probabilities, and of bounds on log sums.
ROUNDING, LOG_ROUNDING = 1e-13, 1e-9
# Four standard errors: a correct sampler fails once in some thousand seeds, and seeds are fixed.
SIGMAS = 4.5

RULES = [
    {"pricing": "pivotal"},
    {"pricing": "additive", "friction": 0.05},
    {"pricing": "pivotal", "friction": 0.05},
]


def benchmark_crisis(seed: int, n: int) -> Crisis:
    """Draw a crisis whose partners are costly enough for few of them to be undecided."""
    rng = np.random.default_rng(seed)
    strength = 10.0 ** rng.uniform(-5.0, -0.7, n)
    return Crisis(
        leader=Leader("L", strength=0.02, security=0.5),
        target=Target("T", strength=0.01),
        partners=tuple(
            Partner(f"P{i}", strength=m, divergence=rng.gamma(2.0, 0.5), cost=rng.uniform(0.0, 0.2))
            for i, m in enumerate(strength / strength.sum())
        ),
    )


def equal_partners(n: int, cost: float) -> Crisis:
    """Give a crisis with n partners who are the same in everything."""
    one = Partner("P", strength=0.3, divergence=0.2, cost=cost)
    return Crisis(
        leader=Leader("L", strength=0.3, security=0.5),
        target=Target("T", strength=0.3),
        partners=tuple(replace(one, name=f"P{i}") for i in range(n)),
    )


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("contest", CONTESTS)
@settings(max_examples=8, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(1, 16),
    noise=st.sampled_from([1e-4, 0.001, 0.005]),
)
def test_a_list_gives_what_enumeration_gives(contest, rules, noise, seed, n):
    """Coalitions left out at little noise change nothing within the error stated."""
    terms = CoalitionGame(contest=contest, **rules).terms(crisis_of(seed, n))
    weights = Weights(terms, noise)
    found, error = list_few(weights, tolerances=[TOLERANCE], limit=2**n, doubtful=2**n)
    exact = enumerate_all(weights)
    assert error <= TOLERANCE
    np.testing.assert_allclose(found.join, exact.join, atol=error + ROUNDING)
    np.testing.assert_allclose(found.size, exact.size, atol=error + ROUNDING)
    assert found.log_partition == pytest.approx(exact.log_partition, abs=error, rel=ROUNDING)
    scale = 1.0 + terms.victory_value + terms.outlay.sum()
    assert found.victory == pytest.approx(exact.victory, abs=2 * error + ROUNDING)
    assert found.bill == pytest.approx(exact.bill, abs=2 * scale * error + ROUNDING)


@settings(max_examples=100, deadline=None)
@given(
    crisis=crises(),
    game=games(),
    noise=st.sampled_from([1e-3, 0.02, 0.3]),
    tolerance=st.sampled_from([1e-6, 0.01, 0.5]),
)
def test_the_error_of_a_list_bounds_what_it_leaves_out(crisis, game, noise, tolerance):
    """However much a tolerance allows to be left out, the answer is within the error stated."""
    weights = Weights(game.terms(crisis), noise)
    every = 2 ** len(crisis.partners)
    found, error = list_few(weights, tolerances=[tolerance], limit=every, doubtful=every)
    assert error <= tolerance
    assert np.abs(found.join - enumerate_all(weights).join).max() <= error + ROUNDING


def test_a_loose_tolerance_leaves_coalitions_out():
    """A list is shorter where more may be missed, and then off by more than rounding."""
    weights = Weights(CoalitionGame(pricing="pivotal").terms(crisis_of(5, 12)), 0.02)
    exact = enumerate_all(weights)
    lengths, apart = [], []
    for tolerance in (0.3, 1e-3, 1e-6):
        found, _ = list_few(weights, tolerances=[tolerance], limit=4096, doubtful=4096)
        lengths.append(len(found.probability))
        apart.append(np.abs(found.join - exact.join).max())
    assert lengths[0] < lengths[1] < lengths[2] < 4096
    assert apart[0] > apart[1] > apart[2] > ROUNDING


@settings(max_examples=100, deadline=None)
@given(
    crisis=crises(most_partners=8),
    game=games(),
    noise=st.sampled_from([0.003, 0.1, 3.0]),
    ends=st.tuples(st.floats(0.0, 1.0), st.floats(0.0, 1.0)),
)
def test_sums_over_coalitions_are_within_their_bounds(crisis, game, noise, ends):
    """Neither the weights of coalitions in a window of strength nor a payoff exceed the bounds."""
    terms = game.terms(crisis)
    rates = np.array([0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 1.0]) / noise
    low, high = terms.leader_strength + np.sort(ends) * terms.strength.sum()
    M = coalition_strength(terms, all_coalitions(len(crisis.partners)))
    payoff = all_payoffs(terms)[(low <= M) & (high >= M)]
    sums, highest = bound_sums(terms, rates, low, high)
    own = np.array([np.logaddexp.reduce(rate * payoff) for rate in rates])
    assert (own <= sums + LOG_ROUNDING * np.maximum(np.abs(sums), 1.0)).all()
    assert payoff.max(initial=-np.inf) <= highest + LOG_ROUNDING


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("n", [25, 50, 190])
def test_the_optimum_is_chosen_as_noise_vanishes(rules, n):
    """With many partners too, the law ends in the exact optimum, and says so."""
    game = CoalitionGame(**rules)
    for seed in range(4):
        crisis = crisis_of(seed, n)
        best = game.solve(crisis).coalition
        found = quantal(game, crisis, noise=1e-9)
        assert found.status == "converged"
        expected = [float(name in best) for name in crisis.names]
        np.testing.assert_allclose(list(found.join.values()), expected, atol=TOLERANCE)


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("n", [50, 190])
def test_near_ties_share_the_probability_at_little_noise(rules, n):
    """The law at little noise is that of the coalitions within some fifty units of it."""
    noise, game = 1e-5, CoalitionGame(**rules)
    for seed in range(4):
        crisis = benchmark_crisis(seed, n)
        terms = game.terms(crisis)
        masks, values, complete = near_coalitions(terms, 50.0 * noise, limit=5000)
        assert complete
        chances = np.exp((values - values[0]) / noise)
        found = quantal(game, crisis, noise=noise)
        assert found.status == "converged"
        expected = chances / chances.sum() @ masks
        np.testing.assert_allclose(list(found.join.values()), expected, atol=TOLERANCE)


@pytest.mark.parametrize(("n", "cost", "members"), [(25, 0.1, 2), (190, 0.3, 1)])
def test_equal_partners_are_equally_likely_as_noise_vanishes(n, cost, members):
    """Coalitions worth the same share the probability, however many."""
    game, crisis = CoalitionGame(pricing="pivotal"), equal_partners(n, cost)
    assert len(game.solve(crisis).coalition) == members
    found = quantal(game, crisis, noise=1e-4, tolerance=TOLERANCE)
    assert found.error <= TOLERANCE
    np.testing.assert_allclose(list(found.join.values()), members / n, atol=TOLERANCE)


@pytest.mark.parametrize("noise", [1e-10, 1e-13])
def test_what_rounding_may_decide_is_in_the_error(noise):
    """Equal partners are equally likely at any noise, but rounding could have it otherwise."""
    weights = Weights(CoalitionGame(pricing="pivotal").terms(equal_partners(25, 0.3)), noise)
    found, error = list_few(weights, tolerances=[TOLERANCE], limit=64, doubtful=64)
    np.testing.assert_allclose(found.join, 1.0 / 25, atol=ROUNDING)
    swing = np.finfo(float).eps / noise
    assert swing / 25 <= error <= 1.0


@pytest.mark.parametrize("rules", RULES)
def test_payoffs_round_to_less_than_the_error_allows_for(rules):
    """In whatever order partners are summed, payoffs agree to a rounding of B for each of them."""
    for seed in range(4):
        crisis = crisis_of(seed, 190)
        terms = CoalitionGame(**rules).terms(crisis)
        masks, values, _ = near_coalitions(terms, 0.01, limit=100)
        order = np.random.default_rng(seed).permutation(190)
        mixed = replace(crisis, partners=tuple(crisis.partners[i] for i in order))
        apart = np.abs(payoffs(CoalitionGame(**rules).terms(mixed), masks[:, order]) - values)
        assert apart.max() <= 190 * np.finfo(float).eps * terms.victory_value


@pytest.mark.parametrize("rules", RULES)
def test_a_list_answers_at_little_noise_and_the_grid_at_much(rules):
    """Where many coalitions matter the recursion sums over all of them."""
    game, crisis = CoalitionGame(**rules), benchmark_crisis(3, 100)
    for noise, kind in ((0.2, MovingResponse), (1e-4, Enumeration)):
        found = quantal(game, crisis, noise=noise)
        assert found.status == "converged"
        assert isinstance(found._answer.found, kind)


def test_a_longer_list_steps_in_where_the_grid_misses_the_tolerance():
    """Where thousands of coalitions matter and the grid fails, they are listed all the same."""
    game, crisis = CoalitionGame(pricing="pivotal"), crisis_of(1, 25)
    grid = quantal(game, crisis, noise=0.001, tolerance=TOLERANCE, method="recursion")
    found = quantal(game, crisis, noise=0.001, tolerance=TOLERANCE)
    assert grid.status == "limit"
    assert found.status == "converged"
    listed = found._answer.found
    assert isinstance(listed, Enumeration)
    assert len(listed.probability) > _LISTED
    apart = max(abs(found.join[name] - grid.join[name]) for name in crisis.names)
    assert apart <= 4.0 * grid.error


def test_a_list_that_misses_the_tolerance_is_better_than_a_grid_that_fails():
    """Where neither meets the tolerance, the answer errs by less than the grid says it does."""
    game, crisis, noise = CoalitionGame(pricing="pivotal"), benchmark_crisis(3, 100), 0.0025
    grid = quantal(game, crisis, noise=noise, tolerance=TOLERANCE, method="recursion")
    found = quantal(game, crisis, noise=noise, tolerance=TOLERANCE)
    assert found.status == "limit"
    assert TOLERANCE < found.error < grid.error
    weights = Weights(game.terms(crisis), noise)
    finer, error = list_few(weights, tolerances=[TOLERANCE], limit=1 << 15, doubtful=1 << 15)
    apart = np.abs(finer.join - list(found.join.values())).max()
    assert error <= TOLERANCE
    assert 0.0 < apart <= found.error + error


@pytest.mark.parametrize("rules", RULES)
def test_draws_sizes_and_pairs_are_those_of_the_list(rules):
    """What is drawn and counted follows the law that the join probabilities belong to."""
    crisis, many = benchmark_crisis(3, 50), 20_000
    found = quantal(CoalitionGame(**rules), crisis, noise=0.002)
    assert isinstance(found._answer.found, Enumeration)
    pairs, drawn = found.pairs(), found.draw(many, seed=1).astype(float)
    sizes = np.bincount(drawn.sum(axis=1).astype(int), minlength=51)
    np.testing.assert_allclose(pairs.diagonal(), list(found.join.values()), atol=ROUNDING)
    for chances, seen in ((pairs, drawn.T @ drawn), (found.size, sizes)):
        spread = np.sqrt(many * chances * (1.0 - chances))
        assert (np.abs(seen - many * chances) <= SIGMAS * (spread + SIGMAS)).all()
    assert found.size @ np.arange(51) == pytest.approx(sum(found.join.values()), abs=ROUNDING)
    assert found.size.sum() == pytest.approx(1.0, abs=ROUNDING)


def test_a_game_of_endless_near_ties_is_answered_by_its_best_coalition():
    """Where neither grid nor list finds a sum all is finite, and the error says that it is lost."""
    rng = np.random.default_rng(3)
    partners = [
        Partner(f"P{i}", strength=10.0**power, divergence=0.0, cost=0.0)
        for i, power in enumerate(rng.uniform(-8.0, 0.0, 23))
    ]
    crisis = Crisis(Leader("L", strength=0.02, security=0.5), Target("T", strength=0.01), partners)
    game = CoalitionGame(contest=RatioContest(4.0), aversion=0.5)
    found = quantal(game, crisis, noise=1e-12)
    assert (found.status, found.error) == ("limit", 1.0)
    json.dumps(found.to_dict(), allow_nan=False)
    joined = {name for name, chance in found.join.items() if chance == 1.0}
    assert joined == set(game.solve(crisis).coalition)
