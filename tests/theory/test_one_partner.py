"""The game with one partner, against brute force."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from willing.errors import ScenarioError
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.search.acceptance import acceptance_region
from willing.theory.search.one_partner import OnePartnerSolution, one_partner

# Cutoffs are ratios of differences of probabilities: rounding moves them by a few units in the
# twelfth digit. Within this distance of a cutoff the leader is indifferent and either is right.
INDIFFERENCE = 1e-9
# Bisection to 200 halvings reaches the last bit; comparison is limited by rounding in the gain.
CUTOFF_ERROR = 1e-7

shares = st.floats(0.01, 1.0)
units = st.floats(0.0, 1.0)
moderate = st.one_of(st.just(0.0), st.floats(0.01, 3.0))


@st.composite
def games(draw: st.DrawFn) -> dict[str, float | str]:
    """Draw a game with a ratio contest; zeros of every parameter are common."""
    m_leader, m_target, m, g = draw(shares), draw(shares), draw(moderate), draw(st.floats(0.2, 3))
    alone = m_leader**g / (m_leader**g + m_target**g)
    together = (m_leader + m) ** g / ((m_leader + m) ** g + m_target**g)
    return {
        "alone": alone,
        "together": max(alone, together),
        "security": draw(units),
        "divergence": draw(moderate),
        "cost": draw(moderate),
        "office": draw(st.one_of(st.just(0.0), st.floats(0.01, 4.0))),
        "aversion": draw(moderate),
        "friction": draw(moderate),
        "benefit": draw(moderate),
        "retention": draw(st.sampled_from([1.0, 0.8])),
        "rest": draw(st.one_of(st.just(0.0), st.floats(-0.5, 0.5))),
        "pricing": draw(st.sampled_from(["pivotal", "additive"])),
    }


def solve(game: dict[str, float | str], **changes: float) -> OnePartnerSolution:
    return one_partner(**{**game, **changes})  # type: ignore[arg-type]


def utility(game: dict[str, float | str], *, member: bool) -> float:
    """Write the leader's payoff out as the game tells it, without the solver's algebra."""
    p = game["together"] if member else game["alone"]
    kept = p * game["retention"] + (1 - p) * game["security"]
    value = p + game["office"] * kept
    if not member:
        return value
    stake = 1 - game["aversion"] * game["divergence"]
    price = game["cost"] - game["benefit"]
    if game["pricing"] == "pivotal":
        price -= stake * (game["together"] - game["alone"])
    else:
        price += game["aversion"] * game["divergence"]
    friction = game["friction"] * game["together"] * game["divergence"]
    return value - max(0.0, price) - friction - game["rest"]


def bisect(accepts: np.ufunc, low: float, high: float) -> float:
    """Give the last point in [low, high] that is accepted, given that acceptance ends once."""
    if not accepts(low):
        return -np.inf
    if accepts(high):
        return high
    for _ in range(200):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if accepts(middle) else (low, middle)
    return low


@settings(deadline=None)
@given(games())
def test_building_is_the_better_of_the_two_options(game):
    """The leader builds exactly when her payoff with the partner is at least that without."""
    difference = utility(game, member=True) - utility(game, member=False)
    solution = solve(game)
    assert solution.gain == pytest.approx(difference, abs=INDIFFERENCE)
    assume(abs(difference) > INDIFFERENCE)
    assert bool(solution.builds) == (difference >= 0)


@settings(deadline=None)
@given(games())
def test_security_cutoff_is_where_bisection_finds_it(game):
    """The closed form of sigma_hat is the last security at which the gain is not negative."""
    found = bisect(lambda sigma: solve(game, security=sigma).gain >= 0, 0.0, 1.0)
    cutoff = float(solve(game).security_cutoff)
    if np.isfinite(found) and np.isfinite(cutoff):
        # A flat gain leaves the root ill-conditioned; what counts is that the gain is zero there.
        at_both = [float(solve(game, security=sigma).gain) for sigma in (found, cutoff)]
        assert found == pytest.approx(cutoff, abs=CUTOFF_ERROR) or np.allclose(
            at_both[0], at_both[1], atol=INDIFFERENCE
        )
    else:
        assert found == cutoff or abs(float(solve(game, security=0.0).gain)) < INDIFFERENCE


@settings(deadline=None)
@given(games())
def test_divergence_cutoff_is_where_bisection_finds_it(game):
    """The closed form of d_hat is the last divergence at which the gain is not negative."""
    far = 1e6
    found = bisect(lambda d: solve(game, divergence=d).gain >= 0, 0.0, far)
    cutoff = float(solve(game).divergence_cutoff)
    if np.isfinite(found) and np.isfinite(cutoff) and cutoff < far:
        gain_at_cutoff = float(solve(game, divergence=cutoff).gain)
        assert found == pytest.approx(cutoff, rel=CUTOFF_ERROR, abs=CUTOFF_ERROR) or (
            abs(gain_at_cutoff) < INDIFFERENCE
        )
    elif np.isfinite(found):
        assert cutoff >= far
    else:
        assert cutoff == -np.inf or abs(float(solve(game, divergence=0.0).gain)) < INDIFFERENCE


@settings(deadline=None)
@given(games(), units, moderate)
def test_cutoffs_decide_the_choice(game, security, divergence):
    """Building, sigma <= sigma_hat and d <= d_hat are one and the same condition."""
    solution = solve(game, security=security, divergence=divergence)
    assume(abs(float(solution.gain)) > INDIFFERENCE)
    assert bool(solution.builds) == (security <= solution.security_cutoff)
    assert bool(solution.builds) == (divergence <= solution.divergence_cutoff)


@settings(deadline=None)
@given(games())
def test_free_cutoff_is_the_kink_of_the_price(game):
    """A partner is paid nothing up to the free cutoff and something beyond it."""
    kink = float(solve(game).free_cutoff)
    if kink == -np.inf:
        assert solve(game, divergence=0.0).side_payment > 0
        return
    below = min(kink * (1 - 1e-9), 1e6)
    assert solve(game, divergence=below).side_payment <= INDIFFERENCE
    if np.isfinite(kink) and kink < 1e6:
        assert solve(game, divergence=kink + 1.0).side_payment > 0


@settings(deadline=None)
@given(games())
def test_insecure_leaders_accept_more_divergence(game):
    """The divergence cutoff never rises with security, and the security cutoff never with d."""
    grid = np.linspace(0.0, 1.0, 11)
    with np.errstate(invalid="ignore"):
        d_hat = solve(game, security=grid).divergence_cutoff
        sigma_hat = solve(game, divergence=3.0 * grid).security_cutoff
    assert (d_hat[1:] <= d_hat[:-1]).all()
    assert (sigma_hat[1:] <= sigma_hat[:-1]).all()


def test_design_formula_where_the_price_is_positive():
    """A paid pivotal partner is acceptable up to ((B+1) D - k) / (delta D + lambda p1)."""
    p0, p1, sigma, k, psi, delta, lam = 0.5, 0.7, 0.4, 0.3, 2.0, 0.6, 0.1
    B, D = 1 + psi * (1 - sigma), p1 - p0
    solution = one_partner(
        alone=p0, together=p1, security=sigma, divergence=1.0,
        cost=k, office=psi, aversion=delta, friction=lam,
    )  # fmt: skip
    assert solution.divergence_cutoff == pytest.approx(((B + 1) * D - k) / (delta * D + lam * p1))


def test_design_formula_where_the_partner_is_free():
    """A free pivotal partner is acceptable up to B D / (lambda p1)."""
    p0, p1, sigma, psi, delta, lam = 0.5, 0.7, 0.4, 2.0, 0.1, 1.0
    B, D = 1 + psi * (1 - sigma), p1 - p0
    solution = one_partner(
        alone=p0, together=p1, security=sigma, divergence=0.1,
        cost=0.0, office=psi, aversion=delta, friction=lam,
    )  # fmt: skip
    assert solution.side_payment == 0
    assert solution.divergence_cutoff == pytest.approx(B * D / (lam * p1))


def test_without_aversion_and_friction_every_divergence_is_acceptable():
    """Divergence that costs nobody anything limits nothing."""
    solution = one_partner(
        alone=0.5, together=0.7, security=[0.0, 1.0], divergence=50.0, cost=0.1, office=1.0
    )
    assert (solution.divergence_cutoff == np.inf).all()
    assert (solution.security_cutoff == 1.0).all()


def test_partner_too_dear_for_every_leader_has_no_cutoff():
    """Where no leader builds, both cutoffs are minus infinity, so that no comparison is met."""
    solution = one_partner(
        alone=0.5, together=0.51, security=0.0, divergence=0.0, cost=5.0, office=1.0
    )
    assert solution.security_cutoff == -np.inf
    assert solution.divergence_cutoff == -np.inf
    assert not solution.builds


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("alone", -0.1),
        ("together", 1.2),
        ("together", 0.1),
        ("security", float("nan")),
        ("divergence", -1.0),
        ("cost", float("inf")),
        ("pricing", "auction"),
    ],
)
def test_values_outside_their_range_are_named(field, value):
    """A parameter outside its range is refused with its name."""
    game = {
        "alone": 0.5, "together": 0.7, "security": 0.5, "divergence": 1.0,
        "cost": 0.1, "office": 1.0,
    }  # fmt: skip
    with pytest.raises(ScenarioError, match=field):
        one_partner(**{**game, field: value})


REGION = {
    "alone": 0.35, "together": 0.5, "cost": 0.12, "office": 3.0, "aversion": 0.5, "friction": 0.2,
}  # fmt: skip


def test_acceptance_region_agrees_with_its_border():
    """A cell of the region is accepted exactly when it lies on or below the divergence cutoff."""
    region = acceptance_region(**REGION)
    distance = region.divergence[None, :] - region.cutoff[:, None]
    clear = np.abs(distance) > INDIFFERENCE
    assert (region.accepted[clear] == (distance <= 0)[clear]).all()
    assert region.accepted.any()
    assert not region.accepted.all()


def test_acceptance_region_becomes_a_frame():
    """The frame has a row a cell, and its accepted rows are the region's."""
    region = acceptance_region(**REGION, points=21)
    frame = region.to_frame()
    assert frame.height == 21 * 21
    assert frame["accepted"].sum() == region.accepted.sum()


