"""The quantal response against enumeration of every coalition."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from games import crises, games
from hypothesis import given, settings
from hypothesis import strategies as st

from willing.errors import ScenarioError
from willing.theory.contest import LogisticContest, RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.engine.moving_prices import POINTS
from willing.theory.game import CoalitionGame
from willing.theory.quantal import quantal, quantal_many
from willing.theory.quantal.together import Deferred
from willing.theory.search.enumeration import all_coalitions, all_payoffs

# The default tolerances on join probabilities, at fixed and at moving prices.
TOLERANCE, MOVING = 1e-9, 1e-6
# The error of an answer is an estimate, which kinks of prices may fool once in many hundred games
# by a few times; the games are the same in every run.
SLACK = 4.0
# Rounding where two exact methods meet.
ROUNDING = 1e-10
# Four standard errors: a correct sampler fails once in some thousand seeds, and seeds are fixed.
SIGMAS = 4.5

NOISES = [0.005, 0.05, 1.0]
CONTESTS = [RatioContest(0.5), RatioContest(1.0), RatioContest(3.0), LogisticContest(8.0)]
MOVING_RULES = [
    {"pricing": "additive", "friction": 0.02},
    {"pricing": "additive", "friction": 0.2},
    {"pricing": "pivotal"},
    {"pricing": "pivotal", "friction": 0.05},
]


def crisis_of(seed: int, n: int) -> Crisis:
    """Draw a crisis with strengths over four orders of magnitude."""
    rng = np.random.default_rng(seed)
    strength = 0.3 * 10.0 ** rng.uniform(-4.0, 0.0, n)
    own, target = 10.0 ** rng.uniform(-2.5, -0.5, 2)
    return Crisis(
        leader=Leader("L", strength=own, security=float(rng.uniform())),
        target=Target("T", strength=target),
        partners=tuple(
            Partner(
                f"P{i}",
                strength=float(strength[i]),
                divergence=float(rng.uniform(0.0, 2.0)),
                cost=float(rng.uniform(0.0, 0.2) * rng.choice([1.0, 0.1, 0.01])),
            )
            for i in range(n)
        ),
    )


def enumerated(game: CoalitionGame, crisis: Crisis, noise: float) -> tuple[float, np.ndarray]:
    """Give log Z and every coalition's probability, from the payoffs alone."""
    log_weight = all_payoffs(game.terms(crisis)) / noise
    highest = log_weight.max()
    weight = np.exp(log_weight - highest)
    return highest + np.log(weight.sum()), weight / weight.sum()


@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("contest", CONTESTS)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), n=st.integers(1, 12))
def test_additive_pricing_equals_enumeration(contest, noise, seed, n):
    """Without interaction the recursion gives every coalition's weight to rounding."""
    crisis = crisis_of(seed, n)
    game = CoalitionGame(contest=contest, pricing="additive")
    log_partition, probability = enumerated(game, crisis, noise)
    found = quantal(game, crisis, noise=noise, method="recursion")
    masks = all_coalitions(n)
    assert found.status == "converged"
    assert found.error <= TOLERANCE
    np.testing.assert_allclose(list(found.join.values()), probability @ masks, atol=TOLERANCE)
    assert found.log_partition == pytest.approx(log_partition, abs=TOLERANCE, rel=1e-12)
    sizes = np.bincount(masks.sum(axis=1), weights=probability, minlength=n + 1)
    np.testing.assert_allclose(found.size, sizes, atol=TOLERANCE)
    assert found.build == pytest.approx(1.0 - probability[0], abs=2 * TOLERANCE)


@pytest.mark.parametrize("rules", MOVING_RULES)
@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(2, 14),
    contest=st.sampled_from(CONTESTS),
    noise=st.sampled_from([0.005, 0.02, 0.05, 0.5]),
)
def test_moving_prices_equal_enumeration_within_the_error_stated(rules, seed, n, contest, noise):
    """Where prices move with the coalition the recursion errs by no more than it says."""
    crisis, game = crisis_of(seed, n), CoalitionGame(contest=contest, **rules)
    log_partition, probability = enumerated(game, crisis, noise)
    found = quantal(game, crisis, noise=noise, method="recursion", points=512)
    distance = np.abs(np.array(list(found.join.values())) - probability @ all_coalitions(n)).max()
    assert distance <= SLACK * found.error
    assert (found.status == "converged") == (found.error <= MOVING)
    if found.error < 1e-3:
        apart = abs(found.log_partition - log_partition)
        stated = max(found.error, found._answer.found.total.log_error)
        assert apart <= SLACK * stated + 1e-12 * abs(log_partition)


