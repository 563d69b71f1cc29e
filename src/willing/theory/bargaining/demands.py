"""What the leader demands, and how likely the target is to fight, in closed form.

The leader demands a share `y` of what is at stake. The target's cost of war, uniform on [0, c], is
its own secret. War leaves it `1 - p` less that cost, a concession `1 - y`; so it fights if its
cost is below `z = y - p`, with probability `z / c`. The leader, to whom the whole is worth `B` and
war costs `c_L`, gets

    B p + B z (1 - z / c) - c_L z / c,

which is highest at `z* = (c - c_L / B) / 2`, cut off at 0 and, as she cannot demand more than
everything, at `1 - p`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from willing.numbers import Floats


@dataclass(frozen=True, eq=False)
class Demands:
    """The best demand for each of several chances of victory.

    Attributes
    ----------
    margin
        `z`, how far the demand exceeds the probability of victory.
    demand
        `y = p + z`, in [0, 1].
    war
        Probability of war, `z / c`.
    share
        Expected share, `Y = p + z (1 - z / c)`.
    value
        What the leader can expect, `B Y - c_L z / c`.
    """

    margin: Floats
    demand: Floats
    war: Floats
    share: Floats
    value: Floats


def uncapped_margin(value: ArrayLike, war_cost: ArrayLike, support: float) -> Floats:
    """Give `z*` without the cap at `1 - p`, zero where victory is worth nothing.

    Parameters
    ----------
    value
        `B >= 0`.
    war_cost
        `c_L >= 0`, the leader's cost of war.
    support
        `c > 0`, the largest cost of war of the target.
    """
    B, cost = np.asarray(value, dtype=float), np.asarray(war_cost, dtype=float)
    # Not a ratio of costs to values, which would overflow where victory is worth next to nothing.
    worth = 0.5 * (B * support - cost)
    z: Floats = np.where(worth > 0.0, worth, 0.0) / np.where(B > 0.0, B, 1.0)
    return z


def best_demands(
    victory: ArrayLike, value: ArrayLike, war_cost: ArrayLike, support: float
) -> Demands:
    """Give the leader's best demand; the arguments broadcast.

    Parameters
    ----------
    victory
        `p`, her probability of winning a war.
    value, war_cost, support
        As in `uncapped_margin`.
    """
    p, B, cost = (np.asarray(one, dtype=float) for one in (victory, value, war_cost))
    z = np.minimum(uncapped_margin(B, cost, support), 1.0 - p)
    war = z / support
    share = p + z * (1.0 - war)
    return Demands(margin=z, demand=p + z, war=war, share=share, value=B * share - cost * war)
