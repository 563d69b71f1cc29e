"""The recursion for prices that do not depend on the coalition: what it saves and states."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from willing.theory.contest import LogisticContest, RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.quantal import quantal

# The default tolerance on join probabilities.
TOLERANCE = 1e-9
# A run this much finer shows the error of the default one; below it rounding takes over.
FINER = 2e-11

CONTESTS = [
    RatioContest(0.05),
    RatioContest(1.0),
    RatioContest(4.0),
    LogisticContest(8.0),
    LogisticContest(30.0),
]


def crisis_of(seed: int, n: int, *, decades: float = 4.5) -> Crisis:
    """Draw a crisis with strengths over many orders of magnitude that sum to one."""
    rng = np.random.default_rng(seed)
    strength = 10.0 ** rng.uniform(-decades, 0.0, n)
    strength /= strength.sum()
    own, target = 10.0 ** rng.uniform(-2.5, -0.7, 2)
    costs = rng.uniform(0.0, 0.2, n) * rng.choice([1.0, 0.1, 0.01], n)
    divergences = rng.gamma(2.0, 0.5, n)
    return Crisis(
        leader=Leader("L", strength=own, security=float(rng.uniform())),
        target=Target("T", strength=target),
        partners=tuple(
            Partner(
                f"P{i}",
                strength=float(strength[i]),
                divergence=float(divergences[i]),
                cost=float(costs[i]),
            )
            for i in range(n)
        ),
    )


@pytest.mark.parametrize("noise", [0.2, 0.05, 0.01, 0.005])
@pytest.mark.parametrize("contest", CONTESTS)
def test_the_error_stated_covers_a_finer_run_with_190_partners(contest, noise):
    """With 190 partners the default answer is off from a finer one by no more than it states."""
    for seed, aversion in ((1, 0.5), (2, 0.05), (3, 0.0)):
        crisis = crisis_of(seed, 190)
        game = CoalitionGame(pricing="additive", contest=contest, aversion=aversion)
        found = quantal(game, crisis, noise=noise)
        finer = quantal(game, crisis, noise=noise, tolerance=FINER)
        distance = max(abs(found.join[name] - finer.join[name]) for name in crisis.names)
        assert found.status == "converged"
        assert distance <= found.error + finer.error
        assert found.size.sum() == pytest.approx(1.0, abs=TOLERANCE)


@pytest.mark.parametrize("contest", CONTESTS)
@settings(max_examples=5, deadline=None)
@given(seed=st.integers(0, 10**6), aversion=st.sampled_from([0.5, 0.05, 0.0]))
def test_little_noise_equals_enumeration(contest, seed, aversion):
    """At little noise most partners never join and most strengths are never reached."""
    crisis, noise = crisis_of(seed, 15), 0.005
    game = CoalitionGame(pricing="additive", contest=contest, aversion=aversion)
    exact = quantal(game, crisis, noise=noise, method="enumeration")
    found = quantal(game, crisis, noise=noise, method="recursion")
    np.testing.assert_allclose(list(found.join.values()), list(exact.join.values()), atol=TOLERANCE)
    np.testing.assert_allclose(found.size, exact.size, atol=TOLERANCE)
    assert found.log_partition == pytest.approx(exact.log_partition, abs=TOLERANCE, rel=1e-12)
    assert found.victory == pytest.approx(exact.victory, abs=TOLERANCE)


def test_a_partner_at_a_prohibitive_price_changes_nothing():
    """A hundred partners whom no victory is worth leave the others' answer as it is."""
    crisis, game = crisis_of(4, 120), CoalitionGame(pricing="additive", aversion=0.0)
    dear = tuple(Partner(f"D{i}", strength=0.01, cost=50.0) for i in range(100))
    wide = Crisis(leader=crisis.leader, target=crisis.target, partners=(*crisis.partners, *dear))
    with_, without = quantal(game, wide, noise=0.05), quantal(game, crisis, noise=0.05)
    assert max(with_.join[partner.name] for partner in dear) < TOLERANCE
    for name in crisis.names:
        assert with_.join[name] == pytest.approx(without.join[name], abs=2 * TOLERANCE)
    assert len(with_.size) == 221
    assert not with_.draw(50, seed=1)[:, 120:].any()