@settings(max_examples=60, deadline=None)
@given(crisis=crises(), game=games(), noise=st.sampled_from([0.003, 0.05, 1.0]))
def test_any_game_errs_as_it_says(crisis, game, noise):
    """Ties, partners without strength and contests of the user's, also with a jump, are no trap."""
    _, probability = enumerated(game, crisis, noise)
    found = quantal(game, crisis, noise=noise, method="recursion", points=256)
    join = probability @ all_coalitions(len(crisis.partners))
    assert (
        np.abs(np.array(list(found.join.values())) - join).max() <= SLACK * found.error + ROUNDING
    )


def test_strong_partners_at_small_noise_are_no_trap():
    """Giants who may or may not join at little noise do not cost accuracy."""
    for seed in range(6):
        crisis = crisis_of(seed, 9)
        giants = [
            replace(p, strength=1.0 + k, cost=0.02) for k, p in enumerate(crisis.partners[:3])
        ]
        crisis = replace(crisis, partners=(*giants, *crisis.partners[3:]))
        game = CoalitionGame(pricing="additive", friction=0.05)
        _, probability = enumerated(game, crisis, 0.005)
        found = quantal(game, crisis, noise=0.005, method="recursion")
        join = probability @ all_coalitions(9)
        np.testing.assert_allclose(list(found.join.values()), join, atol=MOVING)
        assert found.error < 10 * MOVING


def test_a_step_between_two_nodes_is_not_missed():
    """A contest decided within a millionth of a giant leaves two grids agreed on a wrong answer."""
    rows = (  # strength, divergence, cost
        (1.2568e-5, 1.293, 7.045e-4),
        (2.1514e-6, 0.246, 1.916e-3),
        (1.86009e-4, 0.05, 5.865e-4),
        (9.287401e-3, 1.278, 6.517e-2),
        (7.2722e-7, 0.891, 0.1312),
        (1.198e-8, 1.399, 8.76e-4),
        (1.812615e-3, 0.951, 1.1329e-2),
        (0.06154375570218065, 0.145, 5.586e-2),
        (5.8713e-6, 0.204, 8.428e-3),
    )
    crisis = Crisis(
        leader=Leader("L", strength=2.0316e-6, security=0.345),
        target=Target("T", strength=0.06154571835825049),
        partners=tuple(
            Partner(f"P{i}", strength=m, divergence=d, cost=k) for i, (m, d, k) in enumerate(rows)
        ),
    )
    game = CoalitionGame(contest=LogisticContest(545191.75), friction=0.3)
    _, probability = enumerated(game, crisis, 0.01)
    found = quantal(game, crisis, noise=0.01, method="recursion", points=256)
    join = probability @ all_coalitions(len(rows))
    assert np.abs(np.array(list(found.join.values())) - join).max() <= found.error
    assert found.status == "limit"


@pytest.mark.parametrize("noise", NOISES)
def test_the_law_of_190_partners_with_friction_converges(noise):
    """However little the noise, the sum over 2^190 coalitions is within the tolerance."""
    found = quantal(
        CoalitionGame(pricing="additive", friction=0.05), crisis_of(3, 190), noise=noise
    )
    assert found.status == "converged"
    assert found.size.sum() == pytest.approx(1.0, abs=MOVING)
    members = found.size @ np.arange(191)
    assert members == pytest.approx(sum(found.join.values()), abs=10 * MOVING)
    assert found.size[0] == pytest.approx(1.0 - found.build, abs=MOVING)


def test_pivotal_pricing_of_190_partners_converges_at_moderate_noise():
    """With many undecided partners kinks do no harm; a finer grid gives the same answer."""
    crisis, game = crisis_of(13, 190), CoalitionGame(pricing="pivotal")
    found = quantal(game, crisis, noise=0.2)
    finer = quantal(game, crisis, noise=0.2, tolerance=1e-15)
    assert found.status == "converged"
    assert len(finer._answer.found.total.finest.plan.grid.x) == POINTS[-1]
    np.testing.assert_allclose(list(found.join.values()), list(finer.join.values()), atol=MOVING)


@pytest.mark.parametrize("pricing", ["pivotal", "additive"])
@pytest.mark.parametrize("noise", NOISES)
@pytest.mark.parametrize("contest", CONTESTS)
def test_few_partners_are_answered_exactly(pricing, noise, contest):
    """Few partners get the answer of enumeration by default, whatever the game."""
    for seed, n in ((1, 4), (2, 15)):
        crisis = crisis_of(seed, n)
        game = CoalitionGame(contest=contest, pricing=pricing, friction=0.05)
        _, probability = enumerated(game, crisis, noise)
        found = quantal(game, crisis, noise=noise)
        masks = all_coalitions(n)
        assert found.status in ("exact", "converged")
        np.testing.assert_allclose(list(found.join.values()), probability @ masks, atol=TOLERANCE)


