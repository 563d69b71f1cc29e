"""The exported tree, solved by backward induction by someone who knows nothing of the model."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pytest

from willing.errors import ScenarioError
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.gambit import MOST_PARTNERS, to_efg
from willing.theory.propositions.scenarios import draw_scenario

# Prices leave partners indifferent; payoffs are written with seventeen decimals.
TIE = 1e-9


@dataclass
class Node:
    """A node of a game tree: what it is, whose move, its actions, probabilities or payoffs."""

    kind: str
    player: int
    actions: list[str]
    numbers: list[Fraction]
    children: list[Node]


def parse(text: str) -> tuple[list[str], Node]:
    """Read an EFG 2 file of perfect information."""
    tokens = iter(re.findall(r'"(?:[^"\\]|\\.)*"|[{}]|[^\s{},"]+', text))

    def expect(*wanted: str) -> None:
        for token in wanted:
            assert next(tokens) == token

    def braces() -> list[str]:
        expect("{")
        found = []
        while (token := next(tokens)) != "}":
            found.append(token)
        return found

    def node() -> Node:
        kind = next(tokens)
        next(tokens)
        if kind == "t":
            next(tokens), next(tokens)
            return Node("t", 0, [], [Fraction(number) for number in braces()], [])
        player = int(next(tokens)) if kind == "p" else 0
        next(tokens), next(tokens)
        inside = braces()
        expect("0")
        step = 2 if kind == "c" else 1
        actions = [action[1:-1] for action in inside[::step]]
        numbers = [Fraction(number) for number in inside[1::2]] if kind == "c" else []
        return Node(kind, player, actions, numbers, [node() for _ in actions])

    expect("EFG", "2", "R")
    next(tokens)
    players = [name[1:-1] for name in braces()]
    next(tokens)
    root = node()
    assert next(tokens, None) is None
    return players, root


def play(node: Node, path: tuple[str, ...] = ()) -> tuple[list[float], tuple[str, ...]]:
    """Solve by backward induction; of equally good actions the first one listed is taken."""
    if node.kind == "t":
        return [float(number) for number in node.numbers], path
    solved = [
        play(child, (*path, action))
        for action, child in zip(node.actions, node.children, strict=True)
    ]
    if node.kind == "c":
        payoffs = np.average(
            [s[0] for s in solved], axis=0, weights=[float(q) for q in node.numbers]
        )
        return payoffs.tolist(), path
    mine = [payoffs[node.player - 1] for payoffs, _ in solved]
    return solved[next(i for i, value in enumerate(mine) if value >= max(mine) - TIE)]


def chances(node: Node) -> list[Node]:
    return [node] * (node.kind == "c") + [c for child in node.children for c in chances(child)]


@pytest.mark.parametrize("seed", range(40))
def test_backward_induction_on_the_tree_finds_the_equilibrium(seed):
    """With stakes of at least zero the tree's subgame-perfect play is the solver's equilibrium."""
    rng = np.random.default_rng(seed)
    crisis, game = draw_scenario(rng, 1 + seed % 4, most_aversion=0.5, benefit=True)
    game = replace(game, retention=0.95) if game.office <= 4 else game
    found = game.solve(crisis)
    _, root = parse(to_efg(game, crisis))
    payoffs, path = play(root)
    left_by_defeat = game.office * crisis.leader.security
    assert payoffs[0] - left_by_defeat == pytest.approx(found.value, abs=TIE)
    joined = [name for name in path[0].split(" and ") if name != "nobody"]
    assert game.payoff(crisis, joined) == pytest.approx(found.value, abs=TIE)
    assert path[1:] == ("accept",) * len(joined)


def test_tree_is_a_well_formed_game():
    """Probabilities sum to one exactly, and every player of the crisis is one of the game."""
    crisis, game = draw_scenario(np.random.default_rng(1), 4)
    players, root = parse(to_efg(game, crisis))
    assert players == ["Leader", "A", "B", "C", "D"]
    assert len(root.actions) == 16
    nodes = chances(root)
    assert len(nodes) == 3**4
    assert all(sum(node.numbers) == 1 for node in nodes)


def test_names_with_quotes_survive():
    """A quotation mark in a name is escaped."""
    crisis = Crisis(
        leader=Leader('The "Lion"', strength=1.0, security=0.5),
        target=Target("T", strength=1.0),
        partners=[Partner("P", strength=1.0)],
    )
    _, game = draw_scenario(np.random.default_rng(0), 1)
    players, _ = parse(to_efg(game, crisis))
    assert players[0] == r"The \"Lion\""


def test_large_games_are_refused():
    """A tree that nobody could use is not written."""
    crisis, game = draw_scenario(np.random.default_rng(0), MOST_PARTNERS + 1)
    with pytest.raises(ScenarioError, match="9 partners"):
        to_efg(game, crisis)
