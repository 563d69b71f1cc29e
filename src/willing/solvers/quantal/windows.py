"""The sum over coalitions in a window of final strengths, prices frozen at its nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.crisis import Floats
from willing.solvers.quantal.kinks import Kinks
from willing.solvers.quantal.nodes import Branch, Nodes, freeze_jumps
from willing.solvers.quantal.profile import NEGLIGIBLE
from willing.solvers.quantal.series import BLOCK, Series

SHARE = 0.25
"""Share of the tolerance left to what the series misses, and to what the panels do."""

# What is left of a series, in units of what its last blocks moved, and from how many blocks on.
_LEFT, _FEWEST = 8.0, 2
# What a quarter of the blocks moves where kinks decide how fast that falls, in units of the quarter
# before, and from how many blocks on they may.
_AGAIN, _SLOW = 0.5, 5
# A kink that adds less than this share of what may be missed is left out of higher frequencies.
_IDLE = 0.1
# Where panels come to their limit kinks go on if they miss less than this share of what is left.
_LITTLE = 1e-3
# Nodes around a kink, at first and at the highest frequencies.
_MANY_NODES, _FEW_NODES = 4, 2
# Kinks have few nodes, and may have so many times more frequencies.
_FURTHER = 32
# Rounds in which panels are made finer, and how many panels are left as they are.
_MOST_ROUNDS, _MANY = 4, 256
# Exponents beyond this are too large to compute with, and sums below this are nothing.
_LARGEST, _TINY = 500.0, 1e-300
# Slopes of Chernoff's bound, over the width of a window.
_CHERNOFF = 2.0 ** np.arange(0, 9, 2)


@dataclass(frozen=True, eq=False)
class WindowSum:
    """The sum over coalitions in a window, in units of ``exp(reference)``.

    Attributes
    ----------
    series
        At the window's nodes and, for higher frequencies, at its kinks.
    error
        Estimate of what series and panels miss.
    """

    series: tuple[Series, ...]
    error: float

    @property
    def total(self) -> float:
        """The sum."""
        return float(sum(part.sums.total.sum() for part in self.series))

    def count_members(self, branch: Branch, growth: float, phase: float) -> complex:
        """Sum over coalitions weighted with a number to the power of their free members.

        The number is ``growth * exp(1j * phase)``.
        """
        return sum(part.count_members(branch.strength, growth, phase) for part in self.series)


@dataclass(frozen=True, eq=False)
class Progress:
    """What a series passes.

    Attributes
    ----------
    known
        The sum over coalitions in other windows.
    kinked
        Whether prices have kinks.
    passed
        Sums of all coalitions and of those with each partner after each block, and before any.
    """

    known: float
    kinked: bool
    passed: list[Floats]

    @property
    def whole(self) -> float:
        """The sum of all coalitions so far."""
        return self.known + float(self.passed[-1][0])

    @property
    def size(self) -> float:
        """The size of that sum, above zero."""
        return max(abs(self.whole), _TINY)

    @property
    def left(self) -> float:
        """Estimate what is left of the series, relative to the sum.

        With kinks blocks come to fall no faster than the square of the frequency, and may have one
        sign: what is left is then up to three times what the last quarter of the blocks moved. That
        may be little by accident, and the quarter before counts too.
        """
        blocks = len(self.passed) - 1
        quarter = max(1, blocks // 4)
        if blocks < _FEWEST or self.whole <= 0.0:
            return np.inf
        moved = self._moved(blocks - quarter, blocks)
        if self.kinked and blocks >= _SLOW:
            moved = max(moved, _AGAIN * self._moved(blocks - 2 * quarter, blocks - quarter))
        return _LEFT * moved / self.whole

    def _moved(self, start: int, stop: int) -> float:
        return float(np.abs(self.passed[stop] - self.passed[start]).max())

    def unexplained(self, last: Series) -> float:
        """Tell how much of the last block, relative to the sum, another series of it misses."""
        moved = self.passed[-1] - self.passed[-2]
        return float(np.abs(moved - last.sums.whole).max()) / self.size


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
        How many terms the series may have at most where all nodes are summed over.
    """
    strength, allowed = branch.strength, SHARE * tolerance
    kinks = branch.kinks.within(*nodes.window.ends)
    panels = Series.begin(nodes, _choose_period(nodes, strength), 0)
    progress = Progress(known, branch.weights.kinked, [panels.sums.whole])
    last: Series | None = None
    missed = np.inf
    while progress.left > allowed < missed and panels.stop < frequencies:
        panels = panels.longer(strength, progress.whole)
        progress.passed.append(panels.sums.whole)
        if len(kinks.at) and progress.left > allowed and len(progress.passed) > _FEWEST:
            last = _explain(branch, panels, kinks, progress, _MANY_NODES)
            missed = progress.unexplained(last)
    high: tuple[Series, ...] = ()
    left = progress.left
    if last is not None and left > allowed and missed < max(allowed, _LITTLE * left):
        # What panels that are not quite accurate add goes on in every block.
        missed *= 1 if missed <= allowed else len(progress.passed)
        high, left = _sum_kinks(branch, last, kinks, progress, allowed, _FURTHER * frequencies)
        left += missed
    whole = progress.size
    for _ in range(_MOST_ROUNDS):
        rough = panels.sums.roughness
        if rough.sum() <= allowed * whole or len(rough) > _MANY:
            break
        chosen = np.flatnonzero(rough > allowed * whole / (2.0 * len(rough)))
        panels = panels.finer(branch, chosen, whole)
    error = left * whole + sum(float(part.sums.roughness.sum()) for part in (panels, *high))
    return WindowSum((panels, *high), error)