def test_acceptance_region_draws(tmp_path):
    """The figure is written as a picture."""
    file = tmp_path / "region.png"
    acceptance_region(**REGION).plot().save(file, verbose=False)
    assert file.read_bytes().startswith(b"\x89PNG")


@settings(deadline=None)
@given(units, moderate, st.sampled_from(["pivotal", "additive"]))
def test_solver_of_n_partners_agrees_for_one(security, divergence, pricing):
    """With one partner the general solver invites her exactly when the closed form does, and pays
    the same."""
    crisis = Crisis(
        leader=Leader("L", strength=0.3, security=security),
        target=Target("T", strength=0.5),
        partners=[Partner("P", strength=0.4, divergence=divergence, cost=0.3, benefit=0.05)],
    )
    game = CoalitionGame(office=2.0, pricing=pricing, friction=0.1)
    found = game.solve(crisis)
    solution = one_partner(
        alone=0.3 / 0.8, together=0.7 / 1.2, security=security, divergence=divergence,
        cost=0.3, benefit=0.05, office=2.0, aversion=0.5, friction=0.1, pricing=pricing,
    )  # fmt: skip
    assume(abs(float(solution.gain)) > INDIFFERENCE)
    assert bool(solution.builds) == (found.coalition == ("P",))
    assert found.value - found.alone == pytest.approx(max(0, solution.gain), abs=INDIFFERENCE)
