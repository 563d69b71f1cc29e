"""The maximum of the likelihood is found, is the only one, and is near the truth."""

from dataclasses import replace

import numpy as np
import pytest

from structural.designs import CONTEST, PARAMS, draw_sides
from willing.errors import (
    CollinearityError,
    ConvergenceError,
    EmptyOutcomesError,
    EstimationError,
    IdentificationError,
    SeparationError,
)
from willing.record.store import load_record
from willing.structural.ascent import mend
from willing.structural.coalition_model import CoalitionModel
from willing.structural.estimates import Estimates
from willing.structural.leader_sides import Sides
from willing.structural.likelihood import Likelihood
from willing.structural.maximum import fit
from willing.structural.pseudo_likelihood import fit_pseudo
from willing.structural.side_arrays import sides_of_record

# Two climbs end within the square root of the gain they leave, 1e-14, of one another.
SAME = 1e-5
# Central differences of a step of 0.01 miss about its square.
SLOPES = 1e-4
# Standard errors from the truth that a joint test of five estimates allows: 1 in 10,000.
FAR = 25.7

MODEL = CoalitionModel(decisiveness=CONTEST.decisiveness)


@pytest.fixture(scope="module")
def estimates() -> Estimates:
    return MODEL.fit_sides(draw_sides(5, count=400))


def test_estimates_recover_the_truth(estimates: Estimates) -> None:
    """The truth is within the joint confidence region of the estimates."""
    error = estimates.params - PARAMS
    assert error @ np.linalg.solve(estimates.covariance, error) < FAR


def test_clustered_and_model_based_errors_agree_where_sides_are_independent(
    estimates: Estimates,
) -> None:
    """The sandwich estimates the inverse information when the model is true."""
    by_model = np.sqrt(np.diag(np.linalg.inv(-estimates.fit.hessian)))
    np.testing.assert_allclose(estimates.std_errors, by_model, rtol=0.25)


def test_the_maximum_does_not_depend_on_the_start(estimates: Estimates) -> None:
    """From far away the climb ends at the same place, as for a concave function it must."""
    start = PARAMS + np.array([10.0, -20.0, 1.0, 1.0, -1.0])
    again = fit(estimates.likelihood, start=start)
    np.testing.assert_allclose(again.params, estimates.params, atol=SAME)
    assert estimates.fit.gain_left < 1e-12


def test_the_hessian_where_the_search_ends_is_exact(estimates: Estimates) -> None:
    """What standard errors are made of is the second derivative at the estimates themselves."""
    exact = estimates.likelihood.hessian(estimates.params)
    np.testing.assert_array_equal(estimates.fit.hessian, exact)


@pytest.mark.parametrize("factor", [0.2, 5.0])
def test_a_poor_hessian_leads_to_the_same_maximum(estimates: Estimates, factor: float) -> None:
    """The Hessian of another fit shortens the way and does not change where it ends."""
    hessian = factor * estimates.fit.hessian
    again = fit(estimates.likelihood, start=0.5 * PARAMS, hessian=hessian)
    np.testing.assert_allclose(again.params, estimates.params, atol=SAME)
    assert again.gain_left < 1e-14


def test_mending_a_hessian_makes_it_fit_the_change_of_the_score(estimates: Estimates) -> None:
    """The mended Hessian maps the step to the change of the score, and stays negative definite."""
    likelihood, step = estimates.likelihood, np.array([2.0, -3.0, 0.1, 0.2, -0.3])
    change = score(likelihood, PARAMS + step) - score(likelihood, PARAMS)
    mended = mend(likelihood.hessian(PARAMS), step, change)
    np.testing.assert_allclose(mended @ step, change, rtol=1e-9)
    assert np.linalg.eigvalsh(mended).max() < 0.0


def test_a_wider_model_may_start_from_a_narrower_one(estimates: Estimates) -> None:
    """Estimates of a similar model are where the search begins, and change no number."""
    column = np.random.default_rng(1).normal(size=len(estimates.sides.partner))
    sides = with_term(estimates.sides, "luck", column)
    near, far = MODEL.fit_sides(sides, near=estimates), MODEL.fit_sides(sides)
    np.testing.assert_allclose(near.params, far.params, atol=SAME)


def test_likelihood_ratio_and_wald_reject_what_is_false(estimates: Estimates) -> None:
    """Both reject that divergence is free, and each is a test of one parameter."""
    lr, wald = estimates.lr("divergence"), estimates.wald("divergence")
    assert lr.df == wald.df == 1
    assert max(lr.p, wald.p) < 0.001


def test_a_search_with_slack_ends_near_the_maximum(estimates: Estimates) -> None:
    """A search without an exact Hessian at its end loses no more than its slack, about."""
    rough = fit(estimates.likelihood, start=PARAMS, slack=1e-3)
    assert 0.0 <= estimates.log_likelihood - rough.value < 5e-3


def test_pseudo_likelihood_agrees_with_the_likelihood(estimates: Estimates) -> None:
    """Both are consistent: in a large sample they differ by less than two standard errors."""
    pseudo = fit_pseudo(estimates.likelihood)
    assert (np.abs(pseudo.params - estimates.params) < 2.0 * estimates.std_errors).all()


