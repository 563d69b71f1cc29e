"""p-values over imputations: what combines to what, and the methods on the record."""

import numpy as np
import pytest
from scipy.special import ndtr

from willing.errors import EstimationError
from willing.evidence.claims import CLAIMS
from willing.evidence.inference import inference_table
from willing.evidence.p_over_imputations import combine_p, p_over_imputations
from willing.evidence.sample import Sample
from willing.record.store import load_record


@pytest.mark.parametrize("p", [0.9, 0.05, 1e-12])
def test_equal_p_values_combine_to_themselves(p: float) -> None:
    """Nothing is lost to imputations that agree."""
    assert combine_p(np.full(5, p), np.ones(5)) == pytest.approx(p)


def test_wald_p_values_combine_as_rubins_rules_pool() -> None:
    """Of estimates with one standard error the deviates have Rubin's total variance."""
    z = np.array([1.2, 2.3, 1.9, -0.1])
    total = 1 + (1 + 1 / 4) * z.var(ddof=1)
    expected = 2 * ndtr(-z.mean() / np.sqrt(total))
    assert combine_p(2 * ndtr(-np.abs(z)), np.sign(z)) == pytest.approx(expected)


def test_every_method_without_a_standard_error_is_shown_on_the_record() -> None:
    """The median and the mean's p-value lie by those of the imputations."""
    triads = load_record(leader="every", years=(1985, 1999)).triads
    sample = Sample(measure="hazard", years=(1985, 1999))
    claims = {"joining": CLAIMS["joining"]}
    at_mean = inference_table(sample.take(triads), claims=claims)
    found = p_over_imputations(triads, sample, at_mean, claims=claims, count=2).to_frame()
    assert found["method"].to_list() == [
        "wild scores: crisis",
        "likelihood ratio",
        "penalised",
        "permutation",
    ]
    assert (found["lowest"] <= found["median"]).all()
    assert (found["median"] <= found["highest"]).all()
    assert (found["at_mean"] - found["median"]).abs().max() < 0.1


def test_what_is_not_imputed_is_refused() -> None:
    """Ideal points of pairs that voted are known."""
    sample = Sample(divergence="ideal points")
    with pytest.raises(EstimationError, match="not imputed"):
        p_over_imputations(load_record(years=(1999, 1999)).triads, sample, None)  # type: ignore[arg-type]
