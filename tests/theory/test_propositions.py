"""The propositions: each comes out as stated, and each check can fail."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from command_line import run
from willing.cli import app
from willing.theory import propositions, security_path
from willing.theory.propositions import (
    check_claim,
    checking,
    contradicts,
    cutoffs,
    paths,
    solver_agreement,
)
from willing.theory.propositions.assumptions import Assumptions
from willing.theory.propositions.choice_catalogue import CHOICE_CLAIMS
from willing.theory.propositions.claim import Claim
from willing.theory.propositions.cutoff_catalogue import CUTOFF_CLAIMS
from willing.theory.propositions.cutoffs import cutoffs_never
from willing.theory.propositions.derivations import Derivation, Step
from willing.theory.propositions.scenarios import (
    Scenario,
    complexity,
    draw_scenario,
    scenario_text,
    simplify,
)
from willing.theory.scenario import read_scenario
from willing.theory.search import optimum
from willing.theory.search.enumeration import best_by_enumeration
from willing.theory.search.envelope import optimal_lines
from willing.theory.search.one_partner import one_partner

ROOT = Path(__file__).parents[2]
COUNTEREXAMPLES = ROOT / "examples" / "counterexamples"
CLAIMS = CUTOFF_CLAIMS + CHOICE_CLAIMS
BY_NAME = {claim.name: claim for claim in CLAIMS}
HOLDING = [claim for claim in CLAIMS if claim.stated == "holds"]
# Of a claim that comes out as stated, and at a time, until it is refuted, of one reversed.
GAMES, FEW = 90, 30


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_claim_comes_out_as_stated(claim, monkeypatch):
    """Claims that hold have no counterexample; one is found for each that does not."""
    monkeypatch.setattr(checking, "SIMPLIFIED", 1)
    verdict = check_claim(claim, games=GAMES, seed=1)
    assert verdict.as_stated, verdict.counterexample


def reverse(claim: Claim, patch: pytest.MonkeyPatch) -> Claim:
    """Give a claim that says the opposite, or too much."""
    parts = claim.name.split("-never-")
    if len(parts) == 2:
        parameter, rest = parts[0].replace("-", " "), parts[1]
        direction = "falls" if rest.startswith("rises") else "rises"
        return replace(claim, violation=cutoffs_never(parameter, direction))
    if claim.name == "h2-one":
        return replace(claim, violation=cutoffs_never("security", "falls"))
    if claim.name == "h1-one":
        # A cutoff that comes too early.
        def hasty(**game):
            solution = one_partner(**game)
            return replace(solution, security_cutoff=0.5 * solution.security_cutoff)

        patch.setattr(cutoffs, "one_partner", hasty)
    elif claim.name.startswith(("price-cap", "marginal-cost")):
        added = paths.added_victory
        patch.setattr(paths, "added_victory", lambda found: 0.3 * added(found))
    else:
        patch.setattr(paths, "SECURITIES", paths.SECURITIES[::-1])
    return claim


@pytest.mark.parametrize("claim", HOLDING, ids=lambda claim: claim.name)
def test_reversed_claim_is_refuted(claim, monkeypatch):
    """The check of every claim that holds finds a counterexample to its opposite."""
    monkeypatch.setattr(checking, "SIMPLIFIED", 1)
    verdict = check_claim(replace(reverse(claim, monkeypatch), stated="fails"), games=FEW)
    assert verdict.counterexample is not None


def second_best(terms):
    """Break the enumeration: the best coalition less one member, or somebody alone."""
    members, value = best_by_enumeration(terms)
    broken = members.copy()
    broken[0] = not broken[0]
    return broken, value


BROKEN = [
    (optimum, "best_by_enumeration", second_best, "game.solve"),
    (security_path, "optimal_lines", lambda *a, **k: first_line_only(*a, **k), "game.path"),
    (solver_agreement, "search_best", lambda *a, **k: (nobody(a[1]), 0.0), "branch and bound"),
]


def first_line_only(*arguments, **options):
    """Break the path: the most secure leader's coalition at every security."""
    lines, _, gap = optimal_lines(*arguments, **options)
    return lines[:1], [], gap


def nobody(partners):
    """Break the search: it never finds anybody worth taking."""
    return np.zeros((1, len(partners)), dtype=bool)


@pytest.mark.parametrize(("module", "name", "broken", "said"), BROKEN)
def test_a_broken_solver_is_noticed(module, name, broken, said, monkeypatch):
    """A claim that holds is not reported as holding if a solver gives something else."""
    monkeypatch.setattr(module, name, broken)
    verdict = check_claim(BY_NAME["h1-victory"], games=60)
    assert verdict.counterexample is None
    assert not verdict.as_stated
    assert said in str(verdict)


@pytest.mark.parametrize("claim", HOLDING, ids=lambda claim: claim.name)
def test_something_happens_in_the_games_of_every_claim_that_holds(claim):
    """No claim holds for want of games that could contradict it."""
    rng = np.random.default_rng(2)
    drawn = (claim.assumptions.draw(rng, claim.partners[-1]) for _ in range(40))
    assert any(claim.event.happens(scenario) for scenario in drawn)


def test_claim_put_forward_as_false_must_be_refuted():
    """A claim stated to fail does not pass where it holds: among partners who are alike."""
    claim = replace(
        BY_NAME["average-divergence"],
        assumptions=Assumptions(alike=("strength", "cost", "benefit")),
    )
    assert not check_claim(claim, games=20).as_stated


