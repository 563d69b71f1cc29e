"""Rubin's rules."""

import numpy as np
import polars as pl
import pytest

from willing.errors import EstimationError
from willing.estimation.rubin import missing_information, pool
from willing.evidence.claims import CLAIMS, claim_fit
from willing.evidence.direct import fit_joining
from willing.evidence.formation import MODELS, fit_formation, replicate_models
from willing.evidence.inference import WALD, inference_table
from willing.evidence.model_columns import IDEAL_POINTS

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


@pytest.fixture(scope="module")
def imputed(triads):
    """Two imputations of both divergences."""
    rng = np.random.default_rng(6)
    spread = {name: triads[name].to_numpy() for name in IDEAL_POINTS}
    return [{n: v + rng.normal(0, 0.3, len(v)) for n, v in spread.items()} for _ in range(2)]


def test_a_model_of_some_triads_is_pooled_over_their_own_imputations(triads, imputed):
    """Democratic leaders' model over imputations is that of each imputed frame, pooled."""
    model = next(m for m in MODELS if m.name == "probit_democratic")
    found = replicate_models(triads, models=[model], imputed=imputed).pooled[model.name]
    frames = [triads.with_columns(**{n: pl.Series(v) for n, v in d.items()}) for d in imputed]
    expected = pool([fit_formation(frame, model) for frame in frames])
    np.testing.assert_allclose(found.combined.params, expected.combined.params, atol=1e-4)
    np.testing.assert_allclose(found.combined.std_errors, expected.combined.std_errors, rtol=1e-4)


def test_every_wald_method_has_the_variance_between_imputations(triads, fits):
    """Squared errors of each clustering and the jackknife grow by (1 + 1/m) times that variance."""
    claims = {"preferences": CLAIMS["preferences"]}
    pooled = {"preferences": pool(fits)}
    at = CLAIMS["preferences"].position(claim_fit(triads, CLAIMS["preferences"])[0])
    alone, over = (
        {
            row.method: row
            for row in inference_table(triads, claims=claims, permutations=9, **k).rows
        }
        for k in ({}, {"pooled": pooled})
    )
    added = 4 / 3 * pooled["preferences"].between[at, at]
    for method in set(WALD) & set(alone):
        assert over[method].std_error ** 2 - alone[method].std_error ** 2 == pytest.approx(added)
        assert over[method].estimate == pooled["preferences"].combined.params[at]
    assert over["permutation"].p == alone["permutation"].p
