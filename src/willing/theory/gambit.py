"""Export small games to Gambit's extensive-form format, for outside solvers and for teaching."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from itertools import count

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import Floats, Masks
from willing.theory.crisis import Crisis
from willing.theory.game import CoalitionGame
from willing.theory.payoffs import Terms, coalition_strength, prices, victory
from willing.theory.search.enumeration import all_coalitions

# The tree has 2 * 3^n leaves: 13,122 of them for this many partners.
MOST_PARTNERS = 8


def to_efg(game: CoalitionGame, crisis: Crisis) -> str:
    """Write a game on a crisis as a tree in the format EFG 2 of Gambit.

    The leader invites a coalition at the model's prices; the invited then accept or refuse in
    public, one after the other; chance decides the contest of those who take part. If no stake is
    negative, subgame-perfect play with ties broken towards acceptance is the equilibrium that
    `CoalitionGame.solve` finds: whoever refuses can only make others refuse, which a partner with
    something to gain from victory does not want. A partner with a negative stake may refuse so
    that others follow, so there the tree is another game than coordinated acceptance.

    Parameters
    ----------
    game
        The rules; prices are those of partial implementation.
    crisis
        The crisis, with at most `MOST_PARTNERS` partners.

    Returns
    -------
    str
        The text of an ``.efg`` file. The leader's payoffs are those of the game before what defeat
        leaves her is taken off: the value of the tree is `Equilibrium.value` plus `Psi sigma`.

    Raises
    ------
    ScenarioError
        If there are too many partners.
    """
    n = len(crisis.partners)
    if n > MOST_PARTNERS:
        raise ScenarioError(
            f"the crisis has {n} partners; a game tree is written for at most {MOST_PARTNERS}"
        )
    players = " ".join(_quoted(name) for name in (crisis.leader.name, *crisis.names))
    title = crisis.title or f"{crisis.leader.name} against {crisis.target.name}"
    return "\n".join([f"EFG 2 R {_quoted(title)} {{ {players} }}", '""', "", *_Tree(game, crisis)])


class _Tree:
    """The nodes of the tree, in the order in which the format lists them: parents first."""

    def __init__(self, game: CoalitionGame, crisis: Crisis) -> None:
        self.crisis = crisis
        self.terms: Terms = game.terms(crisis)
        self.kept_on_victory = 1.0 + game.office * game.retention
        self.kept_on_defeat = game.office * crisis.leader.security
        self.information_sets = [count(1) for _ in range(len(crisis.partners) + 1)]
        self.chances, self.outcomes = count(1), count(1)

    def __iter__(self) -> Iterator[str]:
        coalitions = all_coalitions(len(self.crisis.partners))
        invitations = " ".join(_quoted(self._names(invited)) for invited in coalitions)
        yield f'p "" 1 1 "" {{ {invitations} }} 0'
        for invited in coalitions:
            offers = prices(self.terms, coalition_strength(self.terms, invited))
            yield from self._replies(np.flatnonzero(invited).tolist(), offers, invited & False)

    def _replies(self, waiting: list[int], offers: Floats, taking_part: Masks) -> Iterator[str]:
        if not waiting:
            yield from self._contest(offers, taking_part)
            return
        partner, *rest = waiting
        information_set = next(self.information_sets[partner + 1])
        yield f'p "" {partner + 2} {information_set} "" {{ "accept" "refuse" }} 0'
        for accepts in (True, False):
            chosen = taking_part.copy()
            chosen[partner] = accepts
            yield from self._replies(rest, offers, chosen)

    def _contest(self, offers: Floats, taking_part: Masks) -> Iterator[str]:
        won = Decimal(float(victory(self.terms, coalition_strength(self.terms, taking_part))))
        # Gambit wants probabilities that sum to one exactly.
        won = won.quantize(Decimal("1e-17"))
        yield f'c "" {next(self.chances)} "" {{ "victory" {won:f} "defeat" {1 - won:f} }} 0'
        bill = float(offers[taking_part].sum())
        paid = np.where(taking_part, offers - self.terms.outlay, 0.0)
        drag = float(self.terms.drag[taking_part].sum())
        for leader, partners in (
            (self.kept_on_victory - bill - drag, paid + self.terms.stake),
            (self.kept_on_defeat - bill, paid),
        ):
            payoffs = ", ".join(f"{Decimal(value):.17f}" for value in (leader, *partners.tolist()))
            yield f't "" {next(self.outcomes)} "" {{ {payoffs} }}'

    def _names(self, coalition: Masks) -> str:
        names = [name for name, member in zip(self.crisis.names, coalition, strict=True) if member]
        return " and ".join(names) or "nobody"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
