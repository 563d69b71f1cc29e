"""The best posted offer to a partner whose reservation price is uniform and her own secret.

She accepts an offer `x >= 0` if her reservation price, uniform on `[a, a + w]`, is no higher. To
the leader her acceptance is worth `G`, so she offers what maximises `q(x) (G - x)`, with `q` the
probability of acceptance: `(G + a) / 2`, cut off to the support and to what can be paid.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from willing.numbers import Floats, Masks


@dataclass(frozen=True, eq=False)
class Offers:
    """The best offer in each of several situations.

    Attributes
    ----------
    offer
        What is offered; of no meaning where nobody is invited.
    accept
        Probability that the invitation is made and accepted.
    surplus
        What the leader expects from it, :math:`q (G - x)`.
    invited
        Whether it is worth making.
    """

    offer: Floats
    accept: Floats
    surplus: Floats
    invited: Masks


def best_offers(gain: ArrayLike, low: ArrayLike, width: ArrayLike) -> Offers:
    """Give the best offers; the arguments broadcast.

    Parameters
    ----------
    gain
        `G`, what acceptance is worth to the leader.
    low
        `a`, the least that the partner may ask; negative if she may come for less than nothing.
    width
        `w >= 0`, how much more she may ask; 0 if the leader knows.
    """
    G, a, w = (np.asarray(one, dtype=float) for one in (gain, low, width))
    offer: Floats = np.clip(0.5 * (G + a), np.maximum(0.0, a), np.maximum(0.0, a + w))
    known = w == 0.0
    q = np.where(known, 1.0, np.clip((offer - a) / np.where(known, 1.0, w), 0.0, 1.0))
    surplus = q * (G - offer)
    invited: Masks = surplus > 0.0
    return Offers(offer, np.where(invited, q, 0.0), np.where(invited, surplus, 0.0), invited)
