"""The moments that the structural likelihood needs, against enumeration."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from willing.errors import EstimationError
from willing.solvers.enumeration import all_coalitions
from willing.solvers.quantal import statistics

# The default tolerance on join probabilities; covariances of normal regressors are larger.
TOLERANCE = 1e-9
COVARIANCE_TOLERANCE = 1e-8


def side(seed: int, n: int, k: int = 3):
    """Draw a leader side as in the record: strengths over five decades, joins rare or common."""
    rng = np.random.default_rng(seed)
    strength = 10.0 ** rng.uniform(-5.0, -0.7, n)
    appeal = rng.uniform(-15.0, 2.0, n) if seed % 2 else rng.uniform(-4.0, 2.0, n)
    own, target = 10.0 ** rng.uniform(-4.0, -0.7, 2)
    decisiveness, value = 10.0 ** rng.uniform(-1.0, 0.7), rng.uniform(0.0, 50.0)

    def victory(x: np.ndarray) -> np.ndarray:
        return 1.0 / (1.0 + (target / (own + x)) ** decisiveness)

    return victory, strength, appeal, value, rng.normal(size=(n, k))


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 12))
def test_moments_equal_enumeration(seed, n):
    """Expectations and covariances are those over all coalitions."""
    victory, strength, appeal, value, design = side(seed, n)
    masks = all_coalitions(n).astype(float)
    p = victory(masks @ strength)
    log_weight = value * p + masks @ appeal
    weight = np.exp(log_weight - log_weight.max())
    probability = weight / weight.sum()
    rows = np.column_stack([p, masks @ design])
    mean = probability @ rows
    spread = (rows - mean).T @ ((rows - mean) * probability[:, np.newaxis])
    found = statistics(victory, strength, appeal, value, design)
    assert found.error <= TOLERANCE
    np.testing.assert_allclose(found.join, probability @ masks, atol=TOLERANCE)
    np.testing.assert_allclose(found.expectation, mean, atol=COVARIANCE_TOLERANCE)
    np.testing.assert_allclose(found.covariance, spread, atol=COVARIANCE_TOLERANCE)
    expected = np.log(weight.sum()) + log_weight.max()
    assert found.log_partition == pytest.approx(expected, abs=TOLERANCE)


@pytest.mark.parametrize("seed", range(4))
def test_score_and_hessian_are_derivatives_for_190_partners(seed):
    """Expectation is the gradient of log Z in (beta, c), and covariance that of expectation."""
    victory, strength, appeal, value, design = side(seed, 190)
    found = statistics(victory, strength, appeal, value, design)
    for at, step in enumerate((1e-3, 1e-3, 1e-3, 1e-3)):

        def moved(sign: float, at: int = at, step: float = step):
            change = np.zeros(4)
            change[at] = sign * step
            return statistics(
                victory, strength, appeal + design @ change[1:], value + change[0], design
            )

        up, down = moved(1.0), moved(-1.0)
        slope = (up.log_partition - down.log_partition) / (2 * step)
        curve = (up.expectation - down.expectation) / (2 * step)
        # Central differences: their own error is of the order of the step squared.
        assert slope == pytest.approx(found.expectation[at], abs=2e-4)
        np.testing.assert_allclose(curve, found.covariance[at], atol=2e-3, rtol=1e-4)


def test_covariance_is_positive_semidefinite():
    """A covariance has no negative eigenvalue beyond rounding."""
    for seed in range(10):
        victory, strength, appeal, value, design = side(seed, 100)
        found = statistics(victory, strength, appeal, value, design)
        assert np.linalg.eigvalsh(found.covariance).min() > -COVARIANCE_TOLERANCE


def test_parameters_that_ran_away_are_refused():
    """Infinite appeals are named instead of turned into NaN."""
    victory, strength, appeal, value, design = side(1, 5)
    appeal[2] = np.inf
    with pytest.raises(EstimationError, match="not finite"):
        statistics(victory, strength, appeal, value, design)
