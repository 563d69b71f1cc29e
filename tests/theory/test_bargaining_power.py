"""Partners with bargaining power, and stakes that are given, in every solver."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from willing.errors import ScenarioError
from willing.theory.bargaining.crisis_game import CrisisGame
from willing.theory.contest import LogisticContest, RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.equilibrium import margins
from willing.theory.expansion.expansion_game import ExpansionGame
from willing.theory.game import CoalitionGame
from willing.theory.payoffs import payoffs
from willing.theory.propositions import contradicts
from willing.theory.propositions.power_catalogue import POWER_CLAIMS
from willing.theory.propositions.scenarios import Scenario
from willing.theory.quantal import quantal
from willing.theory.scenario import read_scenario, scenario_toml
from willing.theory.search.branch_and_bound import search_best
from willing.theory.search.enumeration import all_coalitions, best_by_enumeration
from willing.theory.search.search_options import Search

ROUNDING = 1e-9
COUNTEREXAMPLES = Path(__file__).parents[2] / "examples" / "counterexamples"


def draw(rng: np.random.Generator, n: int, **rules: Any) -> tuple[Crisis, CoalitionGame]:
    """Draw a crisis in which some stakes are given, and a game with bargaining power."""
    size = float(rng.choice([0.1, 0.4, 1.0]))
    crisis = Crisis(
        leader=Leader("L", strength=rng.uniform(0.1, 2.0), security=rng.uniform()),
        target=Target("T", strength=rng.uniform(0.1, 2.0)),
        partners=tuple(
            Partner(
                f"P{i}",
                strength=size * rng.uniform(),
                divergence=rng.uniform(0, 3),
                cost=size * rng.uniform(0, 0.3),
                benefit=size * rng.uniform(0, 0.1) * (rng.random() < 0.3),
                stake=rng.uniform(-1, 2) if rng.random() < 0.3 else None,
            )
            for i in range(n)
        ),
    )
    options: dict[str, Any] = {
        "office": rng.uniform(0, 3),
        "contest": (RatioContest if rng.random() < 0.6 else LogisticContest)(rng.uniform(0.3, 5)),
        "pricing": ("pivotal", "additive")[int(rng.integers(2))],
        "aversion": rng.uniform(0, 1),
        "friction": 0.1 * (rng.random() < 0.5),
        "power": float(rng.choice([rng.uniform(), 1.0])),
    }
    return crisis, CoalitionGame(**options | rules)


def by_definition(crisis: Crisis, game: CoalitionGame, members: Any) -> float:
    """Give the leader's payoff, each partner's pay being worked out by itself."""
    inside = np.flatnonzero(members)
    m = crisis.strengths

    def p(S: Any) -> float:
        return float(game.contest(crisis.leader.strength + m[S].sum(), crisis.target.strength))

    B, won = game.victory_value(crisis.leader.security), p(inside)
    value = B * won
    for i in inside:
        one = crisis.partners[i]
        added = won - p(inside[inside != i])
        v = 1.0 - game.aversion * one.divergence if one.stake is None else one.stake
        dislike = v * added if game.pricing == "pivotal" else v - 1.0
        least = max(0.0, one.cost - one.benefit - dislike)
        value -= least + game.power * max(0.0, B * added - least)
        value -= game.friction * won * one.divergence
    return value


def test_solvers_agree_with_the_definition():
    """Enumeration and branch and bound find the best coalition by the definition of the pay."""
    rng = np.random.default_rng(61)
    for _ in range(60):
        n = int(rng.integers(1, 7))
        crisis, game = draw(rng, n)
        terms = game.terms(crisis)
        best = max(by_definition(crisis, game, S) for S in all_coalitions(n))
        masks, gap = search_best(terms, np.arange(n), most=1, floor=-np.inf, search=Search())
        assert gap == 0.0
        assert best_by_enumeration(terms)[1] == pytest.approx(best, abs=ROUNDING)
        assert payoffs(terms, masks[0]) == pytest.approx(best, abs=ROUNDING)
        assert game.solve(crisis).value == pytest.approx(best, abs=ROUNDING)


def test_quantal_recursion_agrees_with_enumeration():
    """The recursion's chances are those of the sum over all coalitions, within its own error."""
    rng = np.random.default_rng(62)
    for _ in range(3):
        crisis, game = draw(rng, 11)
        exact = quantal(game, crisis, noise=0.05, method="enumeration")
        found = quantal(game, crisis, noise=0.05, method="recursion")
        for name, chance in exact.join.items():
            assert found.join[name] == pytest.approx(chance, abs=10 * found.error + ROUNDING)


