"""Crisis bargaining against a grid of demands, loops over coalitions and enumeration."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import ScenarioError
from willing.theory.bargaining import crisis_quantal
from willing.theory.bargaining.crisis_game import CrisisGame
from willing.theory.bargaining.crisis_pictures import war_over_strength
from willing.theory.bargaining.demands import best_demands
from willing.theory.contest import LogisticContest, RatioContest
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.payoffs import payoffs
from willing.theory.propositions import contradicts
from willing.theory.propositions.bargaining_catalogue import BARGAINING_CLAIMS
from willing.theory.propositions.bargaining_claims import BargainingScenario
from willing.theory.search.branch_and_bound import search_best
from willing.theory.search.enumeration import best_by_enumeration
from willing.theory.search.search_options import Search
from willing.theory.wider_scenario import crisis_toml, read_crisis

# Payoffs are sums of a few products of order one.
ROUNDING = 1e-9
# A payoff between two demands of a grid of this many falls short of the best by its square.
GRID = np.linspace(0.0, 1.0, 20_001)
GRID_LOSS = 1e-6

EXAMPLES = Path(__file__).parents[2] / "examples"
KOSOVO = EXAMPLES / "wider" / "crisis-kosovo.toml"


def draw(rng: np.random.Generator, n: int, **rules: Any) -> tuple[Crisis, CrisisGame]:
    """Draw a crisis and a game; in about half of them strong coalitions demand everything."""
    size = float(rng.choice([0.1, 0.4, 1.0]))
    crisis = Crisis(
        leader=Leader("L", strength=rng.uniform(0.1, 2.0), security=rng.uniform()),
        target=Target("T", strength=rng.uniform(0.1, 2.0)),
        partners=tuple(
            Partner(
                f"P{i}",
                strength=size * rng.uniform(),
                divergence=rng.uniform(0, 3),
                cost=size * rng.uniform(),
                benefit=size * rng.uniform(0, 0.1) * (rng.random() < 0.3),
            )
            for i in range(n)
        ),
    )
    contest = (RatioContest if rng.random() < 0.6 else LogisticContest)(rng.uniform(0.3, 5))
    options: dict[str, Any] = {
        "pricing": ("pivotal", "additive")[int(rng.integers(2))],
        "payment": "advance",
    } | rules
    game = CrisisGame(
        game=CoalitionGame(
            office=rng.uniform(0, 3),
            contest=contest,
            pricing=options["pricing"],
            aversion=rng.uniform(0, 1),
        ),
        war_cost=rng.uniform(0, 0.5) * (rng.random() < 0.8),
        target_cost=rng.uniform(0.05, 1.5),
        payment=options["payment"],
    )
    return crisis, game


def outcome(p: float, y: float, c: float) -> tuple[float, float]:
    """Give the probability of war and the expected share after a demand, from the definitions."""
    war = min(max(y - p, 0.0) / c, 1.0)
    return war, (1.0 - war) * y + war * p


class Loops:
    """The game from its definitions, coalition by coalition."""

    def __init__(self, crisis: Crisis, game: CrisisGame) -> None:
        self.crisis, self.game = crisis, game
        self.B = game.game.victory_value(crisis.leader.security)

    def sets(self) -> list[tuple[int, ...]]:
        """Give every coalition."""
        n = len(self.crisis.partners)
        return [S for size in range(n + 1) for S in itertools.combinations(range(n), size)]

    def p(self, S: tuple[int, ...]) -> float:
        """Give the probability of victory."""
        M = self.crisis.leader.strength + sum(self.crisis.partners[i].strength for i in S)
        return float(self.game.game.contest(M, self.crisis.target.strength))

    def after(self, S: tuple[int, ...]) -> tuple[float, float]:
        """Give war and share after the best demand of a leader whose members are paid already."""
        c, cost, p = self.game.target_cost, self.game.war_cost, self.p(S)
        z = min(max((c - cost / self.B) / 2, 0.0), 1.0 - p)
        return outcome(p, p + z, c)

    def payoff(self, S: tuple[int, ...]) -> float:
        """Give the leader's payoff with payment in advance."""
        war, share = self.after(S)
        value = self.B * share - self.game.war_cost * war
        for i in S:
            partner = self.crisis.partners[i]
            if self.game.game.pricing == "additive":
                asked = (partner.cost + self.game.game.aversion * partner.divergence) * war
            else:
                _, without = self.after(tuple(j for j in S if j != i))
                stake = 1.0 - self.game.game.aversion * partner.divergence
                asked = partner.cost * war - stake * (share - without)
            value -= max(0.0, asked - partner.benefit)
        return value


