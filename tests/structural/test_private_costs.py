"""The likelihood whose noise is the partners': it is a distribution, and its score is exact."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from willing.kernels import interpreted
from willing.structural.leader_sides import Sides
from willing.structural.private_cost_recursion import (
    PrivateCostSides,
    best_offer,
    lay_out,
    log_likelihoods,
)
from willing.structural.private_costs import PrivateCosts, _hessian, maximise_sides
from willing.theory.contest import RatioContest

# The grid's error in a probability, and that of a difference of log-likelihoods.
GRID, DIFFERENCE = 1e-6, 1e-5
POINTS = 96


def sides_with(joined: np.ndarray, rng: np.random.Generator, count: int, n: int) -> Sides:
    """Give sides with `n` candidates each, who differ in strength and in one term."""
    strength = np.sort(rng.lognormal(-1.5, 0.8, (count, n)), axis=1)[:, ::-1].ravel()
    design = np.column_stack([rng.normal(size=count * n), np.ones(count * n)])
    numbers = np.arange(count)
    return Sides(
        names=tuple(map(str, numbers)),
        crisis=numbers,
        start=n * np.arange(count + 1),
        partner=np.arange(count * n),
        strength=strength,
        design=design,
        joined=joined,
        terms=("term", "constant"),
        leader=numbers,
        target=numbers,
        leader_strength=rng.uniform(0.3, 1.0, count),
        target_strength=rng.uniform(0.3, 1.5, count),
        insecurity=rng.uniform(0.0, 1.0, count),
        retention=np.ones(count),
    )


def laid_out(sides: Sides) -> PrivateCostSides:
    """Lay out sides under a contest that is not too flat."""
    return lay_out(sides, RatioContest(1.2), POINTS)


def test_probabilities_of_all_coalitions_sum_to_one() -> None:
    """Over all that candidates may answer the likelihood is a distribution."""
    n, params = 4, np.array([0.8, 0.3, -1.5])
    total = 0.0
    with interpreted():
        for answers in itertools.product((False, True), repeat=n):
            sides = sides_with(np.array(answers), np.random.default_rng(3), 1, n)
            total += float(np.exp(log_likelihoods(laid_out(sides), params)[0][0]))
    assert total == pytest.approx(1.0, abs=GRID)


def test_score_is_the_slope_of_the_log_likelihood() -> None:
    """What comes back through the recursion agrees with differences, parameter by parameter."""
    rng = np.random.default_rng(4)
    laid = laid_out(sides_with(rng.random(15) < 0.3, rng, 3, 5))
    params = np.array([0.8, 0.3, -1.5])
    with interpreted():
        _, scores = log_likelihoods(laid, params)
        for k, move in enumerate(1e-5 * np.eye(3)):
            up, down = (log_likelihoods(laid, params + sign * move)[0] for sign in (1, -1))
            assert scores[:, k] == pytest.approx((up - down) / 2e-5, abs=DIFFERENCE)


@pytest.mark.parametrize("gain", [1e-6, 0.0199, 0.0201, 0.7, 30.0])
def test_best_offer_beats_every_other(gain: float) -> None:
    """With exponential costs no offer is worth more than the one that is made."""

    def worth(offer: np.ndarray | float) -> np.ndarray:
        return -np.expm1(-np.asarray(offer)) * (gain - offer)

    with interpreted():
        best = best_offer(gain)
    assert worth(best) >= worth(np.linspace(0.0, gain, 5001)).max() * (1.0 - 1e-12)
    assert best + np.expm1(best) == pytest.approx(gain, rel=1e-9)


def simulate(sides: Sides, params: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw each side's coalition from the likelihoods of all that it could be."""
    n = int(sides.start[1])
    every = np.array(list(itertools.product((False, True), repeat=n)))
    chances = np.exp(
        [
            log_likelihoods(laid_out(replace(sides, joined=np.tile(one, sides.count))), params)[0]
            for one in every
        ]
    )
    drawn = (rng.random(sides.count) > np.cumsum(chances, axis=0)).sum(axis=0)
    return every[np.minimum(drawn, len(every) - 1)].ravel()


def test_parameters_of_simulated_coalitions_are_recovered() -> None:
    """On coalitions drawn from the game the estimates come close to what they were drawn from."""
    rng = np.random.default_rng(5)
    truth = np.array([1.0, 0.5, -1.0])
    empty = sides_with(np.zeros(3 * 400, dtype=bool), rng, 400, 3)
    joined = simulate(empty, truth, rng)
    assert 0.1 < joined.mean() < 0.9
    laid = laid_out(replace(empty, joined=joined))
    found = maximise_sides(laid)
    errors = np.sqrt(np.diag(np.linalg.inv(-_hessian(laid, found))))
    assert errors.max() < 0.5
    assert np.all(np.abs(found - truth) < 3.0 * errors)


def test_the_picture_turns_costs_over() -> None:
    """What raises the value of victory or lowers costs is drawn to the right, the constant not."""
    found = PrivateCosts(
        terms=("insecurity", "distance", "constant"),
        params=np.array([0.8, 0.3, -1.5]),
        std_errors=np.array([0.1, 0.1, 0.2]),
        spreads=np.array([0.5, 2.0, 0.0]),
        value=-10.0,
        quantal=-11.0,
        sides=5,
        candidates=50,
        crises=4,
    )
    figure = found.plot()
    drawn = figure.data.set_index("term")
    assert drawn["estimate"].to_dict() == pytest.approx({"insecurity": 0.4, "distance": -0.6})
    assert (drawn["low"] < drawn["estimate"]).all()
    assert (drawn["estimate"] < drawn["high"]).all()
    assert figure.draw() is not None
