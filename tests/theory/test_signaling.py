"""The equilibria of the signalling game against brute force, and what they say about war."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from willing.errors import ScenarioError
from willing.theory.contest import RatioContest
from willing.theory.signaling.signaling_equilibrium import (
    LEVELS,
    STANCES,
    TYPES,
    SignalingEquilibrium,
)
from willing.theory.signaling.signaling_game import SignalingGame

# Expected payoffs are sums of a few products of order one.
ROUNDING = 1e-9
# The belief intervals of a pure equilibrium are compared with a grid of this many beliefs.
GRID = np.linspace(0.0, 1.0, 101)
# A grid belief this close to the end of an interval may fall on either side of it.
EDGE = 1e-9

EXAMPLE = SignalingGame(
    strength=1.0,
    reserve=0.5,
    target_strength=1.0,
    partner_strength=0.5,
    prior=0.4,
    cost_resolute=0.1,
    cost_irresolute=0.9,
    target_cost=0.6,
    mobilization_cost=0.1,
    partner_cost=0.1,
    skittishness=0.5,
    side_payment=0.05,
)


@st.composite
def games(draw: st.DrawFn) -> SignalingGame:
    """Draw a game; side payments are positive, so that the partner is generically decided."""

    def between(low: float, high: float) -> float:
        return draw(st.floats(low, high, allow_subnormal=False))

    resolute = between(0.0, 1.0)
    return SignalingGame(
        strength=between(0.1, 2.0),
        reserve=between(0.05, 1.5),
        target_strength=between(0.1, 3.0),
        partner_strength=between(0.05, 1.5),
        prior=between(0.02, 0.98),
        cost_resolute=resolute,
        cost_irresolute=resolute + between(0.05, 1.5),
        target_cost=between(0.0, 1.0),
        mobilization_cost=between(0.01, 0.6),
        stake=between(-0.3, 1.2),
        partner_cost=between(0.0, 0.5),
        skittishness=between(0.0, 0.8),
        side_payment=between(0.005, 0.2),
        security=between(0.0, 1.0),
        office=between(0.0, 2.0),
        contest=RatioContest(between(0.5, 2.0)),
    )


def random_game(rng: np.random.Generator) -> SignalingGame:
    """Draw a generic game."""
    resolute = rng.uniform(0.0, 0.8)
    return SignalingGame(
        strength=rng.uniform(0.1, 2.0),
        reserve=rng.uniform(0.05, 1.5),
        target_strength=rng.uniform(0.1, 3.0),
        partner_strength=rng.uniform(0.05, 1.5),
        prior=rng.uniform(0.02, 0.98),
        cost_resolute=resolute,
        cost_irresolute=resolute + rng.uniform(0.05, 1.5),
        target_cost=rng.uniform(0.0, 1.0),
        mobilization_cost=rng.uniform(0.01, 0.6),
        stake=rng.uniform(-0.3, 1.2),
        partner_cost=rng.uniform(0.0, 0.5),
        skittishness=rng.uniform(0.0, 0.8),
        side_payment=rng.uniform(0.005, 0.2),
        security=rng.uniform(0.0, 1.0),
        office=rng.uniform(0.0, 2.0),
    )


def terminal(
    game: SignalingGame, resolve: int, level: int, support: int, resists: int, fights: int
) -> tuple[float, float, float]:
    """Give the payoffs of leader, partner and target at the end of one path of play."""
    M = game.strength + level * game.reserve + support * game.partner_strength
    p = float(game.contest(M, game.target_strength))
    B = 1.0 + game.office * (1.0 - game.security)
    spent = level * game.mobilization_cost + support * game.side_payment
    received = support * game.side_payment
    if not resists:
        return B - spent, game.stake + received, 0.0
    if not fights:
        return -spent, received, 1.0
    war = (game.cost_irresolute, game.cost_resolute)[resolve]
    burden = support * (game.partner_cost + level * game.skittishness)
    return (
        B * p - war - spent,
        game.stake * p - burden + received,
        1.0 - p - game.target_cost,
    )


def brute_force(game: SignalingGame) -> dict[tuple[Any, ...], set[tuple[int, int]]]:
    """Try every pure strategy profile with every pair of grid beliefs, by definition.

    Keys are (messages by type; support, resistance out and with support, and fights by type and
    stance, after low and after high); values the grid positions of the beliefs after low and high
    that make every choice rational. Bayes' rule is imposed where a message is sent.
    """
    responses: list[dict[tuple[int, ...], list[int]]] = []
    for level in (0, 1):
        rational: dict[tuple[int, ...], list[int]] = {}
        for profile in itertools.product((0, 1), repeat=7):
            support, resist, fight = profile[0], profile[1:3], (profile[3:5], profile[5:7])

            def play(
                t: int, s: int, r: int, f: int, level: int = level
            ) -> tuple[float, float, float]:
                return terminal(game, t, level, s, r, f)

            if any(
                play(t, s, 1, fight[t][s])[0] < play(t, s, 1, 1 - fight[t][s])[0] - ROUNDING
                for t in (0, 1)
                for s in (0, 1)
            ):
                continue
            good = []
            for position, belief in enumerate(GRID):
                weight = (1.0 - belief, belief)

                def expected(s: int, r: int, who: int, weight=weight, play=play, fight=fight):  # type: ignore[no-untyped-def]
                    return sum(weight[t] * play(t, s, r, fight[t][s])[who] for t in (0, 1))

                target = all(
                    expected(s, resist[s], 2) >= expected(s, 1 - resist[s], 2) - ROUNDING
                    for s in (0, 1)
                )
                other = 1 - support
                partner = (
                    expected(support, resist[support], 1)
                    >= expected(other, resist[other], 1) - ROUNDING
                )
                if target and partner:
                    good.append(position)
            rational[profile] = good
        responses.append(rational)
    found: dict[tuple[Any, ...], set[tuple[int, int]]] = {}
    prior = round(game.prior * (len(GRID) - 1))
    for messages in itertools.product((0, 1), repeat=2):
        for low, high in itertools.product(responses[0], responses[1]):
            chosen = (low, high)

            def value(t: int, level: int, chosen=chosen):  # type: ignore[no-untyped-def]
                support, fight = chosen[level][0], chosen[level][3 + 2 * t : 5 + 2 * t]
                resists = chosen[level][1 + support]
                return terminal(game, t, level, support, resists, fight[support])[0]

            if any(value(t, messages[t]) < value(t, 1 - messages[t]) - ROUNDING for t in (0, 1)):
                continue
            allowed = []
            for level in (0, 1):
                senders = [t for t in (0, 1) if messages[t] == level]
                posterior = {0: 0, 1: len(GRID) - 1}[senders[0]] if len(senders) == 1 else prior
                beliefs = responses[level][chosen[level]]
                allowed.append([b for b in beliefs if not senders or b == posterior])
            pairs = set(itertools.product(*allowed))
            if pairs:
                found[(messages, low, high)] = pairs
    return found


def profile_of(eq: SignalingEquilibrium) -> tuple[Any, ...]:
    """Write a pure equilibrium as a key of `brute_force`."""
    after = [
        (
            round(eq.support[level]),
            *(round(eq.resist[level][stance]) for stance in STANCES),
            *(int(eq.fight[resolve][level][stance]) for resolve in TYPES for stance in STANCES),
        )
        for level in LEVELS
    ]
    return (tuple(round(eq.mobilize[resolve]) for resolve in TYPES), *after)


def on_grid(interval: tuple[float, float], slack: float) -> set[int]:
    """Give the grid positions inside an interval widened by `slack`."""
    return set(np.flatnonzero((interval[0] - slack <= GRID) & (interval[1] + slack >= GRID)))


def check_against_brute_force(game: SignalingGame) -> int:
    """Compare the pure equilibria with brute force; give their number."""
    expected = brute_force(game)
    pure = {profile_of(eq): eq for eq in game.equilibria() if eq.pure}
    for key, eq in pure.items():
        inner = set(itertools.product(*(on_grid(eq.belief[level], -EDGE) for level in LEVELS)))
        outer = set(itertools.product(*(on_grid(eq.belief[level], EDGE) for level in LEVELS)))
        assert inner <= expected.get(key, set()) <= outer
    assert set(expected) <= set(pure)
    return len(pure)


def test_pure_equilibria_equal_brute_force_over_strategies_and_beliefs() -> None:
    """Every pure equilibrium and its beliefs are those found by trying all strategies."""
    rng = np.random.default_rng(7)
    counts = []
    for _ in range(30):
        game = random_game(rng)
        # A prior on the grid is its own posterior after pooling.
        counts.append(check_against_brute_force(replace(game, prior=round(game.prior, 2))))
    assert max(counts) > 1


def test_pure_equilibria_equal_brute_force_under_ties() -> None:
    """Ties keep both sides: costless partners, dummies without strength, exact indifference."""
    tied = [
        replace(EXAMPLE, side_payment=0.0),
        replace(EXAMPLE, side_payment=0.0, partner_strength=0.0),
        replace(EXAMPLE, cost_resolute=0.5, cost_irresolute=0.6),
        replace(EXAMPLE, mobilization_cost=0.0, side_payment=0.0),
    ]
    assert all(check_against_brute_force(game) > 0 for game in tied)


def violation(game: SignalingGame, eq: SignalingEquilibrium) -> float:
    """Give the largest gain from a one-step deviation, or breach of Bayes' rule, by definition."""
    worst = 0.0
    values = np.zeros((2, 2))  # type, level
    for level, name in enumerate(LEVELS):
        fight = [[int(eq.fight[t][name][s]) for s in STANCES] for t in TYPES]
        resist = [eq.resist[name][s] for s in STANCES]
        sent = [
            eq.sends(t, name) * (game.prior if t == "resolute" else 1.0 - game.prior) for t in TYPES
        ]
        if sum(sent) > 0.0:
            posterior = sent[1] / sum(sent)
            worst = max(worst, *(abs(b - posterior) for b in eq.belief[name]))
        for belief in eq.belief[name]:
            weight = (1.0 - belief, belief)
            support_value = []
            for s in (0, 1):
                for t in (0, 1):
                    at = [terminal(game, t, level, s, 1, f)[0] for f in (0, 1)]
                    worst = max(worst, max(at) - at[fight[t][s]])
                target = [
                    sum(weight[t] * terminal(game, t, level, s, r, fight[t][s])[2] for t in (0, 1))
                    for r in (0, 1)
                ]
                mixed = resist[s] * target[1] + (1 - resist[s]) * target[0]
                worst = max(worst, max(target) - mixed)
                support_value.append(
                    sum(
                        weight[t] * q * terminal(game, t, level, s, r, fight[t][s])[1]
                        for t in (0, 1)
                        for r, q in ((0, 1 - resist[s]), (1, resist[s]))
                    )
                )
            mixed = eq.support[name] * support_value[1] + (1 - eq.support[name]) * support_value[0]
            worst = max(worst, max(support_value) - mixed)
        for t in (0, 1):
            values[t, level] = sum(
                chance * q * terminal(game, t, level, s, r, fight[t][s])[0]
                for s, chance in ((0, 1 - eq.support[name]), (1, eq.support[name]))
                for r, q in ((0, 1 - resist[s]), (1, resist[s]))
            )
    for t, name in enumerate(TYPES):
        high = eq.mobilize[name]
        worst = max(worst, values[t].max() - (high * values[t, 1] + (1 - high) * values[t, 0]))
    return float(worst)


