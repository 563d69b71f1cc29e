"""The recursion over partners, against sums over every coalition of small games."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from willing.theory.engine import subsets
from willing.theory.engine.batches import Sides, side_nodes, sum_draws, sum_sides
from willing.theory.engine.draws import draw_at_moving_prices
from willing.theory.engine.fixed_prices import sum_at_fixed_prices
from willing.theory.engine.grid import PADDING, make_grid, stencil
from willing.theory.engine.mean_field import MovingPrices, find_bulk, tilts
from willing.theory.engine.moving_prices import freeze_on, sum_at_moving_prices
from willing.theory.engine.plan import make_plan
from willing.theory.engine.recursion import flow, recurse
from willing.theory.engine.size_counts import count_members

# The tolerance asked for at fixed prices; covariances of normal regressors are larger.
TOLERANCE, COVARIANCE_TOLERANCE = 1e-9, 1e-8
# Rounding of sums of a few hundred terms.
ROUNDING = 1e-12
# Four and a half standard errors: a correct sampler fails once in 150,000 seeds.
SIGMAS = 4.5


def masks_of(n: int) -> np.ndarray:
    """Give every coalition, shape (2**n, n), in the engine's order."""
    return (np.arange(1 << n)[:, np.newaxis] >> np.arange(n) & 1).astype(bool)


def side(seed: int, n: int):
    """Draw strengths over five decades, appeals, and the value of victory over the noise."""
    rng = np.random.default_rng(seed)
    strength = 10.0 ** rng.uniform(-5.0, -0.7, n)
    appeal = rng.uniform(-15.0, 2.0, n) if seed % 2 else rng.uniform(-4.0, 2.0, n)
    own, target = 10.0 ** rng.uniform(-4.0, -0.7, 2)
    decisiveness, value = 10.0 ** rng.uniform(-1.0, 0.7), rng.uniform(0.0, 50.0)

    def victory(x: np.ndarray) -> np.ndarray:
        return 1.0 / (1.0 + (target / (own + x)) ** decisiveness)

    return own, strength, appeal, value, victory


def moving(seed: int, n: int) -> MovingPrices:
    """Draw a game whose prices rise smoothly with the coalition's strength."""
    own, strength, appeal, value, victory = side(seed, n)
    drag = np.random.default_rng(seed).uniform(0.0, 8.0, n)

    def cost(x: np.ndarray) -> np.ndarray:
        return drag * victory(x)[..., np.newaxis] - appeal

    def log_weight(masks: np.ndarray) -> np.ndarray:
        x = masks @ strength
        return value * victory(x) - (masks * cost(x)).sum(axis=-1)

    return MovingPrices(own, strength, lambda x: value * victory(x), cost, log_weight)


def law(log_weight: np.ndarray) -> tuple[float, np.ndarray]:
    """Give log Z and the probability of each coalition."""
    log_partition = float(np.logaddexp.reduce(log_weight))
    return log_partition, np.exp(log_weight - log_partition)


@settings(max_examples=40, deadline=None)
@given(place=st.floats(0.0, 30.0), power=st.integers(0, 5), rows=st.integers(6, 32))
def test_stencils_are_exact_for_polynomials_of_degree_five(place, power, rows):
    """Six nodes reproduce powers up to the fifth; beyond the last node its value is taken."""
    first, weights = stencil(np.array([place]), rows)
    nodes = first[0] + np.arange(weights.shape[1])
    assert nodes[0] >= 0
    assert nodes[-1] < rows
    centre = nodes.mean()
    read = weights[0] @ (nodes - centre) ** float(power)
    assert read == pytest.approx((min(place, rows - 1.0) - centre) ** power, abs=1e-9)


def test_the_grid_covers_all_strengths_and_what_stencils_read_beyond():
    """Nodes rise from nothing by one share of strength, and two dozen lie beyond the total."""
    grid = make_grid(0.3, 5.0, 128)
    assert grid.x[0] == 0.0
    assert grid.x[-1 - PADDING] == pytest.approx(5.0)
    np.testing.assert_allclose(np.diff(np.log(grid.own + grid.x)), grid.step)
    np.testing.assert_allclose(grid.place(grid.x), np.arange(128), atol=1e-9)


