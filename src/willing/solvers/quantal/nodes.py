"""Prices frozen at nodes: where partners join independently."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from willing.crisis import Floats
from willing.solvers.quantal.elements import Elements, Window
from willing.solvers.quantal.kinks import Kinks, find_kinks
from willing.solvers.quantal.panels import Ints
from willing.solvers.quantal.profile import Profile, independent
from willing.solvers.quantal.weights import Weights

# Exponents beyond this are too large to compute with.
_LARGEST = 500.0
# Where the nodes of a kink lie, in steps from it, many or few.
_STEPS = {4: np.array([-2.0, -1.0, 1.0, 2.0]), 2: np.array([-1.0, 1.0])}


@dataclass(frozen=True, eq=False)
class Branch:
    """A game in which some partners have decided.

    Attributes
    ----------
    weights
        The game.
    profile
        What coalitions of each strength weigh.
    order
        The free partners, counted among themselves, strongest first, shape (free,).
    """

    weights: Weights
    profile: Profile
    order: Ints

    @property
    def strength(self) -> Floats:
        """Strength of the free partners in that order, shape (free,)."""
        strength: Floats = self.weights.strength[self.order]
        return strength

    @cached_property
    def free(self) -> Ints:
        """The free partners in that order, counted among all, shape (free,)."""
        free: Ints = np.flatnonzero(self.weights.others)[self.order]
        return free

    @cached_property
    def kinks(self) -> Kinks:
        """The kinks of prices."""
        return find_kinks(self.weights, self.profile)


@dataclass(frozen=True, eq=False)
class Jumps:
    """Kinks, with nodes around them at which is told what changes there.

    Attributes
    ----------
    kinks
        The kinks.
    step
        Distance between nodes.
    order
        Number of nodes around each, four or two.
    """

    kinks: Kinks
    step: float
    order: int

    @property
    def middle(self) -> Floats:
        """Where the kinks are, strengths beyond the leader's, shape (kinks,)."""
        return self.kinks.at

    @property
    def half(self) -> Floats:
        """The steps, shape (kinks,)."""
        return np.full(len(self.kinks.at), self.step)

    @property
    def first(self) -> Ints:
        """Where each kink's nodes begin, shape (kinks + 1,)."""
        return self.order * np.arange(len(self.kinks.at) + 1)

    @property
    def who(self) -> Ints:
        """The partner of each node's kink, shape (nodes,)."""
        return np.repeat(self.kinks.who, self.order)

    @property
    def nodes(self) -> Floats:
        """The nodes, kink by kink, shape (nodes,)."""
        nodes: Floats = (self.kinks.at[:, np.newaxis] + self.step * _STEPS[self.order]).ravel()
        return nodes

    def asked(self, weights: Weights) -> tuple[Floats, Floats]:
        """Give what partners ask at the nodes over the noise: each kink's, and all others.

        Shapes (nodes,) and (nodes, n). The others are paid or not, on both sides, as at the kink;
        what the kink's partner asks counts as nothing among them.
        """
        asked = weights.asked(self.nodes) / weights.noise
        here = np.arange(len(asked)), self.who
        hers = asked[here]
        asked[~np.repeat(self.kinks.paid, self.order, axis=0)] = 0.0
        asked[here] = 0.0
        return hers, asked


@dataclass(frozen=True, eq=False)
class Nodes:
    """Prices frozen at nodes, in a window.

    Attributes
    ----------
    window
        The window.
    elements
        What the nodes belong to: the window's panels, or kinks.
    x
        The nodes, shape (nodes,).
    chance
        Tilted join probabilities, shape (nodes, free), strongest partner first.
    scale
        What each node's expectation counts for, in units of ``exp(reference)``, shape (nodes,).
    """

    window: Window
    elements: Elements | Jumps
    x: Floats
    chance: Floats
    scale: Floats


def freeze(branch: Branch, window: Window, elements: Elements) -> Nodes:
    """Freeze prices at the nodes of panels."""
    weights, x = branch.weights, elements.nodes
    odds = window.tilt * weights.strength - weights.cost(x)
    chance, log = independent(odds[:, branch.order])
    log += weights.reward(x) - window.tilt * x - branch.profile.reference
    scale = np.exp(np.minimum(log, _LARGEST)) * window.share(x)
    return Nodes(window, elements, x, chance, scale)


def freeze_jumps(branch: Branch, window: Window, kinks: Kinks, step: float, order: int) -> Nodes:
    """Freeze prices around kinks, and take what coalitions gain by passing each.

    Coalitions with the partner whose price has the kink weigh on one side as if she asked nothing,
    on the other as if she were paid what she asks, be it less than nothing.
    """
    weights, terms, noise = branch.weights, branch.weights.terms, branch.weights.noise
    jumps = Jumps(kinks, step, order)
    x, p = jumps.nodes, weights.victory(jumps.nodes)
    here = np.arange(len(x)), jumps.who
    hers, asked = jumps.asked(weights)
    gain = -np.expm1(-hers) * np.where(kinks.dear, 1.0, -1.0).repeat(order)
    burden = asked + terms.drag / noise * p[:, np.newaxis]
    odds = window.tilt * terms.strength - burden
    log = terms.victory_value / noise * p - window.tilt * x - branch.profile.reference
    log -= burden[:, list(weights.members)].sum(axis=1)
    # She is in for certain, and stays so whatever the others do.
    log += np.where(weights.others[jumps.who], odds[here], 0.0)
    odds[here] = -np.inf
    chance, log_sum = independent(odds[:, branch.free])
    chance[branch.free == jumps.who[:, np.newaxis]] = 1.0
    scale = gain * np.exp(np.minimum(log + log_sum, _LARGEST)) * window.share(x)
    return Nodes(window, jumps, x, chance, scale)


def payments_at(branch: Branch, nodes: Nodes) -> Floats:
    """Give what partners are paid in the coalitions that nodes count, shape (nodes, n).

    By passing a kink at which she asks `a` coalitions gain `1 - exp(-a / noise)` and no longer pay
    `a exp(-a / noise)`: that is what a unit of the gain pays her.
    """
    weights, elements = branch.weights, nodes.elements
    if isinstance(elements, Elements):
        return weights.payments(nodes.x)
    hers, paid = elements.asked(weights)
    some = np.where(hers == 0.0, 1.0, hers)
    paid[np.arange(len(hers)), elements.who] = np.where(hers == 0.0, -1.0, -some / np.expm1(some))
    return weights.noise * paid
