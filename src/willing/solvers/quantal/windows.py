"""The sum over coalitions in a window of final strengths, prices frozen at its nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.crisis import Floats
from willing.payoffs import Masks
from willing.solvers.quantal.elements import Elements, Window
from willing.solvers.quantal.panels import Ints
from willing.solvers.quantal.profile import NEGLIGIBLE, Profile, independent
from willing.solvers.quantal.spectrum import add_frequencies, sum_members
from willing.solvers.quantal.weights import Weights

ROUNDING = 1e-15
"""What rounding leaves of a sum, relative to the frozen weights that go into it."""

# Frequencies that are added at a time.
_BLOCK = 64
# Share of the tolerance left to what the series misses, and to what the panels do.
SHARE = 0.25
# What is left of a series, in units of what its last blocks moved, and from how many blocks on.
_LEFT, _FEWEST = 10.0, 2
_MOST_ROUNDS = 4
# Exponents beyond this are too large to compute with.
_LARGEST = 500.0
# Slopes of Chernoff's bound, over the width of a window.
_CHERNOFF = 2.0 ** np.arange(0, 9, 2)
# Sums are taken to be no smaller than this when terms are left out.
_LEAST = 1e-3


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


@dataclass(frozen=True, eq=False)
class Nodes:
    """Prices frozen at the nodes of panels, in a window.

    Attributes
    ----------
    window, elements
        The window and its panels.
    x
        The nodes, shape (nodes,).
    chance
        Tilted join probabilities, shape (nodes, free), strongest partner first.
    scale
        What each node's expectation counts for, in units of ``exp(reference)``, shape (nodes,).
    """

    window: Window
    elements: Elements
    x: Floats
    chance: Floats
    scale: Floats


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over coalitions at nodes, to which the terms of frequencies are added.

    Attributes
    ----------
    total, joined
        Of all coalitions, and of those with each partner; shapes (nodes,) and (nodes, free).
    rough, rough_joined
        What of them comes from the two highest degrees on each panel, shapes (panels,) and
        (panels, free).
    """

    total: Floats
    joined: Floats
    rough: Floats
    rough_joined: Floats

    @property
    def whole(self) -> Floats:
        """The sum of all coalitions, then of those with each partner, shape (1 + free,)."""
        return np.concatenate([[self.total.sum()], self.joined.sum(axis=0)])

    @property
    def roughness(self) -> Floats:
        """Largest part that the two highest degrees of each panel have in a sum, (panels,)."""
        largest: Floats = np.maximum(np.abs(self.rough), np.abs(self.rough_joined).max(axis=1))
        return largest


@dataclass(frozen=True, eq=False)
class WindowSum:
    """The sum over coalitions in a window, in units of ``exp(reference)``.

    Attributes
    ----------
    nodes, sums
        What it was summed over, and the sums.
    period, frequencies
        Period of the series, and how many of its terms were added.
    error
        Estimate of what series and panels miss.
    """

    nodes: Nodes
    sums: Sums
    period: float
    frequencies: int
    error: float

    def count_members(self, branch: Branch, growth: float, phase: float) -> complex:
        """Sum over coalitions weighted with a number to the power of their free members.

        The number is ``growth * exp(1j * phase)``.
        """
        nodes, e = self.nodes, self.nodes.elements
        more = 1.0 + nodes.chance * (growth - 1.0)
        scale = nodes.scale * np.exp(np.log(more).sum(axis=1))
        omega: Floats = 2.0 * np.pi / self.period * np.arange(self.frequencies, dtype=float)
        middle, half = (e.left + e.right) / 2.0, (e.right - e.left) / 2.0
        chance = nodes.chance * growth / more
        return sum_members(
            omega, e.first, middle, half, branch.strength, chance, scale / self.period, phase
        )


def freeze(branch: Branch, window: Window, elements: Elements) -> Nodes:
    """Freeze prices at the nodes of panels."""
    weights, x = branch.weights, elements.nodes
    odds = window.tilt * weights.strength - weights.cost(x)
    chance, log = independent(odds[:, branch.order])
    log += weights.reward(x) - window.tilt * x - branch.profile.reference
    scale = np.exp(np.minimum(log, _LARGEST)) * window.share(x)
    return Nodes(window, elements, x, chance, scale)