def test_spreading_mass_is_the_transpose_of_reading():
    """What a shift reads with some weight it gives mass to with the same, alone or in batches."""
    rng, (own, strength, *_) = np.random.default_rng(0), side(3, 6)
    plan = make_plan(own, np.sort(strength)[::-1], 128)
    for k in range(5):
        values = rng.normal(size=(int(plan.rows[k]), 3))
        mass = rng.normal(size=(int(plan.rows[k + 1]), 3))
        np.testing.assert_allclose(
            (plan.shift(k, values) * mass).sum(axis=0),
            (values * plan.spread(k, mass)).sum(axis=0),
            rtol=1e-10,
        )
        np.testing.assert_allclose(plan.spread(k, mass[:, 1]), plan.spread(k, mass)[:, 1])
        np.testing.assert_allclose(plan.shift(k, values[:, 1]), plan.shift(k, values)[:, 1])


def test_parameters_summed_over_together_are_as_one_by_one():
    """A batch of parameters has the sums and the flow of each of them."""
    rng, (own, strength, appeal, value, victory) = np.random.default_rng(0), side(4, 20)
    order = np.argsort(-strength)
    plan = make_plan(own, strength[order], 128)
    appeals = appeal[order][:, np.newaxis] + rng.normal(size=(20, 4))
    rewards = victory(plan.grid.x)[:, np.newaxis] * value * np.array([0.5, 1.0, 1.5, 2.0])
    together = recurse(plan, rewards, appeals)
    passing = flow(together)
    for b in range(4):
        alone = recurse(plan, rewards[:, b], appeals[:, b])
        assert together.log_partition[b] == pytest.approx(alone.log_partition, abs=ROUNDING)
        np.testing.assert_allclose(passing.join[:, b], flow(alone).join, atol=ROUNDING)


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 12), idle=st.integers(0, 3))
def test_fixed_prices_equal_enumeration(seed, n, idle):
    """Join probabilities, sizes, pairs, score and covariance are those over all coalitions."""
    own, strength, appeal, value, victory = side(seed, n)
    strength[: min(idle, n)] = 0.0
    masks = masks_of(n)
    log_partition, chance = law(value * victory(masks @ strength) + masks @ appeal)
    found = sum_at_fixed_prices(
        own, strength, appeal, lambda x: value * victory(x), tolerance=TOLERANCE
    )
    assert found.error <= TOLERANCE
    assert found.log_partition == pytest.approx(log_partition, abs=TOLERANCE)
    np.testing.assert_allclose(found.join, chance @ masks, atol=TOLERANCE)
    sizes = np.bincount(masks.sum(axis=1), weights=chance, minlength=n + 1)
    np.testing.assert_allclose(found.size, sizes, atol=TOLERANCE)
    pairs = (masks * chance[:, np.newaxis]).T @ masks.astype(float)
    np.testing.assert_allclose(found.pairs(), pairs, atol=10 * TOLERANCE)
    design = np.random.default_rng(seed).normal(size=(n, 3))
    rows = np.column_stack([victory(masks @ strength), masks @ design])
    mean = chance @ rows
    spread = (rows - mean).T @ ((rows - mean) * chance[:, np.newaxis])
    expectation, covariance = found.moments(victory, design)
    np.testing.assert_allclose(expectation, mean, atol=COVARIANCE_TOLERANCE)
    np.testing.assert_allclose(covariance, spread, atol=COVARIANCE_TOLERANCE)


