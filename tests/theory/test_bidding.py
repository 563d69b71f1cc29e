"""Bids for a partner against trying bids, menus against every division, and the claims."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import ScenarioError
from willing.theory.bidding.bidding_game import BiddingGame
from willing.theory.bidding.bidding_rules import Bidder, Courted
from willing.theory.contest import LogisticContest, RatioContest
from willing.theory.propositions import contradicts
from willing.theory.propositions.bidding_catalogue import BIDDING_CLAIMS
from willing.theory.wider_scenario import bidding_toml, read_bidding

ROUNDING = 1e-9
# How far above and below the bids of indifference others are tried, and prices agree.
TINY, NEAR = 1e-5, 2e-3

ROOT = Path(__file__).parents[2]
ITALY = ROOT / "examples" / "wider" / "bidding-italy.toml"


def draw(rng: np.random.Generator, n: int, cost: float = 0.6) -> BiddingGame:
    """Draw a game with `n` partners."""

    def bidder(name: str) -> Bidder:
        return Bidder(
            name,
            strength=rng.uniform(0.2, 1.5),
            security=rng.uniform(),
            office=rng.uniform(0, 2),
        )

    return BiddingGame(
        first=bidder("A"),
        second=bidder("B"),
        partners=tuple(
            Courted(
                f"P{i}",
                strength=rng.uniform(0, 1.5),
                stake=rng.uniform(-1, 1),
                cost=rng.uniform(0, cost),
            )
            for i in range(n)
        ),
        contest=(RatioContest if rng.random() < 0.5 else LogisticContest)(rng.uniform(0.5, 3)),
    )


def brute_equilibria(game: BiddingGame) -> set[tuple[str, float]]:
    """Give whom the partner joins at what price in every equilibrium, by trying bids.

    Tried are the bids at which anybody is indifferent, those a little above and below, and some in
    between. Where the partner is indifferent she may do either; off the path she does what deters.
    """
    (partner,) = game.partners
    m, v, k = partner.strength, partner.stake, partner.cost
    P = np.array([game.victory(*added).item() for added in ((m, 0), (0, 0), (0, m))])
    A, N, B = 0, 1, 2
    values = game.first.victory_value, game.second.victory_value
    swing = P[A] - P[B]
    caps = [value * swing for value in values]
    own = [
        {0.0, caps[0], max(0.0, k - v * (P[A] - P[N])), *np.linspace(0, caps[0], 7)},
        {0.0, caps[1], max(0.0, k + v * (P[N] - P[B])), *np.linspace(0, caps[1], 7)},
    ]
    matched = [own[0] | {b - v * swing for b in own[1]}, own[1] | {a + v * swing for a in own[0]}]
    bids = [
        sorted(x + shift for x in points for shift in (-TINY, 0.0, TINY) if x + shift >= 0.0)
        for points in matched
    ]

    def outcomes(a: float, b: float) -> list[int]:
        gets = np.array([a - k + v * P[A], v * P[N], b - k + v * P[B]])
        return np.flatnonzero(gets >= gets.max() - ROUNDING).tolist()

    def payoffs(a: float, b: float, o: int) -> tuple[float, float]:
        return (
            values[0] * P[o] - (a if o == A else 0.0),
            values[1] * (1 - P[o]) - (b if o == B else 0.0),
        )

    found = set()
    for a, b in itertools.product(*matched):
        if not (0.0 <= a <= caps[0] + ROUNDING and 0.0 <= b <= caps[1] + ROUNDING):
            continue  # no bid, or a dominated one
        for o in outcomes(a, b):
            mine, theirs = payoffs(a, b, o)
            tempted = any(
                min(payoffs(x, b, one)[0] for one in outcomes(x, b)) > mine + 2 * TINY
                for x in bids[0]
            ) or any(
                min(payoffs(a, x, one)[1] for one in outcomes(a, x)) > theirs + 2 * TINY
                for x in bids[1]
            )
            if not tempted:
                found.add((("first", "neither", "second")[o], round((a, 0.0, b)[o], 3)))
    return found


def test_equilibria_are_those_found_by_trying_bids():
    """Sides and prices are those of all pairs of bids from which nobody gains by deviating."""
    rng = np.random.default_rng(51)
    sides = set()
    for _ in range(40):
        game = draw(rng, 1)
        tried = brute_equilibria(game)
        expected = {side: set[float]() for side, _ in tried}
        for side, price in tried:
            expected[side].add(price)
        found = {bid.side: bid.price for bid in game.bids().equilibria}
        sides |= found.keys()
        assert found.keys() == expected.keys()
        for side, price in found.items():
            assert all(abs(price - one) < NEAR for one in expected[side])
    assert sides == {"first", "neither", "second"}


def test_price_follows_the_formula():
    """Italy's price is the greatest of nothing, her own loss and what the rival would pay."""
    game = read_bidding(ITALY)
    found = game.bids()
    with_her, neutral, against = found.chances
    v, k = game.partners[0].stake, game.partners[0].cost
    rival = game.second.victory_value
    (bid,) = found.equilibria
    assert bid.joins == "Entente"
    expected = max(0.0, k - v * (with_her - neutral), (rival - v) * (with_her - against))
    assert bid.price == pytest.approx(expected, abs=ROUNDING)
    assert bid.preempts
    assert bid.price > game.first.victory_value * (with_her - neutral)


