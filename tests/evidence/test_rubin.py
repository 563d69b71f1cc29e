"""Rubin's rules."""

import numpy as np
import polars as pl
import pytest

from willing.errors import EstimationError
from willing.estimation.rubin import missing_information, pool
from willing.evidence.direct import fit_joining

# Formulas of a few terms.
EXACT = 1e-12


@pytest.fixture(scope="module")
def fits(triads):
    """The probit of joining on three imputations of divergence."""
    rng = np.random.default_rng(5)
    return [
        fit_joining(triads.with_columns(difLPv=pl.col("difLPv") + rng.normal(0, 0.4, len(triads))))
        for _ in range(3)
    ]


def test_total_variance_is_within_plus_between(fits):
    """Mean, total variance and missing information are those of the rules, number by number."""
    found = pool(fits)
    at = fits[0].design.terms.index("difLPv")
    values = np.array([fit.params[at] for fit in fits])
    within = np.mean([fit.covariance[at, at] for fit in fits])
    between = values.var(ddof=1)
    estimate = found.estimate("difLPv")
    assert estimate.value == pytest.approx(values.mean(), rel=EXACT)
    assert estimate.std_error**2 == pytest.approx(within + 4 / 3 * between, rel=1e-9)
    assert 0 < estimate.missing < 1
    assert estimate.interval[0] < estimate.value < estimate.interval[1]


def test_equal_imputations_miss_nothing(fits):
    """With the same data in each imputation nothing is added to the variance."""
    same = pool([fits[0]] * 3).estimate("difLPv")
    alone = fits[0].estimate("difLPv")
    assert (same.value, same.missing) == pytest.approx((alone.value, 0), abs=1e-9)
    assert same.std_error == pytest.approx(alone.std_error, rel=1e-9)


def test_degrees_of_freedom_are_barnard_and_rubins():
    """The example of many clusters tends to Rubin's own degrees of freedom, (m - 1) / share^2."""
    df, _ = missing_information(1.0, 0.5, 5, 1e9)
    assert df == pytest.approx(4 / 0.6**2, rel=1e-6)
    few, _ = missing_information(1.0, 0.5, 5, 20)
    assert few < df


def test_one_imputation_is_refused(fits):
    """One imputation says nothing of what is missing."""
    with pytest.raises(EstimationError, match="two or more"):
        pool(fits[:1])