@pytest.mark.parametrize("seed", range(3))
def test_score_and_covariance_are_derivatives_for_190_partners(seed):
    """The expectation is the gradient of log Z in (beta, c), and the covariance its derivative."""
    own, strength, appeal, value, victory = side(seed, 190)
    design = np.random.default_rng(seed).normal(size=(190, 2))

    def summed(change: np.ndarray):
        moved = appeal + design @ change[1:]
        total = sum_at_fixed_prices(
            own, strength, moved, lambda x: (value + change[0]) * victory(x), tolerance=1e-11
        )
        return total.log_partition, *total.moments(victory, design)

    _, expectation, covariance = summed(np.zeros(3))
    assert np.linalg.eigvalsh(covariance).min() > -COVARIANCE_TOLERANCE
    for at, step in enumerate(1e-3 * np.eye(3)):
        (up, score_up, _), (down, score_down, _) = summed(step), summed(-step)
        # Central differences: their own error is of the order of the step squared.
        assert (up - down) / 2e-3 == pytest.approx(expectation[at], abs=2e-4)
        np.testing.assert_allclose(
            (score_up - score_down) / 2e-3, covariance[at], atol=2e-3, rtol=1e-4
        )


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 12))
def test_moving_prices_equal_enumeration(seed, n):
    """Where prices move smoothly the sum, who joins and how many are met as closely as stated."""
    game, masks = moving(seed, n), masks_of(n)
    _, chance = law(game.log_weight(masks))
    found = sum_at_moving_prices(game, tolerance=1e-7)
    assert np.abs(found.finest.join - chance @ masks).max() <= found.error
    part = freeze_on(game, found.bulk, 256)
    sizes = np.bincount(masks.sum(axis=1), weights=chance, minlength=n + 1)
    size = count_members(part.plan, part.odds, part.nodes)
    if found.error < 1e-4:
        np.testing.assert_allclose(size, sizes, atol=1e-4)


def test_draws_at_moving_prices_follow_the_law_and_not_its_interpolation():
    """Draws from a grid that is off by a thousandth have the frequencies of enumeration."""
    game, masks, many = moving(12, 6), masks_of(6), 60_000
    log_partition, chance = law(game.log_weight(masks))
    part = freeze_on(game, find_bulk(game), 48)
    assert np.abs(part.join - chance @ masks).max() > 1e-3

    def log_weight(drawn: np.ndarray) -> np.ndarray:
        return game.log_weight(drawn[:, np.argsort(part.order)])

    drawn = draw_at_moving_prices(
        part.plan,
        part.odds,
        part.nodes,
        log_weight,
        log_partition,
        many,
        np.random.default_rng(1),
    )[:, np.argsort(part.order)]
    seen = np.bincount(drawn @ (1 << np.arange(6)), minlength=64)
    common = many * chance >= 5.0
    statistic = ((seen - many * chance)[common] ** 2 / (many * chance)[common]).sum()
    degrees = common.sum() - 1
    assert statistic < degrees + SIGMAS * np.sqrt(2.0 * degrees)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 10))
def test_no_coalition_weighs_more_than_the_mean_field_allows(seed, n):
    """The bound that decides what is negligible holds for every coalition, whatever the tilt."""
    game, masks = moving(seed, n), masks_of(n)
    x, own = masks @ game.strength, game.log_weight(masks)
    cost = game.cost(x)
    tilt = tilts(game.strength, cost, x)
    odds = tilt[:, np.newaxis] * game.strength - cost
    bound = game.reward(x) - tilt * x + np.logaddexp(0.0, odds).sum(axis=1)
    assert (bound >= own - 1e-9 * np.maximum(np.abs(own), 1.0)).all()
    bulk = find_bulk(game)
    assert bulk.floor <= own.max() + 1e-9
    outside = (x < bulk.low) | (x > bulk.high * (1.0 + ROUNDING))
    assert np.exp(own[outside] - own.max()).sum() < 1e-12


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 9))
def test_doubling_gives_what_masks_give(seed, n):
    """Sums, join probabilities, sizes and pairs by slices are those by masks."""
    rng, masks = np.random.default_rng(seed), masks_of(n)
    values, chance = rng.normal(size=n), rng.dirichlet(np.ones(1 << n))
    np.testing.assert_allclose(subsets.subset_sums(values, 2.0), 2.0 + masks @ values)
    np.testing.assert_allclose(subsets.join_probabilities(chance, n), chance @ masks)
    sizes = np.bincount(masks.sum(axis=1), weights=chance, minlength=n + 1)
    np.testing.assert_allclose(subsets.size_probabilities(chance, n), sizes)
    pairs = (masks * chance[:, np.newaxis]).T @ masks.astype(float)
    np.testing.assert_allclose(subsets.pair_probabilities(chance, n), pairs)


