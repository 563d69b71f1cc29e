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
        The free partners, strongest first, shape (free,).
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
    def kinks(self) -> Kinks:
        """The kinks of prices."""
        return find_kinks(self.weights, self.profile)


@dataclass(frozen=True, eq=False)
class Jumps:
    """Kinks, with nodes around them at which is told what changes there.

    Attributes
    ----------
    middle
        The kinks, strengths beyond the leader's, shape (kinks,).
    step
        Distance between nodes.
    order
        Number of nodes around each, four or two.
    """

    middle: Floats
    step: float
    order: int

    @property
    def half(self) -> Floats:
        """The steps, shape (kinks,)."""
        return np.full(len(self.middle), self.step)

    @property
    def first(self) -> Ints:
        """Where each kink's nodes begin, shape (kinks + 1,)."""
        return self.order * np.arange(len(self.middle) + 1)

    @property
    def nodes(self) -> Floats:
        """The nodes, kink by kink, shape (nodes,)."""
        nodes: Floats = (self.middle[:, np.newaxis] + self.step * _STEPS[self.order]).ravel()
        return nodes


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
    on the other as if she were paid what she asks, be it less than nothing. The others pay or do
    not pay, on both sides, as at the kink.
    """
    weights, terms, noise = branch.weights, branch.weights.terms, branch.weights.noise
    jumps = Jumps(kinks.at, step, order)
    x, p = jumps.nodes, weights.victory(jumps.nodes)
    rows, own = np.arange(len(x)), np.repeat(kinks.who, order)
    asked = weights.asked(x) / noise
    gain = -np.expm1(-asked[rows, own]) * np.where(kinks.dear, 1.0, -1.0).repeat(order)
    asked[~np.repeat(kinks.paid, order, axis=0)] = 0.0
    asked[rows, own] = 0.0
    burden = asked + terms.drag / noise * p[:, np.newaxis]
    odds = window.tilt * terms.strength - burden
    log = terms.victory_value / noise * p - window.tilt * x - branch.profile.reference
    log -= burden[:, list(weights.members)].sum(axis=1)
    # She is in for certain, and stays so whatever the others do.
    free = weights.others[own]
    log[free] += odds[rows, own][free]
    odds[rows, own] = -np.inf
    chance, log_sum = independent(odds[:, np.flatnonzero(weights.others)[branch.order]])
    chance[np.flatnonzero(weights.others)[branch.order] == own[:, np.newaxis]] = 1.0
    scale = gain * np.exp(np.minimum(log + log_sum, _LARGEST)) * window.share(x)
    return Nodes(window, jumps, x, chance, scale)