@given(
    st.floats(0.01, 0.99),
    st.floats(0.1, 4.0),
    st.floats(0.0, 1.0),
    st.floats(0.05, 1.5),
)
@settings(deadline=None)
def test_closed_form_is_the_best_demand_of_a_grid(p: float, B: float, cost: float, c: float):
    """No demand on a fine grid is worth more, the target fighting iff war is better for it."""
    found = best_demands(p, B, cost, c)
    demands = np.append(GRID, p)  # at `p`, which nobody refuses, payoffs have a kink
    war = np.clip((demands - p) / c, 0.0, 1.0)
    value = B * ((1.0 - war) * demands + war * p) - cost * war
    assert found.value >= value.max() - ROUNDING
    assert found.value <= value.max() + GRID_LOSS * (B + cost) / c
    assert outcome(p, float(found.demand), c) == pytest.approx((found.war, found.share), abs=1e-12)


def test_equilibrium_equals_loops_over_coalitions():
    """Payoff, war and share are those of loops over all coalitions, from the definitions."""
    rng = np.random.default_rng(41)
    for _ in range(60):
        crisis, game = draw(rng, int(rng.integers(1, 6)))
        loops, found = Loops(crisis, game), game.solve(crisis)
        S = tuple(crisis.names.index(name) for name in found.coalition)
        assert found.value == pytest.approx(max(map(loops.payoff, loops.sets())), abs=ROUNDING)
        assert found.value == pytest.approx(loops.payoff(S), abs=ROUNDING)
        assert (found.war, found.share) == pytest.approx(loops.after(S), abs=ROUNDING)
        assert found.alone == pytest.approx(loops.payoff(()), abs=ROUNDING)


def test_search_equals_enumeration_across_the_cap():
    """Branch and bound finds the optimum of enumeration where strong coalitions demand all."""
    rng = np.random.default_rng(42)
    capped = 0
    for _ in range(150):
        n = int(rng.integers(1, 10))
        terms = (scenario := draw(rng, n))[1].terms(scenario[0])
        masks, gap = search_best(
            terms, np.arange(n), most=1, floor=-np.inf, search=Search(tolerance=1e-12)
        )
        assert gap == 0.0
        assert payoffs(terms, masks[0]) == pytest.approx(
            best_by_enumeration(terms)[1], abs=ROUNDING
        )
        everybody = terms.contest(
            terms.leader_strength + terms.strength.sum(), terms.target_strength
        )
        capped += everybody > 1.0 - terms.settlement.margin
    assert 30 < capped < 120


@pytest.mark.parametrize("pricing", ["pivotal", "additive"])
def test_190_partners_are_solved_with_proof(pricing: str):
    """A crisis with as many partners as the record has is proven, and no single change helps."""
    crisis, game = draw(np.random.default_rng(43), 190, pricing=pricing)
    found, terms = game.solve(crisis), game.terms(crisis)
    members = crisis.coalition(found.coalition)
    changed = members ^ np.eye(190, dtype=bool)
    assert found.status == "optimal"
    assert payoffs(terms, changed).max() <= found.value + ROUNDING