def many_sides(points: int = 128, *, seed: int = 0) -> tuple[Sides, np.ndarray, np.ndarray]:
    """Draw a dozen sides, one without partners and one whose partners have no strength."""
    rng = np.random.default_rng(seed)
    counts = rng.integers(1, 40, 12)
    counts[3] = 0
    start = np.concatenate([[0], np.cumsum(counts)])
    parts = [np.sort(rng.lognormal(-5.5, 1.5, n) * (rng.random(n) < 0.9))[::-1] for n in counts]
    parts[5] = np.zeros(counts[5])
    strength, own = np.concatenate(parts), rng.lognormal(-4.0, 1.0, 12)
    x = side_nodes(start, strength, own, points)
    victory = 1.0 / (1.0 + (0.02 / (own[:, np.newaxis] + x)) ** 0.7)
    appeal, value = rng.uniform(-7.0, 1.0, len(strength)), rng.uniform(0.0, 12.0, 12)
    return Sides(start, strength, own, victory), appeal, value


@pytest.mark.parametrize("compiled", [False, True])
def test_many_sides_are_as_one_by_one(compiled):
    """Sums of many sides, by NumPy and by compiled loops, are those of each side alone."""
    sides, appeal, value = many_sides()
    design = np.random.default_rng(1).normal(size=(len(appeal), 2))
    found = sum_sides(sides, appeal, value, design=design, sizes=50, compiled=compiled)
    for s in range(sides.count):
        rows = slice(sides.start[s], sides.start[s + 1])

        def victory(x: np.ndarray, own: float = float(sides.own[s])) -> np.ndarray:
            return 1.0 / (1.0 + (0.02 / (own + x)) ** 0.7)

        alone = sum_at_fixed_prices(
            float(sides.own[s]),
            sides.strength[rows],
            appeal[rows],
            lambda x, p=victory, v=value[s]: v * p(x),
            tolerance=TOLERANCE,
        )
        mean, covariance = alone.moments(victory, design[rows])
        assert found.log_partition[s] == pytest.approx(alone.log_partition, abs=TOLERANCE)
        assert found.victory[s] == pytest.approx(mean[0], abs=TOLERANCE)
        np.testing.assert_allclose(found.join[rows], alone.join, atol=TOLERANCE)
        np.testing.assert_allclose(found.covariance[s], covariance, atol=COVARIANCE_TOLERANCE)
        np.testing.assert_allclose(found.size[s, : len(alone.size)], alone.size, atol=TOLERANCE)
        assert (found.size[s, len(alone.size) :] == 0.0).all()


def test_compiled_loops_give_the_numbers_of_numpy():
    """Both take the same sums on the same grid, and differ by rounding only."""
    sides, appeal, value = many_sides(64, seed=2)
    design = np.random.default_rng(3).normal(size=(len(appeal), 4))
    one, other = (
        sum_sides(sides, appeal, value, design=design, sizes=6, compiled=compiled)
        for compiled in (False, True)
    )
    for name in ("log_partition", "victory", "join", "covariance", "size"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), atol=ROUNDING)


def test_draws_of_a_side_are_summed_over_together():
    """Many parameters of one side at once give what they give one after another."""
    sides, appeal, _ = many_sides()
    side = Sides(np.array([0, 20]), np.sort(sides.strength[:20])[::-1], sides.own[:1], None)
    x = side_nodes(side.start, side.strength, side.own, 128)
    side = replace(side, victory=1.0 / (1.0 + 0.02 / (side.own[:, np.newaxis] + x)))
    appeals = appeal[:20, np.newaxis] + np.random.default_rng(0).normal(size=(20, 40))
    values = np.linspace(0.0, 9.0, 40)
    together = sum_draws(side, appeals, values)
    for b in range(0, 40, 13):
        alone = sum_sides(side, appeals[:, b], values[b : b + 1])
        assert together.log_partition[b] == pytest.approx(alone.log_partition[0], abs=ROUNDING)
        assert together.victory[b] == pytest.approx(alone.victory[0], abs=ROUNDING)
        np.testing.assert_allclose(together.join[:, b], alone.join, atol=ROUNDING)
