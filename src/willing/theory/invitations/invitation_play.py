"""Subgame-perfect play of invitations, by backward induction over who has accepted so far.

With `V` the leader's payoff and `P` the probability of victory to be expected once partner `j` has
answered, her acceptance is worth `G = V(with) - V(without)` to the leader and changes the outcome
by `D = P(with) - P(without)`; so she asks her cost less her benefit and `v_j D`. The best offer is
that of `posted_offers`, and one step back

    V' = V(without) + q (G - x),    P' = P(without) + q D.

For few partners the states are all coalitions of those approached. For many they are strengths on
a grid: only committed strength matters for what follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from willing.numbers import Floats
from willing.theory.engine.grid import PADDING, make_grid, stencil
from willing.theory.engine.subsets import subset_sums
from willing.theory.invitations.invitation_rules import Invitations
from willing.theory.invitations.posted_offers import Offers, best_offers
from willing.theory.payoffs import victory

EXACT = 18
"""Up to so many partners all coalitions of those approached are gone through, in .1 s or so; every
partner more doubles that."""
POINTS = 2048
"""Nodes of strength beyond; the error is estimated from half as many. Where an offer reaches an end
of its support the payoff has a kink, which costs the grid some 1e-4 of a probability here. Where
costs are known offers jump from one strength to the next, and the error may be large."""


@dataclass(frozen=True, eq=False)
class Play:
    """What happens in equilibrium, partners in the order in which they are approached.

    Attributes
    ----------
    value, victory
        The leader's expected payoff and the probability of victory.
    invited, accept, paid
        Of each partner, the probability that she is invited, that she is and accepts, and what she
        can expect to be paid, shape (n,).
    offer
        The mean of the offers that are made to her, NaN where none is, shape (n,).
    refusal
        The probability that somebody refuses.
    """

    value: float
    victory: float
    invited: Floats
    accept: Floats
    paid: Floats
    offer: Floats
    refusal: float


def play(game: Invitations) -> tuple[Play, float]:
    """Find the equilibrium, and an estimate of the largest error of its probabilities."""
    if len(game.order) <= EXACT:
        return _by_tree(game), 0.0
    fine, coarse = _by_grid(game, POINTS), _by_grid(game, POINTS // 2)
    moved = np.abs(fine.accept - coarse.accept).max()
    return fine, float(max(moved, abs(fine.victory - coarse.victory)))


Step = Callable[[int, Floats], tuple[Floats, Floats]]
Spread = Callable[[int, Floats, Floats], Floats]


def _by_tree(game: Invitations) -> Play:
    terms = game.terms

    def apart(j: int, values: Floats) -> tuple[Floats, Floats]:
        return values[: 1 << j], values[1 << j :]

    def spread(_: int, refused: Floats, accepted: Floats) -> Floats:
        return np.concatenate([refused, accepted])

    final = victory(terms, subset_sums(terms.strength, terms.leader_strength))
    return _induction(game, final, apart, spread)


def _by_grid(game: Invitations, points: int) -> Play:
    terms = game.terms
    total = float(terms.strength.sum())
    grid = make_grid(terms.leader_strength, total, points)
    reads = [stencil(grid.place(grid.x + m), points) for m in terms.strength.tolist()]
    offsets = np.arange(reads[0][1].shape[-1])

    def apart(j: int, values: Floats) -> tuple[Floats, Floats]:
        first, weights = reads[j]
        return values, (values[first[:, np.newaxis] + offsets] * weights).sum(axis=1)

    def spread(j: int, refused: Floats, accepted: Floats) -> Floats:
        first, weights = reads[j]
        moved = refused.copy()
        np.add.at(moved, first[:, np.newaxis] + offsets, accepted[:, np.newaxis] * weights)
        return moved

    # Nodes past the strength of all partners together only pad the grid: no play ends there.
    x = np.minimum(grid.x, grid.x[points - 1 - PADDING // 2])
    final = victory(terms, terms.leader_strength + x)
    return _induction(game, final, apart, spread)


def _induction(game: Invitations, final: Floats, apart: Step, spread: Spread) -> Play:
    """Go back over the partners for the offers, then forward for what they bring about."""
    terms = game.terms
    n = len(game.order)
    P, V = final, terms.victory_value * final
    made: list[Offers] = []
    for j in range(n - 1, -1, -1):
        (V_without, V_with), (P_without, P_with) = apart(j, V), apart(j, P)
        D = P_with - P_without
        offers = best_offers(V_with - V_without, game.low[j] - terms.stake[j] * D, game.width[j])
        V = V_without + offers.surplus
        P = P_without + offers.accept * D
        made.append(offers)
    made.reverse()
    invited, accept, paid = np.zeros(n), np.zeros(n), np.zeros(n)
    made_to = np.zeros(n)
    mass = np.zeros(len(V))
    mass[0] = 1.0
    agreed = mass.copy()
    for j, offers in enumerate(made):
        chance = mass * offers.accept
        invited[j] = mass @ offers.invited
        accept[j] = chance.sum()
        paid[j] = chance @ offers.offer
        made_to[j] = (mass * offers.invited) @ offers.offer
        mass = spread(j, mass - chance, chance)
        agreed = spread(j, agreed * ~offers.invited, agreed * offers.accept)
    return Play(
        value=float(V[0]),
        victory=float(P[0]),
        invited=invited,
        accept=accept,
        paid=paid,
        offer=np.divide(made_to, invited, out=np.full(n, np.nan), where=invited > 0.0),
        refusal=float(max(0.0, 1.0 - agreed.sum())),
    )