def test_path_is_optimal_between_and_at_its_breakpoints():
    """At every security tried no coalition beats the one on the path."""
    rng = np.random.default_rng(63)
    for _ in range(6):
        crisis, game = draw(rng, 6)
        path = game.path(crisis)
        edges = [1.0, *path.breakpoints, 0.0]
        for names, high, low in zip(path.coalitions, edges[:-1], edges[1:], strict=True):
            for security in (high, 0.5 * (high + low), low):
                at = crisis.with_security(security)
                found = payoffs(game.terms(at), crisis.coalition(names))
                assert found >= game.solve(at).value - ROUNDING


def test_tolerated_divergence_is_where_acceptance_ends():
    """Just below the divergence printed a partner is worth taking, just above she is not."""
    rng = np.random.default_rng(64)
    looked_at = 0
    for _ in range(40):
        crisis, game = draw(rng, 4, power=float(rng.uniform(0.05, 0.95)))
        members = game.solve(crisis).members
        hat = margins(game, crisis, members).tolerated_divergence
        for i, partner in enumerate(crisis.partners):
            if not 1e-3 < hat[i] < 1e3:
                continue
            for factor, taken in ((0.999, True), (1.001, False)):
                partners = list(crisis.partners)
                partners[i] = replace(partner, divergence=factor * hat[i])
                gain = margins(game, replace(crisis, partners=tuple(partners)), members).value[i]
                assert (gain >= -ROUNDING) if taken else (gain <= ROUNDING)
            looked_at += 1
    assert looked_at > 30


def test_a_given_stake_equal_to_the_derived_one_changes_nothing():
    """Giving v = 1 - delta d says what divergence says."""
    crisis, game = draw(np.random.default_rng(65), 6)
    plain = replace(crisis, partners=tuple(replace(one, stake=None) for one in crisis.partners))
    told = replace(
        plain,
        partners=tuple(
            replace(one, stake=v)
            for one, v in zip(plain.partners, game.stakes(plain).tolist(), strict=True)
        ),
    )
    S = list(plain.names[:3])
    assert game.payoff(told, S) == pytest.approx(game.payoff(plain, S), abs=ROUNDING)
    assert game.solve(told).coalition == game.solve(plain).coalition


@pytest.mark.parametrize(
    "claim",
    [claim for claim in POWER_CLAIMS if claim.stated == "fails"],
    ids=lambda claim: claim.name,
)
def test_stored_counterexample_contradicts_its_claim(claim: Any):
    """The scenario kept as a counterexample meets the claim's assumptions and violates it."""
    stored = Scenario(*read_scenario(COUNTEREXAMPLES / f"{claim.name}.toml"))
    assert contradicts(claim, stored)


def test_power_and_stake_survive_being_written_and_read(tmp_path: Path):
    """A scenario file holds both."""
    scenario = draw(np.random.default_rng(66), 5)
    (tmp_path / "written.toml").write_text(scenario_toml(*scenario))
    assert read_scenario(tmp_path / "written.toml") == scenario


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: CoalitionGame(power=1.5), "game.power"),
        (lambda: CoalitionGame(power=0.5, implementation="unique"), "unique"),
        (lambda: CrisisGame(game=CoalitionGame(power=0.5)), "bargaining needs 0"),
        (lambda: ExpansionGame(game=CoalitionGame(power=0.5)), "expansion needs 0"),
        (lambda: Partner("P", strength=1.0, stake="much"), "stake"),  # type: ignore[arg-type]
    ],
)
def test_what_is_outside_its_range_is_refused_by_name(make: Any, named: str):
    """The message names the field and says what is allowed."""
    with pytest.raises(ScenarioError, match=named):
        make()