def test_payment_in_war_is_the_best_coalition_and_demand():
    """With payment in war no coalition and demand of a grid is worth more."""
    rng = np.random.default_rng(44)
    for _ in range(20):
        crisis, game = draw(rng, 4, pricing="additive", payment="war")
        loops, found = Loops(crisis, game), game.solve(crisis)
        best = -math.inf
        for S in loops.sets():
            paid = sum(
                max(0.0, i.cost + game.game.aversion * i.divergence - i.benefit)
                for i in (crisis.partners[j] for j in S)
            )
            p, c = loops.p(S), game.target_cost
            demands = np.append(GRID, p)
            war = np.clip((demands - p) / c, 0.0, 1.0)
            share = (1.0 - war) * demands + war * p
            best = max(best, float((loops.B * share - (game.war_cost + paid) * war).max()))
        assert best <= found.value + ROUNDING
        assert found.value <= best + GRID_LOSS * 20 / game.target_cost


def test_path_is_optimal_everywhere_and_indifferent_where_it_breaks():
    """The path's coalition is the solver's between its breakpoints, and both are best at one."""
    rng = np.random.default_rng(45)
    breaks = 0
    for _ in range(8):
        crisis, game = draw(rng, 5)
        for row in game.path(crisis).to_frame().iter_rows(named=True):
            members = crisis.coalition(row["coalition"])
            middle = 0.5 * (row["security_from"] + row["security_to"])
            for security in (row["security_from"], middle, row["security_to"]):
                at = crisis.with_security(security)
                assert payoffs(game.terms(at), members) >= game.solve(at).value - ROUNDING
            breaks += row["security_to"] > 0.0
    assert breaks > 0


def test_quantal_sums_over_every_coalition():
    """Partition, joining and war are sums over loops of coalitions."""
    rng = np.random.default_rng(46)
    crisis, game = draw(rng, 4)
    loops, found = Loops(crisis, game), game.quantal(crisis, noise=0.1)
    sets = loops.sets()
    weight = np.exp(np.array([loops.payoff(S) for S in sets]) / 0.1)
    assert found.log_partition == pytest.approx(math.log(weight.sum()), abs=ROUNDING)
    chance = weight / weight.sum()
    war = sum(q * loops.after(S)[0] for q, S in zip(chance, sets, strict=True))
    assert found.war == pytest.approx(war, abs=ROUNDING)
    joins = sum(q for q, S in zip(chance, sets, strict=True) if 2 in S)
    assert found.join["P2"] == pytest.approx(joins, abs=ROUNDING)


def test_insecurity_makes_a_partner_too_dear():
    """The leader of the stored example builds at security .7 and above, and not at .6."""
    crisis, game = read_crisis(EXAMPLES / "wider" / "counterexamples" / "crisis-entrapment.toml")
    built = [s for s in (1.0, 0.7, 0.6, 0.3, 0.0) if game.solve(crisis.with_security(s)).coalition]
    assert built == [1.0, 0.7]


@pytest.mark.parametrize(
    "claim",
    [claim for claim in BARGAINING_CLAIMS if claim.stated == "fails"],
    ids=lambda claim: claim.name,
)
def test_stored_counterexample_contradicts_its_claim(claim: Any):
    """The scenario kept as a counterexample meets the claim's assumptions and violates it."""
    stored = read_crisis(EXAMPLES / "wider" / "counterexamples" / f"{claim.name}.toml")
    assert contradicts(claim, BargainingScenario(*stored))


@pytest.mark.parametrize(
    "claim",
    [claim for claim in BARGAINING_CLAIMS if claim.derivation],
    ids=lambda claim: claim.name,
)
def test_derivation_is_verified(claim: Any):
    """The algebra behind each claim about bargaining is verified by sympy."""
    assert claim.derivation().holds()


def test_a_coalition_prevents_war_only_where_everything_is_demanded():
    """War is flat in strength up to the cap and falls beyond it."""
    crisis, game = read_crisis(KOSOVO)
    table = war_over_strength(game, crisis)
    for security in (1.0, 0.0):
        war = table.filter(security=security)["war"].to_numpy()
        assert war[0] == pytest.approx(game.margin(security) / game.target_cost, abs=1e-12)
        assert np.all(np.diff(war) <= ROUNDING)
    assert war[-1] < war[0]