@pytest.mark.parametrize("pricing", ["pivotal", "additive"])
def test_little_noise_gives_the_optimum_and_much_noise_a_coin(pricing):
    """As noise vanishes the optimum is chosen; as it grows everybody joins with one half."""
    crisis = crisis_of(5, 9)
    game = CoalitionGame(pricing=pricing)
    best = all_coalitions(9)[np.argmax(all_payoffs(game.terms(crisis)))]
    sharp = quantal(game, crisis, noise=1e-5)
    np.testing.assert_allclose(list(sharp.join.values()), best, atol=1e-6)
    blunt = quantal(game, crisis, noise=1e6)
    np.testing.assert_allclose(list(blunt.join.values()), 0.5, atol=1e-5)


def test_a_partner_without_strength_multiplies_the_partition_function():
    """A partner of no strength, at an additive price x, multiplies Z by 1 + exp(-x / tau)."""
    crisis = crisis_of(7, 30)
    game = CoalitionGame(pricing="additive", aversion=0.0)
    idle = Partner("idle", strength=0.0, cost=0.07)
    joined = replace(crisis, partners=(*crisis.partners, idle))
    without = quantal(game, crisis, noise=0.05).log_partition
    with_ = quantal(game, joined, noise=0.05)
    assert with_.log_partition - without == pytest.approx(np.log1p(np.exp(-1.4)), abs=ROUNDING)
    assert with_.size.sum() == pytest.approx(1.0, abs=ROUNDING)


def test_partners_without_strength_join_independently():
    """Where nobody has strength, each joins with the logit of her own price."""
    crisis = replace(
        crisis_of(1, 2),
        partners=(Partner("a", strength=0.0, cost=0.1), Partner("b", strength=0.0, cost=0.02)),
    )
    found = quantal(CoalitionGame(), crisis, noise=0.1, method="recursion")
    expected = 1.0 / (1.0 + np.exp([1.0, 0.2]))
    np.testing.assert_allclose(list(found.join.values()), expected, atol=ROUNDING)


def test_log_partition_differentiates_to_join_probabilities():
    """The derivative of log Z in a partner's cost is minus her join probability over the noise."""
    crisis, game, noise, step = crisis_of(11, 40), CoalitionGame(pricing="additive"), 0.05, 1e-4

    def log_partition(cost: float) -> float:
        partners = (replace(crisis.partners[0], cost=cost), *crisis.partners[1:])
        return quantal(game, replace(crisis, partners=partners), noise=noise).log_partition

    base = crisis.partners[0].cost + step
    slope = (log_partition(base + step) - log_partition(base - step)) / (2 * step)
    changed = replace(
        crisis, partners=(replace(crisis.partners[0], cost=base), *crisis.partners[1:])
    )
    join = quantal(game, changed, noise=noise).join["P0"]
    assert slope == pytest.approx(-join / noise, abs=1e-5)


def test_two_methods_agree_on_190_partners():
    """At a vanishing friction the frozen-price recursion gives what the separable one gives."""
    crisis = crisis_of(13, 190)
    separable = quantal(CoalitionGame(pricing="additive"), crisis, noise=0.2)
    frozen = quantal(CoalitionGame(pricing="additive", friction=1e-13), crisis, noise=0.2)
    assert separable.status == frozen.status == "converged"
    np.testing.assert_allclose(
        list(separable.join.values()), list(frozen.join.values()), atol=MOVING
    )
    assert separable.log_partition == pytest.approx(frozen.log_partition, abs=MOVING)


@pytest.mark.parametrize(
    "rules",
    [
        {"pricing": "additive"},
        {"pricing": "additive", "friction": 0.1},
        {"pricing": "pivotal"},
    ],
)
def test_draws_follow_the_law(rules):
    """Coalitions drawn one choice at a time have the frequencies of enumeration, by chi-square."""
    crisis, game, noise, many = crisis_of(17, 6), CoalitionGame(**rules), 0.2, 40_000
    _, probability = enumerated(game, crisis, noise)
    found = quantal(game, crisis, noise=noise, method="recursion")
    drawn = found.draw(many, seed=1) @ (1 << np.arange(6))
    seen = np.bincount(drawn, minlength=64)
    expected = many * probability
    common = expected >= 5.0
    statistic = ((seen - expected)[common] ** 2 / expected[common]).sum()
    degrees = common.sum() - 1
    assert statistic < degrees + SIGMAS * np.sqrt(2.0 * degrees)
    assert seen[~common].sum() < expected[~common].sum() + SIGMAS * np.sqrt(5.0 * 64)


