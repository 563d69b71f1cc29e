"""The pieces of the series over coalitions whose prices move with them."""

from __future__ import annotations

import numpy as np
import pytest
from games import crises, games
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import spherical_jn

from willing.contest import LogisticContest, RatioContest
from willing.crisis import Crisis, Leader, Partner, Target
from willing.game import CoalitionGame
from willing.payoffs import coalition_strength, prices
from willing.solvers.enumeration import all_coalitions, all_payoffs
from willing.solvers.quantal import Limits, quantal
from willing.solvers.quantal.elements import choose_windows, smooth_step
from willing.solvers.quantal.interacting import size_probabilities, solve
from willing.solvers.quantal.kinks import BEYOND, find_kinks
from willing.solvers.quantal.legendre import (
    NODES,
    TO_LEGENDRE,
    fill_jumps,
    fill_transforms,
    fill_turns,
    spherical_bessel,
)
from willing.solvers.quantal.profile import independent, mean_field, profile_strengths
from willing.solvers.quantal.weak import (
    TERMS,
    add_weak,
    count_strong,
    count_terms,
    fill_powers,
    fill_series,
    start_product,
)
from willing.solvers.quantal.weights import Weights

# Rounding of sums of a few dozen terms.
ROUNDING = 1e-12
# As in test_quantal: an estimated error may be off by a few times.
SLACK = 4.0


@pytest.mark.parametrize("orders", [4, 16])
def test_spherical_bessel_functions_are_scipys(orders):
    """By the series, downwards or upwards, the functions are what they should be."""
    z = np.array([0.0, 1e-9, 9e-5, 1.1e-4, 1e-3, 0.7, 3.9, 4.1, 15.9, 16.1, 40.0, 3e3])
    found = np.empty((orders, len(z)))
    spherical_bessel(z, np.cos(z), np.sin(z), found)
    expected = spherical_jn(np.arange(orders)[:, np.newaxis], z)
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=ROUNDING)


@pytest.mark.parametrize("many", [1, 7, 8, 65])
def test_turns_are_sines_and_cosines(many):
    """Angles between two that are found anew are as good as those."""
    cosine, sine = np.empty(many), np.empty(many)
    fill_turns(-3.0, 0.7, cosine, sine)
    angles = -3.0 + 0.7 * np.arange(many)
    np.testing.assert_allclose(cosine, np.cos(angles), atol=1e-14)
    np.testing.assert_allclose(sine, np.sin(angles), atol=1e-14)


@pytest.mark.parametrize("alike", [False, True])
def test_weak_partners_make_up_their_product(alike):
    """Series of weak partners give the product of their factors, and each one's share."""
    rng = np.random.default_rng(1)
    n, u = 120, np.linspace(0.5, 1.0, 33)
    z = np.full(n, 0.15) if alike else np.sort(10.0 ** rng.uniform(-5, 0, n))[::-1].copy()
    strong = count_strong(z)
    assert 0 < strong < n
    chance, z = rng.uniform(size=n - strong), z[strong:]
    counts, powers = count_terms(z), fill_powers(u)
    series, real, imag = np.empty((TERMS, len(z))), np.empty(33), np.empty(33)
    fill_series(chance, z, counts, series)
    start_product(series, z, counts, u, powers, real, imag)
    turned = chance[:, np.newaxis] * np.exp(1j * z[:, np.newaxis] * u)
    factors = 1.0 - chance[:, np.newaxis] + turned
    np.testing.assert_allclose(real + 1j * imag, factors.prod(axis=0), atol=1e-11)
    joined = np.zeros(len(z))
    add_weak(series, counts, powers, real, imag, joined)
    expected = (turned / factors * factors.prod(axis=0)).sum(axis=1).real
    np.testing.assert_allclose(joined, expected, atol=1e-10)


def test_transforms_are_those_of_the_interpolating_polynomials():
    """A cubic's transform on a panel, from its values at the nodes, is its integral."""
    order, middle, half, omega = 5, 0.3, 0.2, np.array([0.0, 15.0, 30.0])
    out = np.empty((4, order, 3))
    fill_transforms(omega, middle, half, TO_LEGENDRE[order, :order, :order], out)
    values = (middle + half * NODES[order, :order]) ** 3
    found = values @ out[0] + 1j * (values @ out[1])
    x, weight = np.polynomial.legendre.leggauss(60)
    y = middle + half * x
    expected = half * (weight * y**3) @ np.exp(-1j * np.outer(y, omega))
    np.testing.assert_allclose(found, expected, atol=ROUNDING)


