"""Invitations one by one against trying offers, against the coalition game, and the grid."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import ScenarioError
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.invitations import invitation_play
from willing.theory.invitations.invitation_game import InvitationGame
from willing.theory.invitations.posted_offers import best_offers
from willing.theory.propositions import contradicts
from willing.theory.propositions.invitations_catalogue import INVITATION_CLAIMS
from willing.theory.propositions.invitations_claims import InvitationGames, InvitationScenario
from willing.theory.propositions.scenarios import draw_scenario
from willing.theory.wider_scenario import invitations_toml, read_invitations

ROUNDING = 1e-9
# Offers tried are so far apart, and payoffs fall off quadratically beside the best one.
TRIED, NEAR = 4001, 1e-5

ROOT = Path(__file__).parents[2]
IRAQ = ROOT / "examples" / "wider" / "invitations-iraq.toml"


def tried(scenario: InvitationScenario) -> tuple[float, float]:
    """Give the leader's payoff and victory in the game, by trying offers in every history."""
    crisis, game = scenario
    rules = game.game
    B = rules.victory_value(crisis.leader.security)
    partners = list(crisis.partners)
    if game.order != "listed":
        sign = -1 if game.order == "strongest" else 1
        partners.sort(key=lambda one: sign * one.strength)

    def onwards(j: int, strength: float) -> tuple[float, float]:
        if j == len(partners):
            p = float(rules.contest(strength, crisis.target.strength))
            return B * p, p
        one = partners[j]
        V0, P0 = onwards(j + 1, strength)
        V1, P1 = onwards(j + 1, strength + one.strength)
        stake = 1.0 - rules.aversion * one.divergence
        gains = one.benefit + stake * (P1 - P0)
        if rules.pricing == "additive":
            gains = one.benefit - rules.aversion * one.divergence
        offers = np.linspace(0.0, 4.0, TRIED)
        low, high = one.cost * (1.0 - game.doubt), one.cost * (1.0 + game.doubt)
        # The offers at which she is as good as sure to accept are among those tried.
        offers = np.append(offers, max(0.0, high - gains))
        accept = np.clip((offers + gains - low + 1e-12) / max(high - low, 1e-12), 0.0, 1.0)
        worth = accept * (V1 - offers - V0)
        best = int(np.argmax(worth))
        if worth[best] <= 0.0:
            return V0, P0
        return V0 + float(worth[best]), P0 + float(accept[best]) * (P1 - P0)

    return onwards(0, crisis.leader.strength)


@pytest.mark.parametrize("known", [False, True])
def test_play_is_the_best_of_all_offers_tried(known: bool) -> None:
    """No offer in any history does better, and what is to be expected is what comes out."""
    rng = np.random.default_rng(5)
    games = InvitationGames(known=known)
    for n in (1, 2, 3) * 6:
        scenario = games.draw(rng, n)
        found = scenario.game.solve(scenario.crisis)
        value, won = tried(scenario)
        assert found.value == pytest.approx(value, abs=NEAR)
        assert found.victory == pytest.approx(won, abs=1e-2)
        B = scenario.game.game.victory_value(scenario.crisis.leader.security)
        assert found.value == pytest.approx(B * found.victory - found.bill, abs=ROUNDING)


def chosen(scenario: InvitationScenario, *, openly: bool) -> float:
    """Give the leader's payoff if she chooses the order, by going through every way to ask."""
    crisis, game = scenario
    B = game.game.victory_value(crisis.leader.security)
    listed = replace(game, order="listed").numbers(crisis)
    n = len(listed.order)

    def onwards(left: tuple[int, ...], strength: float) -> tuple[float, float]:
        if not left:
            p = float(game.game.contest(strength, crisis.target.strength))
            return B * p, p
        best = (-np.inf, 0.0)
        for j in left if openly else left[:1]:
            rest = tuple(i for i in left if i != j)
            V0, P0 = onwards(rest, strength)
            V1, P1 = onwards(rest, strength + crisis.partners[j].strength)
            asked = listed.low[j] - listed.terms.stake[j] * (P1 - P0)
            made = best_offers(V1 - V0, asked, listed.width[j])
            value = V0 + float(made.surplus)
            if value > best[0] + ROUNDING:
                best = (value, P0 + float(made.accept) * (P1 - P0))
        return best

    strength = crisis.leader.strength
    if openly:
        return onwards(tuple(range(n)), strength)[0]
    return max(onwards(order, strength)[0] for order in permutations(range(n)))


