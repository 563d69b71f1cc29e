"""Whom to ask next, where the leader chooses: one order announced, or openly after every answer.

An *announced* order binds her, so the best of all is found by playing each. If the order is
*open*, whom she asks next is a move like the others, and play is one backward induction over who
has been asked and who has accepted.
"""

from __future__ import annotations

from itertools import permutations

import numpy as np

from willing.errors import ScenarioError
from willing.numbers import Floats, Ints, Masks
from willing.theory.engine.subsets import subset_sums
from willing.theory.invitations.invitation_play import Play
from willing.theory.invitations.invitation_rules import Invitations
from willing.theory.invitations.posted_offers import best_offers
from willing.theory.payoffs import victory

MOST_ANNOUNCED = 8
"""Partners whose 40,320 orders are all played, in a second or so; with 9 there are nine times as
many, each twice as long."""
MOST_OPEN = 12
"""Partners whose 3^12 = 531,441 histories are gone through, in a second or so; every partner more
multiplies that by more than three."""
_AT_ONCE = 1024
# Another partner is asked first only if that is worth more than rounding makes of equal payoffs.
_ROUNDING = 1e-12


def best_order(game: Invitations) -> Ints:
    """Find the order that is best for the leader if she announces it.

    Returns
    -------
    ndarray
        Shape (n,): places in `game`; of orders that are as good the first.

    Raises
    ------
    ScenarioError
        If there are more than `MOST_ANNOUNCED` partners.
    """
    n = len(game.order)
    _check_size(n, MOST_ANNOUNCED, "announced")
    orders = np.array(list(permutations(range(n))), dtype=np.int64).reshape(-1, n)
    parts = range(0, len(orders), _AT_ONCE)
    values = np.concatenate([order_values(game, orders[i : i + _AT_ONCE]) for i in parts])
    return np.asarray(orders[int(np.argmax(values >= values.max() - _ROUNDING))])


def order_values(game: Invitations, orders: Ints) -> Floats:
    """Give the leader's payoff under each of several announced orders.

    Parameters
    ----------
    game
        The game.
    orders
        Shape (m, n): places in `game`.

    Returns
    -------
    ndarray
        Shape (m,).
    """
    terms = game.terms
    strength = np.full((len(orders), 1), terms.leader_strength)
    for j in range(orders.shape[1]):
        more = terms.strength[orders[:, j]][:, np.newaxis]
        strength = np.concatenate([strength, strength + more], axis=1)
    P = victory(terms, strength)
    V = terms.victory_value * P
    for j in range(orders.shape[1] - 1, -1, -1):
        i = orders[:, j][:, np.newaxis]
        half = 1 << j
        D = P[:, half:] - P[:, :half]
        offers = best_offers(
            V[:, half:] - V[:, :half], game.low[i] - terms.stake[i] * D, game.width[i]
        )
        V = V[:, :half] + offers.surplus
        P = P[:, :half] + offers.accept * D
    return np.asarray(V[:, 0])


def play_openly(game: Invitations) -> Play:
    """Find the equilibrium if the leader decides after every answer whom to ask next.

    A history is a number of base 3: digit j is 0 if partner j has not been asked, 1 if she has not
    accepted and 2 if she has.

    Raises
    ------
    ScenarioError
        If there are more than `MOST_OPEN` partners.
    """
    terms = game.terms
    n = len(game.order)
    _check_size(n, MOST_OPEN, "open")
    histories = np.arange(3**n)
    powers = 3 ** np.arange(n)
    digits = (histories[:, np.newaxis] // powers) % 3
    asked = (digits > 0).sum(axis=1)
    by_count = [np.flatnonzero(asked == count) for count in range(n + 1)]
    sums = subset_sums(terms.strength, terms.leader_strength)
    P = victory(terms, sums)[(digits == 2) @ (1 << np.arange(n))]
    V = terms.victory_value * P
    following = np.zeros(3**n, dtype=np.int64)
    accept, offer = np.zeros(3**n), np.zeros(3**n)
    invited = np.zeros(3**n, dtype=bool)
    for count in range(n - 1, -1, -1):
        V[by_count[count]] = -np.inf
        for j in range(n):
            now = by_count[count][digits[by_count[count], j] == 0]
            without, accepted = now + powers[j], now + 2 * powers[j]
            D = P[accepted] - P[without]
            made = best_offers(
                V[accepted] - V[without], game.low[j] - terms.stake[j] * D, game.width[j]
            )
            value = V[without] + made.surplus
            better = value > V[now] + _ROUNDING
            at = now[better]
            V[at] = value[better]
            P[at] = (P[without] + made.accept * D)[better]
            following[at], accept[at] = j, made.accept[better]
            offer[at], invited[at] = made.offer[better], made.invited[better]
    return _forward(V[0], P[0], by_count, following, powers, (accept, offer, invited))


def _forward(
    value: float,
    won: float,
    by_count: list[Ints],
    following: Ints,
    powers: Ints,
    made: tuple[Floats, Floats, Masks],
) -> Play:
    """Go through the histories from the first for what the equilibrium brings about."""
    accept, offer, invited = made
    n = len(powers)
    mass = np.zeros(len(following))
    mass[0] = 1.0
    # The part of it in which nobody who was invited has refused.
    agreed = mass.copy()
    sums = {name: np.zeros(n) for name in ("invited", "accept", "paid", "made")}
    for now in by_count[:-1]:
        j = following[now]
        without, accepted = now + powers[j], now + 2 * powers[j]
        chance = mass[now] * accept[now]
        for name, share in (
            ("invited", mass[now] * invited[now]),
            ("accept", chance),
            ("paid", chance * offer[now]),
            ("made", mass[now] * invited[now] * offer[now]),
        ):
            np.add.at(sums[name], j, share)
        np.add.at(mass, without, mass[now] - chance)
        np.add.at(mass, accepted, chance)
        np.add.at(agreed, without, agreed[now] * ~invited[now])
        np.add.at(agreed, accepted, agreed[now] * accept[now])
    ever = sums["invited"] > 0.0
    return Play(
        value=float(value),
        victory=float(won),
        invited=sums["invited"],
        accept=sums["accept"],
        paid=sums["paid"],
        offer=np.divide(sums["made"], sums["invited"], out=np.full(n, np.nan), where=ever),
        refusal=float(max(0.0, 1.0 - agreed[by_count[-1]].sum())),
    )


def _check_size(n: int, most: int, order: str) -> None:
    if n > most:
        raise ScenarioError(
            f'invitations.order is "{order}", for which every way to ask {n} partners would be '
            f'tried; with more than {most} partners give "strongest", "weakest" or "listed"'
        )