def test_jumps_are_transforms_of_what_begins_there():
    """Four derivatives by differences give the transform of (x - a) exp(-(x - a)) beyond `a`."""
    at, omega = 0.3, np.linspace(200.0, 400.0, 5)
    step = 1.0 / omega[0]
    out = np.empty((4, 4, 5))
    fill_jumps(omega, at, step, out)
    beyond = step * np.array([-2.0, -1.0, 1.0, 2.0])
    values = beyond * np.exp(-beyond)
    found = values @ out[0] + 1j * (values @ out[1])
    expected = np.exp(-1j * omega * at) / (1.0 + 1j * omega) ** 2
    np.testing.assert_allclose(found, expected, rtol=1e-7)
    # Two nodes take the first two of its terms, the next one is below them by the square.
    few = np.empty((4, 2, 5))
    fill_jumps(omega, at, step, few)
    found = values[1:3] @ few[0] + 1j * (values[1:3] @ few[1])
    np.testing.assert_allclose(found, expected, rtol=10.0 / omega[0] ** 2)
    # The last terms that four show are the fourth derivative's, -4 at `a`.
    shown = values @ out[2] + 1j * (values @ out[3])
    fourth = np.exp(-1j * omega * at) * -4.0 / (1j * omega) ** 5
    np.testing.assert_allclose(shown, fourth, rtol=0.05)