@pytest.mark.parametrize("order", ["announced", "open"])
def test_the_order_that_the_leader_chooses_is_the_best_of_all(order: str) -> None:
    """It gives what going through every order, or every next partner, gives."""
    rng = np.random.default_rng(12)
    for n in (1, 2, 3, 4) * 10:
        scenario = InvitationGames(known=bool(n % 2)).draw(rng, n)
        found = replace(scenario.game, order=order).solve(scenario.crisis)
        assert found.value == pytest.approx(chosen(scenario, openly=order == "open"), abs=NEAR**2)
        B = scenario.game.game.victory_value(scenario.crisis.leader.security)
        assert found.value == pytest.approx(B * found.victory - found.bill, abs=ROUNDING)
        assert 0.0 <= found.refusal <= 1.0


def test_one_partner_leaves_nothing_to_the_order() -> None:
    """Offer, acceptance and refusal are those of the given order."""
    crisis, game = read_invitations(IRAQ)
    crisis = replace(crisis, partners=crisis.partners[:1])
    for order in ("announced", "open"):
        found = replace(game, order=order).solve(crisis)
        assert found.partners == game.solve(crisis).partners
        assert found.refusal == pytest.approx(game.solve(crisis).refusal, abs=ROUNDING)


@pytest.mark.parametrize(("order", "n"), [("announced", 9), ("open", 13)])
def test_too_many_partners_for_a_chosen_order_are_refused(order: str, n: int) -> None:
    """The message names the field, the number and what to give instead."""
    game = InvitationGame(game=CoalitionGame(office=2.0), order=order)
    with pytest.raises(ScenarioError, match=rf"invitations\.order.*{n} partners.*strongest"):
        game.solve(many(n))


def test_one_offer_has_the_closed_form() -> None:
    """Inside its support the offer is the mean of what help is worth and the least she may ask."""
    found = best_offers([0.4, 2.0, 0.05, 0.4], [0.1, 0.1, 0.1, -0.5], 0.5)
    assert found.offer[:2].tolist() == pytest.approx([0.25, 0.6])
    assert found.accept.tolist() == pytest.approx([0.3, 1.0, 0.0, 1.0])
    assert found.invited.tolist() == [True, True, False, True]


def test_one_known_partner_is_that_of_the_coalition_game() -> None:
    """With one partner whose cost is known nothing is left of the order of moves."""
    rng = np.random.default_rng(6)
    for _ in range(40):
        crisis, game = InvitationGames(known=True).draw(rng, 1)
        found = game.solve(crisis)
        assert found.value == pytest.approx(found.at_once, abs=ROUNDING)
        assert found.refusal == 0.0


def test_additive_prices_known_leave_the_order_without_effect() -> None:
    """Where nobody weighs the outcome, invitations one by one buy the same as all at once."""
    rng = np.random.default_rng(7)
    for _ in range(30):
        crisis, game = InvitationGames(known=True, pricing="additive").draw(rng, 5)
        found = game.solve(crisis)
        assert found.value == pytest.approx(found.at_once, abs=ROUNDING)


def many(n: int) -> Crisis:
    """Give a crisis with `n` partners whose strengths spread over orders of magnitude."""
    rng = np.random.default_rng(8)
    partners = tuple(
        Partner(
            f"P{i}",
            strength=float(rng.lognormal(-3, 1.2)),
            divergence=float(rng.uniform(0, 2)),
            cost=float(rng.uniform(0.005, 0.05)),
        )
        for i in range(n)
    )
    return Crisis(Leader("L", strength=0.5, security=0.3), Target("T", strength=1.0), partners)


