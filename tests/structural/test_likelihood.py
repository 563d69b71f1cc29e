"""The log-likelihood and its derivatives are those of the sum over all coalitions."""

import numpy as np
import pytest

from structural.designs import CONTEST, PARAMS, coalitions, draw_sides, utilities
from willing.structural.likelihood import Likelihood, tabulate_victory
from willing.theory.engine.fixed_prices import sum_at_fixed_prices

# What 128 nodes of strength leave is far below.
EXACT = 1e-8
# Central differences of a function known to about 1e-9 with a step of 1e-4.
DIFFERENCES = 2e-5
STEP = 1e-4


def likelihood(rho: float = 0.0, *, idle: int = 0, seed: int = 1) -> Likelihood:
    sides = draw_sides(seed, count=12, candidates=7, rho=rho, idle=idle)
    return Likelihood(sides, tabulate_victory(sides, CONTEST), CONTEST, rho)


def value(model: Likelihood, params: np.ndarray) -> float:
    return float(model.side_values(params, model.expectations(params)).sum())


def score(model: Likelihood, params: np.ndarray) -> np.ndarray:
    return model.scores(model.expectations(params)).sum(axis=0)


CASES = {
    "all strong": likelihood(),
    "some without strength": likelihood(idle=2),
    "nobody with strength": likelihood(idle=7),
    "noise grows": likelihood(1.5),
}


@pytest.mark.parametrize("name", CASES)
def test_each_side_has_the_log_likelihood_of_enumeration(name: str) -> None:
    """A side's log-likelihood is its coalition's utility less the log of the sum over all."""
    model = CASES[name]
    sides = model.sides
    found = model.side_values(PARAMS, model.expectations(PARAMS))
    for s in range(sides.count):
        U = utilities(sides, s, PARAMS, model.noise_growth)
        own = (coalitions(7) == sides.joined[sides.rows(s)]).all(axis=1)
        assert found[s] == pytest.approx(U[own][0] - np.logaddexp.reduce(U), abs=EXACT)


@pytest.mark.parametrize("name", CASES)
def test_join_probabilities_are_those_of_enumeration(name: str) -> None:
    """A candidate's probability of joining is the weight of the coalitions she is in."""
    model = CASES[name]
    found = model.expectations(PARAMS)
    for s in range(model.sides.count):
        U = utilities(model.sides, s, PARAMS, model.noise_growth)
        weight = np.exp(U - np.logaddexp.reduce(U))
        np.testing.assert_allclose(
            found.join[model.sides.rows(s)], weight @ coalitions(7), atol=EXACT
        )


@pytest.mark.parametrize("name", CASES)
def test_score_is_the_slope_of_the_log_likelihood(name: str) -> None:
    """Observed less expected statistics agree with finite differences."""
    model = CASES[name]
    steps = STEP * np.eye(len(PARAMS))
    slopes = [(value(model, PARAMS + e) - value(model, PARAMS - e)) / (2 * STEP) for e in steps]
    np.testing.assert_allclose(score(model, PARAMS), slopes, atol=DIFFERENCES)


@pytest.mark.parametrize("name", CASES)
def test_hessian_is_the_slope_of_the_score(name: str) -> None:
    """Minus the covariance of the statistics agrees with finite differences of the score."""
    model = CASES[name]
    steps = STEP * np.eye(len(PARAMS))
    slopes = [(score(model, PARAMS + e) - score(model, PARAMS - e)) / (2 * STEP) for e in steps]
    np.testing.assert_allclose(model.hessian(PARAMS), slopes, atol=DIFFERENCES)


def test_log_likelihood_is_concave() -> None:
    """The Hessian has no positive eigenvalue wherever it is taken."""
    rng = np.random.default_rng(3)
    for params in PARAMS + rng.normal(scale=2.0, size=(5, len(PARAMS))):
        assert np.linalg.eigvalsh(CASES["all strong"].hessian(params)).max() <= 0.0


def test_moments_are_those_of_the_quantal_response() -> None:
    """A side's expectations are those that the solver of the game gives for one crisis."""
    model = CASES["all strong"]
    sides, rows = model.sides, model.sides.rows(0)
    value = float(model.weights[0] @ PARAMS[:2])

    def victory(x: np.ndarray) -> np.ndarray:
        return np.asarray(CONTEST(sides.leader_strength[0] + x, sides.target_strength[0]))

    alone = sum_at_fixed_prices(
        float(sides.leader_strength[0]),
        sides.strength[rows],
        model.appeal(PARAMS)[rows],
        lambda x: value * victory(x),
        tolerance=1e-10,
    )
    found = model.expectations(PARAMS)
    assert found.log_partition[0] == pytest.approx(alone.log_partition, abs=EXACT)
    assert found.victory[0] == pytest.approx(alone.expect(victory), abs=EXACT)


def test_draws_of_one_side_are_as_one_by_one() -> None:
    """A side's expectations at many parameters at once are those at each of them."""
    side = CASES["some without strength"].sides.take([3])
    model = Likelihood(side, tabulate_victory(side, CONTEST), CONTEST)
    params = PARAMS + np.random.default_rng(0).normal(size=(5, len(PARAMS)))
    together = model.expectations_of_draws(params)
    for draw, theta in enumerate(params):
        alone = model.expectations(theta)
        assert together.log_partition[draw] == pytest.approx(alone.log_partition[0], abs=EXACT)
        assert together.victory[draw] == pytest.approx(alone.victory[0], abs=EXACT)
        np.testing.assert_allclose(together.join[:, draw], alone.join, atol=EXACT)


def test_threads_do_not_change_the_numbers() -> None:
    """However many threads share the sides, the log-likelihood is the same to the last bit."""
    sides, table = CASES["all strong"].sides, CASES["all strong"].table
    one, two = (Likelihood(sides, table, CONTEST, threads=t) for t in (1, 2))
    assert value(one, PARAMS) == value(two, PARAMS)
    assert (one.hessian(PARAMS) == two.hessian(PARAMS)).all()


def test_a_side_counted_twice_counts_twice() -> None:
    """Counting sides by weights is the same as repeating them."""
    model = CASES["all strong"]
    times = np.arange(12) % 3
    weighted = Likelihood(model.sides, model.table, CONTEST, times=times.astype(float))
    repeated = model.sides.take(np.repeat(np.arange(12), times))
    again = Likelihood(repeated, tabulate_victory(repeated, CONTEST), CONTEST)
    assert value(weighted, PARAMS) == pytest.approx(value(again, PARAMS), abs=EXACT)
    np.testing.assert_allclose(weighted.hessian(PARAMS), again.hessian(PARAMS), atol=EXACT)