def test_scenario_survives_being_written_and_read(tmp_path: Path):
    """The rules of bargaining are kept too."""
    crisis, game = read_crisis(KOSOVO)
    game = replace(game, game=replace(game.game, pricing="additive"), payment="war")
    (tmp_path / "written.toml").write_text(crisis_toml(crisis, game))
    assert read_crisis(tmp_path / "written.toml") == (crisis, game)


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"target_cost": 0.0}, "bargaining.target_cost"),
        ({"war_cost": -1.0}, "bargaining.war_cost"),
        ({"payment": "later"}, "advance, war"),
        ({"payment": "war"}, "game.pricing"),
        ({"game": CoalitionGame(friction=0.1)}, "game.friction"),
    ],
)
def test_bad_rules_are_refused_by_name(change: dict[str, Any], named: str):
    """What is outside its range is named, with what is allowed."""
    with pytest.raises(ScenarioError, match=named):
        CrisisGame(**change)


def test_docs_show_what_the_command_prints():
    """The output in the docs page is the command's own."""
    page = (EXAMPLES.parent / "docs" / "wider-crisis.md").read_text()
    result = CliRunner().invoke(app, ["wider", "crisis", str(KOSOVO), "--path"])
    assert result.stdout in page


def test_command_prints_json_and_draws(tmp_path: Path):
    """The command gives equilibrium, path and logit choice as JSON and writes a figure."""
    figure = tmp_path / "war.svg"
    arguments = ["--json", "--path", "--noise", "0.05", "--figure", "strength"]
    result = CliRunner().invoke(
        app, ["wider", "crisis", str(KOSOVO), *arguments, "--plot", str(figure)]
    )
    assert result.exit_code == 0
    content = json.loads(result.stdout)
    assert content["coalition"] == ["United Kingdom", "Germany"]
    assert len(content["path"]) > 1
    assert 0.0 < content["quantal"]["war"] < 1.0
    assert figure.stat().st_size > 0


def partners_of(n: int, scale: float) -> Crisis:
    """Give a crisis with `n` partners whose strengths spread over orders of magnitude."""
    rng = np.random.default_rng(21)
    return Crisis(
        Leader("L", strength=0.5, security=0.4),
        Target("T", strength=1.0),
        tuple(
            Partner(
                f"P{i}",
                strength=scale * float(rng.lognormal(-2, 1)),
                divergence=float(rng.uniform(0, 2)),
                cost=float(rng.uniform(0, 0.3)),
            )
            for i in range(n)
        ),
    )


@pytest.mark.parametrize("pricing", ["pivotal", "additive"])
def test_logit_choice_by_recursion_agrees_with_enumeration(pricing: str) -> None:
    """The recursion for many partners gives what every coalition in turn does, to its error."""
    crisis = partners_of(12, 1.0)
    game = CrisisGame(game=CoalitionGame(office=2.0, pricing=pricing), war_cost=0.1)
    exact = crisis_quantal.crisis_quantal(game, crisis, 0.05)
    found = crisis_quantal._by_recursion(game, crisis, 0.05)
    assert 0.0 < found.error < 1e-4
    for name, chance in exact.join.items():
        assert found.join[name] == pytest.approx(chance, abs=found.error)
    for quantity in ("war", "share", "victory", "build", "bill", "size"):
        assert getattr(found, quantity) == pytest.approx(getattr(exact, quantity), abs=1e-5)


def test_logit_choice_among_hundreds_of_partners() -> None:
    """With 190 partners the sum over 2 to the power of 190 coalitions has a small stated error."""
    found = CrisisGame(game=CoalitionGame(office=2.0)).quantal(partners_of(190, 0.05), noise=0.05)
    assert 0.0 < found.error < 1e-4
    assert 0.0 <= found.war <= 1.0