FAILING = [claim for claim in CHOICE_CLAIMS if claim.stated == "fails"]


@pytest.mark.parametrize("claim", FAILING, ids=lambda claim: claim.name)
def test_stored_counterexample_contradicts_its_claim(claim):
    """The scenario kept as a counterexample meets the claim's assumptions and violates it."""
    stored = Scenario(*read_scenario(COUNTEREXAMPLES / f"{claim.name}.toml"))
    assert contradicts(claim, stored)


def test_average_divergence_can_fall_with_security():
    """In the stored counterexample the solver itself lets the average divergence fall as the
    leader becomes less secure, with the fewest partners with whom it can."""
    crisis, game = read_scenario(COUNTEREXAMPLES / "average-divergence.toml")

    def average(security: float) -> float:
        found = game.solve(crisis.with_security(security))
        return float(crisis.divergences[found.members].mean())

    assert average(0.0) < average(1.0)
    assert len(crisis.partners) == 2


@pytest.mark.parametrize("claim", HOLDING, ids=lambda claim: claim.name)
def test_derivation_is_verified(claim):
    """Every claim that holds is derived, by identities that sympy verifies."""
    assert claim.derivation is not None
    derivation = claim.derivation()
    assert derivation.steps
    assert derivation.holds()


def test_wrong_derivation_is_not_verified():
    """A derivation with a false step does not hold."""
    import sympy

    x = sympy.symbols("x")
    assert not Derivation((Step("wrong", (x + 1) ** 2, x**2 + 1),), "nothing").holds()


@pytest.mark.parametrize("seed", range(10))
def test_scenario_text_reads_back(seed, tmp_path):
    """A scenario written to a file is the one that is read."""
    scenario = draw_scenario(np.random.default_rng(seed), 3, benefit=True)
    file = tmp_path / "scenario.toml"
    file.write_text(scenario_text(scenario))
    assert Scenario(*read_scenario(file)) == scenario


def test_simplifying_keeps_the_property():
    """A simplified scenario is no more complex and still has the property asked for."""
    rng = np.random.default_rng(3)

    def strong(scenario: Scenario) -> bool:
        return bool(scenario.crisis.strengths.sum() > 0.7)

    scenario = next(s for s in (draw_scenario(rng, 4) for _ in range(50)) if strong(s))
    simple = simplify(scenario, strong)
    assert strong(simple)
    assert complexity(simple) < complexity(scenario)
    assert len(simple.crisis.partners) == 1


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.name)
def test_random_games_meet_the_assumptions(claim):
    """Every game drawn for a claim is one that it speaks of."""
    rng = np.random.default_rng(0)
    for n in claim.partners:
        for _ in range(20):
            assert claim.assumptions.met(claim.assumptions.draw(rng, n))


def test_command_prints_verdicts_as_json():
    """`willing check --json` prints one verdict a claim and exits with 0 if all are as stated."""
    arguments = ["check", "--games", "60", "--claim", "h1-victory", "--claim", "nested", "--json"]
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["as_stated"]
    holds, fails = result["claims"]
    assert (holds["claim"], holds["counterexample"]) == ("h1-victory", None)
    assert fails["counterexample"]["partners"] == 2


def test_command_writes_counterexamples_that_contradict(tmp_path):
    """`willing check --out` writes scenario files that violate the claim they are named after."""
    arguments = ["check", "--games", "200", "--claim", "nested", "--out", str(tmp_path)]
    assert run(*arguments).returncode == 0
    assert contradicts(BY_NAME["nested"], Scenario(*read_scenario(tmp_path / "nested.toml")))


def test_command_fails_when_a_claim_does(monkeypatch):
    """A claim that should hold and does not makes `willing check` exit with 1."""
    wrong = replace(BY_NAME["nested"], stated="holds")
    monkeypatch.setattr(propositions, "CLAIMS", (wrong,))
    done = CliRunner().invoke(app, ["check", "--games", "200"])
    assert done.exit_code == 1
    assert "NOT AS STATED" in done.output


def test_command_prints_derivations():
    """`willing check --derivations` prints the steps and says that they are verified."""
    done = CliRunner().invoke(app, ["check", "--derivations", "--claim", "strength-never-falls"])
    assert done.exit_code == 0
    assert "strength-never-falls (verified)" in done.output


def test_unknown_claim_is_refused():
    """A claim that does not exist ends in a message that lists those that do, and code 2."""
    done = run("check", "--claim", "h3")
    assert done.returncode == 2
    assert "h1-victory" in done.stderr


def test_page_on_the_propositions_names_every_claim():
    """The documentation speaks of every claim that is checked."""
    page = (ROOT / "docs" / "propositions.md").read_text()
    assert [claim.name for claim in CLAIMS if f"`{claim.name}`" not in page] == []


def test_page_on_the_propositions_shows_what_the_command_prints():
    """The counterexample that the documentation discusses is replayed there as it comes out."""
    page = (ROOT / "docs" / "propositions.md").read_text()
    file = COUNTEREXAMPLES / "average-divergence.toml"
    done = CliRunner().invoke(app, ["solve", "--path", str(file)])
    printed = "\n".join(line.rstrip() for line in done.output.strip().splitlines())
    assert printed in page
