"""Partners who are equal in groups, summed over by how many of each group join."""

from __future__ import annotations

import numpy as np
import pytest

from willing.theory.contest import RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.quantal import quantal
from willing.theory.quantal.equal_partners import count_equal
from willing.theory.quantal.weights import Weights

# Rounding where two exact methods meet.
ROUNDING = 1e-11
# Standard errors by which frequencies may differ; the seed is fixed.
SIGMAS = 4.5

# Strength, divergence and cost; the last is without strength.
GROUPS = [(0.01, 0.3, 0.01), (0.03, 0.8, 0.02), (0.0, 0.1, 0.005)]


def crisis_of(n: int, groups: int = 3) -> Crisis:
    """Give a crisis of `n` partners who belong to groups in turn."""
    partners = [
        Partner(f"P{i}", strength=strength, divergence=divergence, cost=cost)
        for i in range(n)
        for strength, divergence, cost in [GROUPS[i % groups]]
    ]
    return Crisis(Leader("L", strength=0.02, security=0.5), Target("T", strength=0.01), partners)


@pytest.mark.parametrize("noise", [0.005, 0.1])
@pytest.mark.parametrize(
    "rules",
    [{"pricing": "pivotal"}, {"pricing": "additive", "friction": 0.05}, {"power": 0.4}],
)
def test_counts_of_members_say_what_enumeration_does(rules, noise):
    """Log Z, join probabilities, pairs, sizes, victory and bill are those of all coalitions."""
    crisis, game = crisis_of(13), CoalitionGame(**rules)
    exact = quantal(game, crisis, noise=noise, method="enumeration")
    found = count_equal(Weights(game.terms(crisis), noise))
    assert found is not None
    assert found.log_partition == pytest.approx(exact.log_partition, abs=ROUNDING)
    np.testing.assert_allclose(found.join, list(exact.join.values()), atol=ROUNDING)
    np.testing.assert_allclose(found.pairs(), exact.pairs(), atol=ROUNDING)
    np.testing.assert_allclose(found.size, exact.size, atol=ROUNDING)
    assert (found.victory, found.bill) == pytest.approx((exact.victory, exact.bill), abs=ROUNDING)


def test_draws_join_as_often_as_they_should():
    """Of coalitions drawn by group each partner, and each pair, is in as many as expected."""
    many = 20_000
    found = count_equal(Weights(CoalitionGame().terms(crisis_of(8)), 0.1))
    drawn = found.draw(many, np.random.default_rng(1)).astype(float)
    expected = found.pairs()
    error = np.sqrt(expected * (1.0 - expected) / many)
    assert (np.abs(drawn.T @ drawn / many - expected) <= SIGMAS * error + 1e-12).all()


def test_hundreds_of_equal_partners_are_exact_at_little_noise():
    """A grid of strength cannot tell one number of members from the next there."""
    game = CoalitionGame(contest=RatioContest(0.25), aversion=0.5)
    found = quantal(game, crisis_of(400, groups=1), noise=1e-3)
    chances = np.array(list(found.join.values()))
    assert found.status == "exact"
    assert found.error < 1e-9
    assert np.ptp(chances) == 0.0
    assert found.size @ np.arange(401) == pytest.approx(400 * chances[0])


def test_different_partners_are_told_apart():
    """Where nearly all differ there are too many numbers of members."""
    crisis = Crisis(
        Leader("L", strength=0.02, security=0.5),
        Target("T", strength=0.01),
        [Partner(f"P{i}", strength=0.01 + 0.001 * i, divergence=0.1, cost=0.01) for i in range(30)],
    )
    assert count_equal(Weights(CoalitionGame().terms(crisis), 0.1)) is None
