"""The claims about expansion and signals come out as stated, and their checks can fail."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from willing.theory.bargaining.crisis_game import CrisisGame
from willing.theory.expansion.expansion_game import ExpansionGame
from willing.theory.propositions import Claim, Verdict, check_claim, checking, contradicts
from willing.theory.propositions.expansion_claims import ExpansionGames, never_falls
from willing.theory.propositions.scenarios import scenario_text
from willing.theory.propositions.signals import SignalingGames, compares
from willing.theory.propositions.wider_catalogue import WIDER_CLAIMS
from willing.theory.signaling.signaling_equilibrium import SignalingEquilibrium
from willing.theory.wider_scenario import read_expansion, read_signaling

CLAIMS = {claim.name: claim for claim in WIDER_CLAIMS}
GAMES, SEARCHED = 60, 200
# More random games than any claim that fails here takes to fail.
MOST = 3000


def first_failure(claim: Claim) -> Any:
    """Give the first random scenario that contradicts a claim, or None."""
    rng = np.random.default_rng(31)
    drawn = (claim.assumptions.draw(rng, claim.partners[-1]) for _ in range(MOST))
    return next((scenario for scenario in drawn if contradicts(claim, scenario)), None)


@cache
def verdict_on(claim: Claim) -> Verdict:
    """Check a claim on random games, once for all that is asked of the verdict."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "SIMPLIFIED", 1)
        # The rarest counterexample is one game in some thousands; 25 times as many are looked at.
        return check_claim(claim, games=GAMES if claim.stated == "holds" else SEARCHED)


@pytest.mark.parametrize("claim", WIDER_CLAIMS, ids=lambda claim: claim.name)
def test_claim_comes_out_as_stated(claim: Claim) -> None:
    """Every claim holds, or fails, on random games as the catalogue says."""
    assert verdict_on(claim).as_stated


@pytest.mark.parametrize(
    "claim", [one for one in WIDER_CLAIMS if one.stated == "holds"], ids=lambda claim: claim.name
)
def test_something_happens_in_one_game_in_eight(claim: Claim) -> None:
    """No claim about the wider games holds for want of games that could contradict it."""
    verdict = verdict_on(claim)
    assert verdict.events is not None
    assert 8 * verdict.events >= verdict.games


@pytest.mark.parametrize(
    ("name", "module", "method"),
    [
        ("expansion-victory", ExpansionGame, "solve"),
        ("expansion-victory", ExpansionGame, "path"),
        ("crisis-war-security", CrisisGame, "solve"),
        ("crisis-war-security", CrisisGame, "path"),
    ],
)
def test_a_broken_solver_is_noticed(
    name: str, module: Any, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Solvers that answer for another leader, twice as strong, are said to be wrong."""
    right = getattr(module, method)

    def wrong(game: Any, crisis: Any, *others: Any, **options: Any) -> Any:
        leader = replace(crisis.leader, strength=2.0 * crisis.leader.strength)
        return right(game, replace(crisis, leader=leader), *others, **options)

    monkeypatch.setattr(module, method, wrong)
    verdict = check_claim(CLAIMS[name], games=100)
    assert verdict.disagreement is not None
    assert not verdict.as_stated


def war(eq: SignalingEquilibrium) -> float:
    """Give the probability of war."""
    return eq.war_probability


MUTANTS = [
    ("expansion-victory", {"violation": never_falls(lambda won, cost: -won, "minus victory")}),
    ("expansion-cost", {"violation": never_falls(lambda won, cost: -cost, "minus cost")}),
    ("expansion-restraint", {"assumptions": ExpansionGames(pricing="additive", cohesive=True)}),
    ("expansion-insecure-one", {"assumptions": ExpansionGames(), "partners": (1,)}),
    ("expansion-aligned", {"assumptions": ExpansionGames(response="target")}),
    ("signals-weak", {"violation": compares(war, "war", sign=1)}),
    ("signals-weak", {"assumptions": SignalingGames("mobilized")}),
    ("signals-strong", {"assumptions": SignalingGames("always")}),
    ("signals-bluff", {"violation": compares(lambda eq: eq.bluff, "bluff", sign=-1)}),
]


@pytest.mark.parametrize(("name", "change"), MUTANTS)
def test_a_claim_without_what_makes_it_true_is_contradicted(
    name: str, change: dict[str, Any]
) -> None:
    """Turned round, or without its assumption, a claim that holds is found to fail."""
    mutant = replace(CLAIMS[name], stated="fails", **change)
    assert first_failure(mutant) is not None


@pytest.mark.parametrize("name", ["expansion-restraint-any", "signals-bluff-war"])
def test_counterexample_can_be_replayed_from_its_file(name: str, tmp_path: Path) -> None:
    """The file of a counterexample holds the scenario that contradicts the claim."""
    found = first_failure(CLAIMS[name])
    assert found is not None
    path = tmp_path / "found.toml"
    path.write_text(scenario_text(found))
    again: Any
    if name.startswith("signals"):
        again = read_signaling(path)
    else:
        again = type(found)(*read_expansion(path))
    assert CLAIMS[name].violation(again) == CLAIMS[name].violation(found)
