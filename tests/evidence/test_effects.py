"""Predicted probabilities, their bands, and marginal effects."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from willing.estimation.marginal_effects import marginal_effect
from willing.evidence.direct import fit_joining
from willing.evidence.effects import (
    divergence_curve,
    insecurity_curve,
    predicted_probabilities,
    typical_profile,
)
from willing.evidence.formation import MODELS, fit_formation
from willing.evidence.joining_surface import joining_surface

# The two kinds of band differ by the curvature of the link and by simulation noise.
BANDS_AGREE = 0.05
# Central differences with step 1e-4 of smooth probabilities.
DERIVATIVE = 1e-6
# 400 draws know a standard deviation to 3.5 %; the effect is not quite linear in them.
SIMULATED = 0.15
GRID = np.linspace(0, 1, 5)


@pytest.fixture(scope="module")
def hetprobit(triads):
    """The heteroskedastic probit on the simulated triads."""
    return fit_formation(triads, MODELS[1])


@pytest.fixture(scope="module")
def crossed(triads):
    """The probit with insecurity x divergence on the simulated triads."""
    return fit_joining(triads)


def test_a_curve_is_the_models_probability_at_the_profile(hetprobit):
    """Each point is Phi(x'b / exp(z'g)) with the profile's values put in by hand."""
    curve = predicted_probabilities(
        hetprobit, over="insecurity_leader", grid=GRID, groups={"far": {"difLPv": 2.0}}
    )
    profile = typical_profile(hetprobit) | {"difLPv": 2.0}
    for h, p in zip(GRID, curve.frame["probability"], strict=True):
        values = profile | {"insecurity_leader": h, "constant": 1.0}
        mean = sum(hetprobit.estimate(t).value * values[t] for t in hetprobit.design.terms)
        noise = hetprobit.estimate("insecurity_leader", equation="variance").value * h
        assert p == pytest.approx(norm.cdf(mean / np.exp(noise)))


def test_a_case_of_the_readers_own_replaces_the_typical_one(hetprobit):
    """Columns named in a profile are held there, the others stay typical."""
    curve = insecurity_curve(hetprobit, profile={"cinc_ell": 0.5})
    typical = typical_profile(hetprobit)
    assert curve.profile["cinc_ell"] == 0.5
    assert curve.profile["cinc_tee"] == typical["cinc_tee"]


def test_delta_and_simulated_bands_agree(hetprobit):
    """With many triads the two bands are close, contain the estimate and stay in [0, 1]."""
    delta = insecurity_curve(hetprobit).frame
    simulated = insecurity_curve(hetprobit, bands="simulated").frame
    for band in (delta, simulated):
        assert ((band["low"] <= band["probability"]) & (band["probability"] <= band["high"])).all()
        assert band["low"].min() >= 0
        assert band["high"].max() <= 1
    for edge in ("low", "high"):
        assert (delta[edge] - simulated[edge]).abs().max() < BANDS_AGREE


def test_simulated_bands_follow_the_generator(hetprobit):
    """The same seed gives the same band and another seed another one."""

    def low(seed: int):
        curve = predicted_probabilities(
            hetprobit,
            over="difTPv",
            grid=GRID,
            groups={"all": {}},
            bands="simulated",
            rng=np.random.default_rng(seed),
        )
        return curve.frame["low"].to_list()

    assert low(1) == low(1)
    assert low(1) != low(2)


def test_products_move_with_the_column_that_varies(crossed):
    """Along divergence the product with insecurity varies too, so leaders' slopes differ."""
    frame = divergence_curve(crossed, over="difLPv").frame
    change = {
        group[0]: part["probability"][-1] / part["probability"][0]
        for group, part in frame.group_by("group", maintain_order=True)
    }
    secure, insecure = change.values()
    assert insecure > secure


def test_marginal_effect_is_the_derivative_of_the_mean_probability(crossed):
    """The analytic effect, product terms included, is what finite differences approach."""
    step, at = 1e-4, {"insecurity_leader": 0.3}
    design = crossed.design

    def mean_probability(shift: float) -> float:
        columns = {t: design.column(t) for t in design.terms if ":" not in t}
        far = columns["difLPv"] + shift
        replaced = columns | {
            "insecurity_leader": np.full(design.n, 0.3),
            "difLPv": far,
            "insecurity_leader:difLPv": 0.3 * far,
        }
        X = np.column_stack([replaced[t] for t in design.terms])
        return norm.cdf(X @ crossed.params).mean()

    numeric = (mean_probability(step) - mean_probability(-step)) / (2 * step)
    effect = marginal_effect(crossed, "difLPv", at=at)
    share = marginal_effect(crossed, "difLPv", at=at, relative=True)
    assert effect.value == pytest.approx(numeric, abs=DERIVATIVE)
    assert share.value == pytest.approx(numeric / mean_probability(0.0), rel=1e-4)


def test_errors_of_marginal_effects_are_those_of_simulated_coefficients(crossed):
    """The delta-method error is the spread of the effect over draws of the coefficients."""
    # The mean over a tenth of the triads has such an error as well.
    design = crossed.design
    crossed = replace(crossed, design=replace(design, X=design.X[::10], y=design.y[::10]))
    draws = np.random.default_rng(3).multivariate_normal(crossed.params, crossed.covariance, 400)
    for relative in (False, True):

        def effect(params: np.ndarray, relative: bool = relative) -> float:
            drawn = replace(crossed, params=params)
            at = {"insecurity_leader": 0.2}
            return marginal_effect(drawn, "difLPv", at=at, relative=relative).value

        spread = np.std([effect(params) for params in draws])
        delta = marginal_effect(crossed, "difLPv", at={"insecurity_leader": 0.2}, relative=relative)
        assert delta.std_error == pytest.approx(spread, rel=SIMULATED)


def test_the_surface_of_the_data_has_the_theorys_slopes(crossed):
    """Drawn from the theory, joining falls in security, and in divergence for secure leaders."""
    surface = joining_surface(crossed)
    assert (np.diff(surface.probability, axis=0) < 0).mean() > 0.9
    assert (np.diff(surface.probability[-1]) < 0).all()
    assert surface.to_frame().height == surface.probability.size


def test_pictures_can_be_drawn(hetprobit, crossed, tmp_path):
    """Every figure renders to a file."""
    figures = {
        "curve": insecurity_curve(hetprobit).plot(),
        "coefficients": hetprobit.plot(),
        "surface": joining_surface(crossed).plot(),
    }
    for name, figure in figures.items():
        figure.save(tmp_path / f"{name}.png", dpi=40, verbose=False)
        assert (tmp_path / f"{name}.png").stat().st_size > 0