def _explain(
    branch: Branch, series: Series, kinks: Kinks, progress: Progress, order: int
) -> Series:
    """Add the last block at kinks alone, so many nodes around each."""
    last = _around(branch, series, kinks, len(progress.passed) - 2, order)
    return last.longer(branch.strength, progress.whole)


def _sum_kinks(
    branch: Branch,
    last: Series,
    kinks: Kinks,
    progress: Progress,
    allowed: float,
    frequencies: int,
) -> tuple[tuple[Series, ...], float]:
    """Go on with a series at kinks alone.

    Gives what was added after the block that `last` explains, and what is left, relative to the
    sum.
    """
    found: list[Series] = []
    left_out, order = 0.0, _MANY_NODES
    added = last.largest * last.blocks.start
    while progress.left > allowed:
        before, block = progress.passed[-1], len(progress.passed) - 1
        if block * BLOCK >= frequencies:
            break
        if order > _FEW_NODES:
            tried = _explain(branch, last, kinks, progress, _FEW_NODES)
            missed = progress.unexplained(tried) * block
            if missed <= _IDLE * allowed:
                order, left_out = _FEW_NODES, left_out + missed
        # What a kink adds up to twice a frequency is as much as it adds beyond, or more.
        idle = added <= _IDLE * allowed * progress.size / len(added)
        left_out += float(added[idle].sum()) / progress.size
        kinks = kinks.select(~idle)
        if not len(kinks.at):
            return tuple(found), left_out
        stop = min(2 * block * BLOCK, frequencies)
        series = _around(branch, last, kinks, block, order)
        while progress.left > allowed and series.stop < stop:
            series = series.longer(branch.strength, progress.whole)
            progress.passed.append(before + series.sums.whole)
        found.append(series)
        added = series.largest
    return tuple(found), left_out + progress.left


def _around(branch: Branch, series: Series, kinks: Kinks, block: int, order: int) -> Series:
    """Begin a series around kinks, with nodes as close as the frequencies of a block are high."""
    step = series.period / (2.0 * np.pi * block * BLOCK)
    nodes = freeze_jumps(branch, series.nodes.window, kinks, step, order)
    return Series.begin(nodes, series.period, block)


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