@given(games())
@settings(max_examples=300, deadline=None)
def test_nobody_gains_by_deviating_from_an_equilibrium(game: SignalingGame) -> None:
    """Every equilibrium, mixed ones included, has rational choices and Bayesian beliefs."""
    for eq in game.equilibria():
        assert violation(game, eq) <= ROUNDING
        outcomes = (eq.war_probability, eq.concession_probability, eq.backdown_probability)
        assert math.isclose(sum(outcomes), 1.0, abs_tol=ROUNDING)


def test_every_generic_game_has_an_equilibrium_that_survives_d1() -> None:
    """Existence: a generic game has an equilibrium, which no incomplete enumeration guarantees."""
    rng = np.random.default_rng(11)
    drawn = [random_game(rng) for _ in range(3000)]
    assert all(game.equilibria(refinement="d1") for game in drawn)
    assert any(not any(eq.pure for eq in game.equilibria()) for game in drawn)


def test_d1_survivors_survive_the_intuitive_criterion() -> None:
    """D1 rules out whatever the intuitive criterion rules out."""
    rng = np.random.default_rng(12)
    for _ in range(500):
        for eq in random_game(rng).equilibria():
            assert "d1" not in eq.survives or "intuitive" in eq.survives


def test_bluffing_leaves_the_target_indifferent() -> None:
    """The bluff leaves the target indifferent, resistance the bluffer: textbook closed forms."""
    game = SignalingGame(
        strength=0.5,
        reserve=0.5,
        target_strength=1.5,
        partner_strength=0.0,
        prior=0.3,
        cost_resolute=0.05,
        cost_irresolute=0.9,
        target_cost=0.8,
        mobilization_cost=0.2,
        partner_cost=0.1,
    )
    bluffing = [eq for eq in game.equilibria() if eq.kind == "semi-separating"]
    p = float(game.victory[1, 0])
    threshold = 1.0 / (p + game.target_cost)
    odds = game.prior / (1 - game.prior)
    bluff = odds * (1 - threshold) / threshold
    resistance = 1.0 - game.mobilization_cost / game.victory_value
    assert bluffing
    for eq in bluffing:
        assert math.isclose(eq.bluff, bluff, rel_tol=ROUNDING)
        stance = "support" if eq.support["high"] == 1.0 else "out"
        assert math.isclose(eq.resist["high"][stance], resistance, rel_tol=ROUNDING)