def kinked(twins: int) -> Crisis:
    """Draw a crisis whose partners come for nothing when the coalition is weak, with `twins`."""
    rng = np.random.default_rng(5)
    strength = np.repeat(10.0 ** rng.uniform(-3.0, -0.7, 12 // twins), twins)
    cost = np.repeat(rng.uniform(0.0, 0.1, 12 // twins), twins)
    partners = [
        Partner(f"P{i}", strength=float(strength[i]), divergence=0.3, cost=float(cost[i]))
        for i in range(12)
    ]
    leader = Leader("L", strength=0.05, security=0.5)
    return Crisis(leader=leader, target=Target("T", strength=0.1), partners=tuple(partners))


@pytest.mark.parametrize("twins", [1, 3])
@pytest.mark.parametrize("friction", [0.0, 0.1])
@pytest.mark.parametrize("noise", [0.02, 0.1])
def test_high_frequencies_are_the_kinks(noise, friction, twins):
    """Kinks alone, also several at one strength, carry the series on to the tolerance."""
    crisis, game = kinked(twins), CoalitionGame(pricing="pivotal", friction=friction)
    weights = Weights(game.terms(crisis), noise)
    found = solve(weights, tolerance=1e-9, limits=Limits())
    assert any(len(window.series) > 1 for part in found.parts for window in part.windows)
    log_weight = all_payoffs(weights.terms) / noise
    probability = np.exp(log_weight - np.logaddexp.reduce(log_weight))
    masks = all_coalitions(12)
    apart = np.abs(found.join - probability @ masks).max()
    assert apart <= SLACK * max(found.error, 1e-9)
    assert found.error < 1e-4
    bill = sum(share * part.bill for part, share in zip(found.parts, found.share, strict=True))
    paid = (prices(weights.terms, coalition_strength(weights.terms, masks)) * masks).sum(axis=1)
    assert bill == pytest.approx(probability @ paid, abs=SLACK * max(found.error, 1e-9))
    sizes = np.bincount(masks.sum(axis=1), weights=probability, minlength=13)
    assert np.abs(size_probabilities(found, 12) - sizes).max() <= SLACK * max(found.error, 1e-9)


@pytest.mark.parametrize("contest", [RatioContest(0.5), RatioContest(3.0), LogisticContest(8.0)])
def test_every_kink_is_found(contest):
    """A finer look at every price, wherever windows may lie, sees no other change of sign."""
    game = CoalitionGame(pricing="pivotal", contest=contest)
    weights = Weights(game.terms(kinked(1)), 0.005)
    profile = profile_strengths(weights)
    kinks = find_kinks(weights, profile)
    x = np.linspace(0.0, BEYOND * (weights.own + profile.high) - weights.own, 20_001)
    paid = weights.payments(x) > 0.0
    at, who = np.nonzero(paid[1:] != paid[:-1])
    held = weights.total(x[at]) > weights.terms.leader_strength + weights.terms.strength[who]
    at, who = at[held], who[held]
    assert len(at) == len(kinks.at) > 0
    assert set(who) == set(kinks.who)
    assert np.abs(np.sort(x[at]) - kinks.at).max() <= x[1]


@pytest.mark.parametrize("noise", [0.005, 0.1])
@pytest.mark.parametrize("contest", [RatioContest(0.5), RatioContest(3.0), LogisticContest(8.0)])
def test_prices_go_on_for_four_units_of_noise(contest, noise):
    """Where no coalition holds a partner, her price counts her share of victory to a limit."""
    weights = Weights(CoalitionGame(pricing="pivotal", contest=contest).terms(kinked(1)), noise)
    terms, x = weights.terms, np.linspace(0.0, 1.0, 201)
    without = weights.victory(x)[:, np.newaxis] + (weights.asked(x) - terms.outlay) / terms.stake
    beyond = np.abs(terms.stake) * (weights.victory(np.zeros(())) - without)
    assert beyond.max() <= 4.0 * noise + ROUNDING
    held = weights.total(x)[:, np.newaxis] >= terms.leader_strength + terms.strength
    exact = terms.outlay - terms.stake * (
        weights.victory(x)[:, np.newaxis]
        - weights.victory((x[:, np.newaxis] - terms.strength).clip(0.0))
    )
    np.testing.assert_allclose(weights.asked(x)[held], exact[held], atol=ROUNDING)


@pytest.mark.parametrize("seed", [4, 5, 6])
def test_strong_leaders_are_no_trap(seed):
    """Prices continued to strengths that no coalition has do not swamp the sum."""
    rng = np.random.default_rng(seed)
    strength = np.append([0.27, 0.09], 10.0 ** rng.uniform(-5.0, -1.5, 10))
    partners = tuple(
        Partner(f"P{i}", strength=float(m), divergence=float(d), cost=float(c))
        for i, (m, d, c) in enumerate(
            zip(strength, rng.uniform(0.0, 4.0, 12), rng.uniform(0.0, 0.05, 12), strict=True)
        )
    )
    leader, target = Leader("L", strength=0.18, security=0.6), Target("T", strength=0.0136)
    crisis = Crisis(leader=leader, target=target, partners=partners)
    game, noise = CoalitionGame(pricing="pivotal"), 0.005
    found = quantal(game, crisis, noise=noise, method="recursion")
    exact = quantal(game, crisis, noise=noise, method="enumeration")
    apart = max(abs(found.join[name] - exact.join[name]) for name in crisis.names)
    assert apart <= SLACK * max(found.error, found.tolerance)
    assert found.error < 1e-6


def test_a_smooth_step_and_its_mirror_add_up_to_one():
    """Windows share every strength between them."""
    u = np.linspace(-0.5, 1.5, 101)
    step = smooth_step(u)
    np.testing.assert_allclose(step + smooth_step(1.0 - u), 1.0, atol=ROUNDING)
    assert (np.diff(step) >= -ROUNDING).all()
    assert step[0] == 0.0
    assert step[-1] == 1.0


@pytest.mark.parametrize("growth", [1.5, 2.2, 5.0])
@settings(max_examples=25, deadline=None)
@given(crisis=crises(), game=games(), noise=st.sampled_from([0.01, 0.1, 1.0]))
def test_windows_add_up_to_one(growth, crisis, game, noise):
    """Wherever coalitions matter, the windows that are kept share all of their weight."""
    weights = Weights(game.terms(crisis), noise)
    if not weights.strength.any():
        return
    profile = profile_strengths(weights)
    x = profile.x[(profile.x >= profile.low) & (profile.x <= profile.high)]
    share = sum(window.share(x) for window in choose_windows(weights, profile, growth))
    counts = profile.bound[np.isin(profile.x, x)] > profile.reference - 20.0
    np.testing.assert_allclose(share[counts], 1.0, atol=ROUNDING)


@settings(max_examples=60, deadline=None)
@given(crisis=crises(most_partners=7), game=games(), noise=st.sampled_from([0.01, 0.1, 1.0]))
def test_no_coalition_weighs_more_than_the_mean_field_allows(crisis, game, noise):
    """The bound that decides what is negligible holds for every coalition, whatever the tilt."""
    weights = Weights(game.terms(crisis), noise)
    masks = all_coalitions(len(crisis.partners))
    x = masks @ weights.strength
    if not weights.strength.any():
        return
    cost = weights.cost(x)
    tilt = mean_field(weights.strength, cost, x, np.zeros(len(x)))
    _, log_sum = independent(tilt[:, np.newaxis] * weights.strength - cost)
    bound = weights.reward(x) + log_sum - tilt * x
    own = all_payoffs(weights.terms) / noise
    assert (bound >= own - 1e-9 * np.maximum(np.abs(own), 1.0)).all()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(crisis=crises(most_partners=8), game=games(), noise=st.sampled_from([0.02, 0.2, 2.0]))
def test_any_game_errs_as_it_says(crisis, game, noise):
    """Ties, partners without strength and contests of the user's, also with a jump, are no trap."""
    terms = game.terms(crisis)
    log_weight = all_payoffs(terms) / noise
    probability = np.exp(log_weight - np.logaddexp.reduce(log_weight))
    found = quantal(game, crisis, noise=noise, method="recursion", limits=Limits(frequencies=256))
    join = probability @ all_coalitions(len(crisis.partners))
    apart = np.abs(np.array(list(found.join.values())) - join).max()
    assert apart <= SLACK * max(found.error, found.tolerance)