@pytest.mark.parametrize("friction", [0.0, 0.1])
def test_pairs_equal_enumeration(friction):
    """Two partners' joint probability is that of one times the other's, given the first."""
    crisis, game = crisis_of(19, 7), CoalitionGame(pricing="additive", friction=friction)
    exact = quantal(game, crisis, noise=0.1, method="enumeration")
    found = quantal(game, crisis, noise=0.1, method="recursion")
    within = 10 * TOLERANCE if friction == 0.0 else MOVING
    np.testing.assert_allclose(found.pairs(), exact.pairs(), atol=within)
    np.testing.assert_allclose(found.size, exact.size, atol=within)
    assert found.bill == pytest.approx(exact.bill, abs=within)
    assert found.victory == pytest.approx(exact.victory, abs=within)


@pytest.mark.parametrize("seed", range(4))
def test_pairs_under_pivotal_pricing_err_as_the_response_says(seed):
    """A partner who is in for certain keeps the kink of her own price."""
    crisis, game = crisis_of(seed, 9), CoalitionGame(pricing="pivotal", friction=0.02)
    exact = quantal(game, crisis, noise=0.2, method="enumeration")
    found = quantal(game, crisis, noise=0.2, method="recursion")
    apart = np.abs(found.pairs() - exact.pairs()).max()
    assert apart <= 5.0 * max(found.error, MOVING)


def test_many_crises_at_once_are_as_one_by_one():
    """Threads change nothing in the answers."""
    crises = [crisis_of(seed, 25) for seed in range(6)]
    game = CoalitionGame(pricing="additive")
    together = quantal_many(game, crises, noise=0.1)
    for crisis, found in zip(crises, together, strict=True):
        assert found.join == quantal(game, crisis, noise=0.1).join


def test_many_crises_summed_over_together_are_as_one_by_one():
    """One compiled loop over all crises gives each the answer that it has by itself."""
    crises = [crisis_of(seed, 12 + seed % 30) for seed in range(50)]
    game = CoalitionGame(pricing="additive")
    together = quantal_many(game, crises, noise=0.05)
    assert sum(isinstance(found._answer.found, Deferred) for found in together) >= 30
    for crisis, found in list(zip(crises, together, strict=True))[::7]:
        alone = quantal(game, crisis, noise=0.05)
        assert found.status in ("converged", "exact")
        np.testing.assert_allclose(
            list(found.join.values()), list(alone.join.values()), atol=TOLERANCE
        )
        assert found.log_partition == pytest.approx(alone.log_partition, abs=TOLERANCE)
        assert found.bill == pytest.approx(alone.bill, abs=10 * TOLERANCE)
        assert found.victory == pytest.approx(alone.victory, abs=10 * TOLERANCE)
        np.testing.assert_allclose(found.size, alone.size, atol=TOLERANCE)


def test_a_response_prints_and_turns_into_json_and_a_frame():
    """A result reads well, and its dictionary survives JSON."""
    found = CoalitionGame().quantal(crisis_of(23, 14), noise=0.1)
    assert "a coalition forms with probability" in str(found)
    assert "and 4 more" in str(found)
    again = json.loads(json.dumps(found.to_dict()))
    assert again["join"] == found.join
    assert found.to_frame()["join"].is_sorted(descending=True)
    assert found.plot() is not None


@pytest.mark.parametrize("noise", [0.0, -1.0, float("nan"), float("inf")])
def test_noise_must_be_positive(noise):
    """Noise outside its range is refused by name."""
    with pytest.raises(ScenarioError, match="noise"):
        quantal(CoalitionGame(), crisis_of(1, 3), noise=noise)


@pytest.mark.parametrize("size", [2.5, -1, True, "3"])
def test_draws_are_a_whole_number(size):
    """A size that is no number of draws is refused by name."""
    found = quantal(CoalitionGame(), crisis_of(1, 3), noise=0.1)
    with pytest.raises(ScenarioError, match=f"size is {size!r}"):
        found.draw(size, seed=1)


def test_no_draws_are_an_empty_array():
    """None may be asked for, whatever the method."""
    for n, method in ((3, "enumeration"), (3, "recursion"), (30, "auto")):
        found = quantal(CoalitionGame(), crisis_of(1, n), noise=0.1, method=method)
        assert found.draw(0, seed=1).shape == (0, n)


@pytest.mark.parametrize(("noise", "status"), [(0.1, "exact"), (1e-10, "limit")])
def test_enumeration_counts_what_rounding_may_change(noise, status):
    """Between ties rounding decides where noise is as small, and the error says so."""
    partners = tuple(Partner(f"P{i}", strength=0.3, cost=0.3) for i in range(6))
    crisis = replace(crisis_of(1, 2), partners=partners)
    found = quantal(CoalitionGame(), crisis, noise=noise)
    assert found.status == status
    assert np.finfo(float).eps / noise / 10 < found.error <= 1.0
    assert np.ptp(list(found.join.values())) <= found.error