@pytest.mark.parametrize("pricing", ["additive", "pivotal"])
def test_grid_agrees_with_the_tree_to_the_error_it_states(pricing: str) -> None:
    """What the grid of strengths gives differs from exact play by no more than is said."""
    game = InvitationGame(game=CoalitionGame(office=2.0, pricing=pricing), doubt=0.7)
    numbers = game.numbers(many(13))
    exact = invitation_play._by_tree(numbers)
    fine, coarse = (
        invitation_play._by_grid(numbers, points)
        for points in (invitation_play.POINTS, invitation_play.POINTS // 2)
    )
    stated = max(np.abs(fine.accept - coarse.accept).max(), 1e-7)
    assert np.abs(fine.accept - exact.accept).max() <= 2.0 * stated
    assert stated < 1e-3
    assert fine.refusal == pytest.approx(exact.refusal, abs=1e-3)


def test_hundreds_of_partners_are_solved_with_a_stated_error() -> None:
    """Two hundred partners take a second, and the error is stated."""
    found = InvitationGame(game=CoalitionGame(office=2.0)).solve(many(200))
    assert 0.0 < found.error < 1e-2
    assert found.value <= found.at_once + 0.1


@pytest.mark.parametrize(
    "name",
    ["invitations-h1-pivotal", "invitations-dearer-any", "invitations-order", "invitations-open"],
)
def test_stored_counterexample_contradicts_its_claim(name: str) -> None:
    """The scenario kept as a counterexample meets the claim's assumptions and violates it."""
    claim = next(one for one in INVITATION_CLAIMS if one.name == name)
    path = ROOT / "examples" / "wider" / "counterexamples" / f"{name}.toml"
    assert contradicts(claim, InvitationScenario(*read_invitations(path)))


def test_scenario_file_is_read_as_it_was_written(tmp_path: Path) -> None:
    """Writing a game and reading it gives the same game."""
    crisis, game = draw_scenario(np.random.default_rng(9), 3, friction=False)
    scenario = (crisis, InvitationGame(game=game, doubt=0.25, order="weakest"))
    path = tmp_path / "game.toml"
    path.write_text(invitations_toml(*scenario))
    assert read_invitations(path) == scenario


def test_page_shows_what_the_command_prints() -> None:
    """The example of the documentation prints what the page says, and as JSON too."""
    page = (ROOT / "docs" / "wider-invitations.md").read_text()
    done = CliRunner().invoke(app, ["wider", "invitations", str(IRAQ)])
    assert done.exit_code == 0
    assert done.output.strip() in page
    found = json.loads(
        CliRunner().invoke(app, ["wider", "invitations", str(IRAQ), "--json"]).output
    )
    assert [one["name"] for one in found["partners"]][:2] == ["United Kingdom", "Turkey"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("doubt = 0.5", "doubt = 1.5", "invitations.doubt"),
        ("doubt = 0.5", "dobut = 0.5", "dobut"),
        ('order = "strongest"', 'order = "richest"', "invitations.order"),
        ("aversion = 0.5", "aversion = 0.5\nfriction = 0.2", "game.friction"),
        ("aversion = 0.5", "aversion = 0.5\npower = 0.2", "game.power"),
    ],
)
def test_bad_input_is_named(old: str, new: str, said: str, tmp_path: Path) -> None:
    """A bad value ends in a message that names its field."""
    path = tmp_path / "bad.toml"
    path.write_text(IRAQ.read_text().replace(old, new))
    with pytest.raises(ScenarioError, match=said):
        read_invitations(path)


def test_more_doubt_never_helps_where_everybody_could_be_bought() -> None:
    """With one partner and additive pricing a leader who knows less expects no more."""
    crisis, game = read_invitations(IRAQ)
    crisis = replace(crisis, partners=crisis.partners[:1])
    rules = replace(game.game, pricing="additive")
    values = [
        InvitationGame(game=rules, doubt=doubt).solve(crisis).value for doubt in (0.0, 0.2, 0.4)
    ]
    assert values == sorted(values, reverse=True)