def test_support_of_a_skittish_partner_has_its_closed_form() -> None:
    """Where a leader left alone backs down, resistance and support leave two sides indifferent."""
    game = SignalingGame(
        strength=1.0,
        reserve=0.7,
        target_strength=3.5,
        partner_strength=0.6,
        prior=0.7,
        cost_resolute=0.35,
        cost_irresolute=0.75,
        target_cost=0.7,
        mobilization_cost=0.4,
        stake=0.5,
        partner_cost=0.05,
        skittishness=0.9,
        side_payment=0.02,
    )
    (eq,) = game.equilibria(refinement="d1")
    p, B, x, v = float(game.victory[1, 1]), game.victory_value, game.side_payment, game.stake
    mu = 1 / (p + game.target_cost)
    resist = (x + v) / (v - mu * (v * p - game.partner_cost - game.skittishness))
    support = (game.mobilization_cost - x) / ((1 - resist) * B - x)
    assert math.isclose(eq.resist["high"]["support"], resist, rel_tol=ROUNDING)
    assert math.isclose(eq.support["high"], support, rel_tol=ROUNDING)
    assert math.isclose(eq.war_probability, game.prior * support * resist, rel_tol=ROUNDING)


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("strength", 0.0, "above 0"),
        ("partner_strength", -0.1, "at least 0"),
        ("prior", 1.0, "strictly between 0 and 1"),
        ("prior", math.nan, "from 0 to 1"),
        ("security", 1.2, "from 0 to 1"),
        ("cost_irresolute", 0.05, "above cost_resolute"),
        ("contest", lambda M, m_T: -M, "probability"),
    ],
)
def test_bad_parameters_are_named_with_their_range(field: str, value: Any, allowed: str) -> None:
    """A bad parameter raises a message that names the field and what it may be."""
    with pytest.raises(ScenarioError, match=f"(?s){field}.*{allowed}"):
        replace(EXAMPLE, **{field: value})


def test_unknown_refinement_is_refused() -> None:
    """An unknown refinement is named together with those that exist."""
    with pytest.raises(ScenarioError, match="none, intuitive, d1"):
        EXAMPLE.equilibria(refinement="divinity")  # type: ignore[arg-type]
