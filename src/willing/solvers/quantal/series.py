"""Terms of a Fourier series, added at nodes where prices are frozen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.crisis import Floats
from willing.solvers.quantal.elements import Elements
from willing.solvers.quantal.nodes import Branch, Jumps, Nodes, freeze
from willing.solvers.quantal.panels import Ints
from willing.solvers.quantal.spectrum import add_frequencies, sum_members

BLOCK = 64
"""Frequencies that are added at a time."""

ROUNDING = 1e-15
"""What rounding leaves of a sum, relative to the frozen weights that go into it."""

# Sums are taken to be no smaller than this when terms are left out.
_LEAST = 1e-3


@dataclass(frozen=True, eq=False)
class Sums:
    """Sums over coalitions at nodes, to which the terms of frequencies are added.

    Attributes
    ----------
    total, joined
        Of all coalitions, and of those with each partner; shapes (nodes,) and (nodes, free).
    rough, rough_joined
        What of them comes from the last degrees on each panel, or at each kink, shapes (panels,)
        and (panels, free).
    """

    total: Floats
    joined: Floats
    rough: Floats
    rough_joined: Floats

    @classmethod
    def zeros(cls, nodes: Nodes) -> Sums:
        """Begin with nothing."""
        many, free = nodes.chance.shape
        panels = len(nodes.elements.middle)
        return cls(
            np.zeros(many), np.zeros((many, free)), np.zeros(panels), np.zeros((panels, free))
        )

    @property
    def whole(self) -> Floats:
        """The sum of all coalitions, then of those with each partner, shape (1 + free,)."""
        return np.concatenate([[self.total.sum()], self.joined.sum(axis=0)])

    @property
    def roughness(self) -> Floats:
        """Largest part that the last degrees of each panel have in a sum, (panels,)."""
        largest: Floats = np.maximum(np.abs(self.rough), np.abs(self.rough_joined).max(axis=1))
        return largest


@dataclass(frozen=True, eq=False)
class Series:
    """A range of frequencies, summed at nodes.

    Attributes
    ----------
    nodes, sums
        What was summed over, and the sums.
    period
        Of the series.
    blocks
        Which blocks of frequencies were added.
    """

    nodes: Nodes
    sums: Sums
    period: float
    blocks: range

    @property
    def stop(self) -> int:
        """The first frequency that was not added."""
        return self.blocks.stop * BLOCK

    @property
    def largest(self) -> Floats:
        """Largest part that each panel or kink has in a sum, (panels,)."""
        first, sums = self.nodes.elements.first[:-1], self.sums
        joined = np.abs(np.add.reduceat(sums.joined, first, axis=0)).max(axis=1)
        largest: Floats = np.maximum(np.abs(np.add.reduceat(sums.total, first)), joined)
        return largest

    @classmethod
    def begin(cls, nodes: Nodes, period: float, block: int) -> Series:
        """Begin before a block."""
        return cls(nodes, Sums.zeros(nodes), period, range(block, block))

    def longer(self, strength: Floats, whole: float) -> Series:
        """Add the next block to the sums, in place.

        Parameters
        ----------
        strength
            Of the free partners, shape (free,).
        whole
            What the sum is about, with those of other windows.
        """
        block, e = self.blocks.stop, self.nodes.elements
        add_frequencies(
            isinstance(e, Jumps),
            self._omega(range(block, block + 1)),
            e.first,
            e.middle,
            e.half,
            strength,
            self.nodes.chance,
            self.nodes.scale / self.period,
            ROUNDING * max(whole, _LEAST),
            self.sums.total,
            self.sums.joined,
            self.sums.rough,
            self.sums.rough_joined,
        )
        return Series(self.nodes, self.sums, self.period, range(self.blocks.start, block + 1))

    def finer(self, branch: Branch, chosen: Ints, whole: float) -> Series:
        """Put finer panels in the place of those chosen."""
        old, sums = self.nodes, self.sums
        assert isinstance(old.elements, Elements)
        new = old.elements.finer(chosen)
        nodes = freeze(branch, old.window, new)
        more = Series.begin(nodes, self.period, self.blocks.start)
        for _ in self.blocks:
            more = more.longer(branch.strength, whole)
        panels = np.ones(len(old.elements.order), dtype=bool)
        panels[chosen] = False
        rows = np.repeat(panels, old.elements.order)
        elements = Elements(
            np.concatenate([old.elements.left[panels], new.left]),
            np.concatenate([old.elements.right[panels], new.right]),
            np.concatenate([old.elements.order[panels], new.order]),
        )
        joined = Nodes(
            old.window,
            elements,
            np.concatenate([old.x[rows], nodes.x]),
            np.concatenate([old.chance[rows], nodes.chance]),
            np.concatenate([old.scale[rows], nodes.scale]),
        )
        together = Sums(
            np.concatenate([sums.total[rows], more.sums.total]),
            np.concatenate([sums.joined[rows], more.sums.joined]),
            np.concatenate([sums.rough[panels], more.sums.rough]),
            np.concatenate([sums.rough_joined[panels], more.sums.rough_joined]),
        )
        return Series(joined, together, self.period, self.blocks)

    def count_members(self, strength: Floats, growth: float, phase: float) -> complex:
        """Sum over coalitions weighted with a number to the power of their free members.

        The number is ``growth * exp(1j * phase)``.
        """
        nodes, e = self.nodes, self.nodes.elements
        more = 1.0 + nodes.chance * (growth - 1.0)
        scale = nodes.scale * np.exp(np.log(more).sum(axis=1))
        return sum_members(
            isinstance(e, Jumps),
            self._omega(self.blocks),
            e.first,
            e.middle,
            e.half,
            strength,
            nodes.chance * growth / more,
            scale / self.period,
            phase,
        )

    def _omega(self, blocks: range) -> Floats:
        number = np.arange(blocks.start * BLOCK, blocks.stop * BLOCK, dtype=float)
        omega: Floats = 2.0 * np.pi / self.period * number
        return omega