def every_division(game: BiddingGame, value: float) -> float:
    """Give the highest joint value over all divisions of the partners into three."""
    best = -np.inf
    for sides in itertools.product((0, 1, 2), repeat=len(game.partners)):
        added = [
            sum(p.strength for p, s in zip(game.partners, sides, strict=True) if s == side)
            for side in (1, 2)
        ]
        cost = sum(p.cost for p, s in zip(game.partners, sides, strict=True) if s)
        best = max(best, value * game.victory(*added).item() - cost)
    return best


def test_menus_are_jointly_best_among_all_divisions():
    """The division is the best of all 3^n, on one side only, and payments are externalities."""
    rng = np.random.default_rng(52)
    recruits = 0
    for _ in range(60):
        game = draw(rng, int(rng.integers(1, 6)), cost=0.1)
        found = game.menus()
        cost = sum(p.cost for p in game.partners if p.name in found.coalition)
        stakes = sum(p.stake for p in game.partners)
        W = stakes + game.first.victory_value - game.second.victory_value
        assert W * found.victory - cost == pytest.approx(every_division(game, W), abs=ROUNDING)
        for name, others in (
            ("A", stakes - game.second.victory_value),
            ("B", stakes + game.first.victory_value),
        ):
            without = every_division(game, others)
            assert found.payments[name] == pytest.approx(
                without - (others * found.victory - cost), abs=ROUNDING
            )
        recruits += found.joins is not None
    assert recruits > 20


def test_200_partners_are_divided_with_proof():
    """Menus are solved for a whole state system."""
    game = draw(np.random.default_rng(53), 200, cost=0.02)
    assert game.menus().gap == 0.0


def test_scenario_survives_being_written_and_read(tmp_path: Path):
    """Leaders, partners, contest and title are kept."""
    game = read_bidding(ITALY)
    (tmp_path / "written.toml").write_text(bidding_toml(game))
    assert read_bidding(tmp_path / "written.toml") == game


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "first"),
        ("[first]\nname='A'\nstrength=1\nsecurity=2\n[second]\n[[partners]]", "security"),
        ("[first]\nname='A'\nstrength=1\nsecurity=1\nofice=1\n[second]\n[[partners]]", "office"),
        ("first=1\nsecond=1\npartners=1", "partners"),
    ],
)
def test_bad_files_are_refused_by_name(tmp_path: Path, text: str, named: str):
    """A file that lacks or misspells something ends in a message that names it, and code 2."""
    (tmp_path / "bad.toml").write_text(text)
    with pytest.raises(ScenarioError, match=named):
        read_bidding(tmp_path / "bad.toml")


def test_several_partners_are_not_bid_for_one_by_one():
    """Simultaneous bids are for one partner; the message says what there is for several."""
    with pytest.raises(ScenarioError, match="truthful menus"):
        draw(np.random.default_rng(54), 2).bids()


def test_command_prints_json_and_draws(tmp_path: Path):
    """The command gives bids and menus as JSON and writes the figure asked for."""
    figure = tmp_path / "bids.svg"
    arguments = ["wider", "bidding", str(ITALY), "--json", "--plot", str(figure)]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    content = json.loads(result.stdout)
    assert content["equilibria"][0]["joins"] == "Entente"
    assert content["menus"]["joins"] is None
    assert figure.stat().st_size > 0


@pytest.mark.parametrize(
    "claim",
    [claim for claim in BIDDING_CLAIMS if claim.stated == "fails"],
    ids=lambda claim: claim.name,
)
def test_stored_counterexample_contradicts_its_claim(claim: Any):
    """The game kept as a counterexample violates its claim."""
    stored = read_bidding(ROOT / "examples" / "wider" / "counterexamples" / f"{claim.name}.toml")
    assert contradicts(claim, stored)


def test_docs_show_what_the_command_prints():
    """The output in the docs page is the command's own."""
    page = (ROOT / "docs" / "wider-bidding.md").read_text()
    assert CliRunner().invoke(app, ["wider", "bidding", str(ITALY)]).stdout in page