def test_profile_finds_a_decisiveness_whose_interval_holds_the_truth() -> None:
    """The 95 % likelihood interval of the decisiveness holds the true one."""
    found = CoalitionModel(contest="profile").fit_sides(draw_sides(8, count=300))
    assert found.profile is not None
    assert not found.model.backed
    assert found.profile.low <= CONTEST.decisiveness <= found.profile.high
    assert found.log_likelihood >= max(found.profile.log_likelihoods) - SAME


def test_noise_that_grows_is_found() -> None:
    """The 95 % likelihood interval of rho holds the true one and not zero."""
    sides = draw_sides(9, count=600, rho=2.0)
    told: list[str] = []
    found = MODEL.profile_noise(sides, progress=told.append)
    assert len(told) == len(found.values)
    assert found.low <= 2.0 <= found.high
    assert found.low > 0.0


@pytest.mark.parametrize("decisiveness", [0.05, 0.7, 8.0])
def test_expected_victory_is_exact_where_victory_is_nearly_worthless(decisiveness: float) -> None:
    """However little victory is worth, its probability is resolved: the score is a slope."""
    model = CoalitionModel(decisiveness=decisiveness)
    likelihood = model.likelihood(draw_sides(5, count=40))
    params, step = np.array([1e-3, 0.0, 0.6, -0.8, 2.0]), np.array([1e-2, 0.0, 0.0, 0.0, 0.0])
    slopes = (value(likelihood, params + step) - value(likelihood, params - step)) / 2e-2
    assert score(likelihood, params)[0] == pytest.approx(slopes, abs=SLOPES)


def value(likelihood: Likelihood, params: np.ndarray) -> float:
    return float(likelihood.side_values(params, likelihood.expectations(params)).sum())


def score(likelihood: Likelihood, params: np.ndarray) -> np.ndarray:
    return likelihood.scores(likelihood.expectations(params)).sum(axis=0)


def with_term(sides: Sides, name: str, column: np.ndarray) -> Sides:
    return replace(
        sides, terms=(name, *sides.terms), design=np.column_stack([column, sides.design])
    )


def test_separation_is_named() -> None:
    """A term that only those who joined have has an infinite effect."""
    sides = draw_sides(5)
    column = (sides.joined & (np.arange(len(sides.joined)) % 3 == 0)).astype(float)
    with pytest.raises(SeparationError, match="treaty"):
        MODEL.fit_sides(with_term(sides, "treaty", column))


def test_collinear_terms_are_named() -> None:
    """A term that is a combination of others cannot be told from them."""
    sides = draw_sides(5)
    with pytest.raises(CollinearityError, match="twice, divergence"):
        MODEL.fit_sides(with_term(sides, "twice", 2.0 * sides.design[:, 0]))


def test_the_same_insecurity_everywhere_identifies_no_b1() -> None:
    """If all leaders are equally insecure, b0 and b1 move together."""
    sides = draw_sides(5)
    with pytest.raises(IdentificationError, match="victory x insecurity"):
        MODEL.fit_sides(replace(sides, insecurity=np.full(sides.count, 0.2)))


def test_insecurity_that_tells_who_builds_has_no_finite_effect() -> None:
    """If insecure leaders take everybody and secure ones nobody, no b1 is great enough."""
    sides = draw_sides(5)
    insecure = sides.insecurity > np.median(sides.insecurity)
    with pytest.raises(ConvergenceError, match="no maximum within reach; victory"):
        MODEL.fit_sides(replace(sides, joined=insecure[sides.owner]))


def test_partners_without_strength_identify_no_value_of_victory() -> None:
    """If nobody changes the probability of victory, its value cannot be known."""
    with pytest.raises(IdentificationError, match="victory"):
        MODEL.fit_sides(draw_sides(5, idle=8))


def test_one_crisis_is_not_enough_for_clusters() -> None:
    """Errors clustered by crisis need two crises."""
    sides = draw_sides(5)
    with pytest.raises(EstimationError, match="one crisis"):
        MODEL.fit_sides(replace(sides, crisis=np.zeros(sides.count, dtype=int)))


def test_a_record_without_joins_is_refused() -> None:
    """Years in which nobody joined say nothing about prices."""
    record = load_record(years=(1990, 1991))
    alone = replace(record, triads=record.triads.with_columns(join=record.triads["join"] * 0))
    with pytest.raises(EmptyOutcomesError, match="none of them joined"):
        sides_of_record(alone, terms=("divergence",))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"leader": "weakest"}, "strongest, first, hostile, every"),
        ({"strength": "ships"}, "cinc, milex, discounted"),
        ({"decisiveness": 0.0}, "from 0.001 to 100"),
        ({"noise_growth": np.nan}, "from -10 to 10"),
        ({"missing": "zero"}, "condition, indicate, drop"),
    ],
)
def test_unknown_options_are_refused(options: dict, message: str) -> None:
    """A wrong option is answered with the right ones."""
    with pytest.raises(EstimationError, match=message):
        CoalitionModel(**options)


def test_unknown_terms_are_refused() -> None:
    """A wrong term is answered with the terms there are."""
    with pytest.raises(EstimationError, match="choose among divergence"):
        CoalitionModel(terms=("charm",)).sides(load_record(years=(1990, 1991)))