def sum_window(
    branch: Branch, nodes: Nodes, known: float, *, tolerance: float, frequencies: int
) -> WindowSum:
    """Sum over the coalitions in a window.

    Parameters
    ----------
    branch, nodes
        The game and the window.
    known
        The sum over coalitions in other windows, in units of ``exp(reference)``.
    tolerance
        Absolute, on join probabilities.
    frequencies
        How many terms the series may have at most.
    """
    strength, period = branch.strength, _choose_period(nodes, branch.strength)
    sums, allowed = _zeros(nodes), SHARE * tolerance
    truncated, passed = np.inf, [sums.whole]
    while truncated > allowed and len(passed) * _BLOCK <= frequencies:
        _add_block(nodes, strength, period, len(passed) - 1, known + sums.whole[0], sums)
        passed.append(sums.whole)
        truncated = _left_of_series(passed, known)
    blocks = len(passed) - 1
    whole = abs(known + float(sums.total.sum()))
    for _ in range(_MOST_ROUNDS):
        rough = sums.roughness
        if rough.sum() <= allowed * whole:
            break
        chosen = np.flatnonzero(rough > allowed * whole / (2.0 * len(rough)))
        finer = freeze(branch, nodes.window, nodes.elements.finer(chosen))
        more = _zeros(finer)
        for block in range(blocks):
            _add_block(finer, strength, period, block, whole, more)
        nodes, sums = _replace(nodes, sums, chosen, finer, more)
        whole = abs(known + float(sums.total.sum()))
    error = truncated * whole + float(sums.roughness.sum())
    return WindowSum(nodes, sums, period, blocks * _BLOCK, error)


def _left_of_series(passed: list[Floats], known: float) -> float:
    """Estimate what is left of a series, relative to the sum, from the sums that it passed.

    With kinks blocks may fall no faster than the square of the frequency, and with one sign: what
    is left is then up to three times what the last quarter of the blocks moved.
    """
    blocks = len(passed) - 1
    if blocks < _FEWEST:
        return np.inf
    moved = float(np.abs(passed[-1] - passed[-1 - max(1, blocks // 4)]).max())
    whole = known + float(passed[-1][0])
    return _LEFT * moved / whole if whole > 0.0 else np.inf


def _zeros(nodes: Nodes) -> Sums:
    many, free = nodes.chance.shape
    panels = len(nodes.elements.order)
    return Sums(np.zeros(many), np.zeros((many, free)), np.zeros(panels), np.zeros((panels, free)))


def _choose_period(nodes: Nodes, strength: Floats) -> float:
    """Choose a period beyond which nothing that matters lies, by Chernoff's bound."""
    low, high = nodes.window.ends
    most = float(strength.sum())
    counts = nodes.scale > np.exp(-NEGLIGIBLE)
    if counts.any():
        slopes = _CHERNOFF / (high - low)
        spare = np.log(nodes.scale[counts]) + NEGLIGIBLE
        reach = np.full(len(spare), most)
        for slope in slopes[slopes * strength[0] < _LARGEST]:
            grown = np.log1p(nodes.chance[counts] * np.expm1(slope * strength)).sum(axis=1)
            reach = np.minimum(reach, (grown + spare) / slope)
        most = float(reach.max())
    return max(most - low, high - min(low, 0.0))


def _add_block(
    nodes: Nodes, strength: Floats, period: float, block: int, whole: float, sums: Sums
) -> None:
    """Add the terms of a block of frequencies to `sums`."""
    e = nodes.elements
    number = np.arange(block * _BLOCK, (block + 1) * _BLOCK, dtype=float)
    add_frequencies(
        2.0 * np.pi / period * number,
        e.first,
        (e.left + e.right) / 2.0,
        (e.right - e.left) / 2.0,
        strength,
        nodes.chance,
        nodes.scale / period,
        ROUNDING * max(whole, _LEAST),
        sums.total,
        sums.joined,
        sums.rough,
        sums.rough_joined,
    )


def _replace(
    nodes: Nodes, sums: Sums, chosen: Ints, finer: Nodes, more: Sums
) -> tuple[Nodes, Sums]:
    """Put finer panels in the place of those chosen."""
    old, new = nodes.elements, finer.elements
    panels = np.ones(len(old.order), dtype=bool)
    panels[chosen] = False
    rows: Masks = np.repeat(panels, old.order)

    elements = Elements(
        np.concatenate([old.left[panels], new.left]),
        np.concatenate([old.right[panels], new.right]),
        np.concatenate([old.order[panels], new.order]),
    )
    joined = Nodes(
        nodes.window,
        elements,
        np.concatenate([nodes.x[rows], finer.x]),
        np.concatenate([nodes.chance[rows], finer.chance]),
        np.concatenate([nodes.scale[rows], finer.scale]),
    )
    return joined, Sums(
        np.concatenate([sums.total[rows], more.total]),
        np.concatenate([sums.joined[rows], more.joined]),
        np.concatenate([sums.rough[panels], more.rough]),
        np.concatenate([sums.rough_joined[panels], more.rough_joined]),
    )
