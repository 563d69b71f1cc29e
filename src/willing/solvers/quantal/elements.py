"""Panels of final strength on which the weight of a coalition is a polynomial."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numba import njit

from willing.crisis import Floats
from willing.solvers.quantal.kinks import BEYOND, Kinks
from willing.solvers.quantal.legendre import NODES, ORDERS, TO_LEGENDRE
from willing.solvers.quantal.panels import Ints
from willing.solvers.quantal.profile import NEGLIGIBLE, Profile, independent
from willing.solvers.quantal.weights import Weights

# Panels are no wider than this times the strength at their left end, counted with the target's.
_WIDEST = 1.0
# What a polynomial may miss of the typical coalition's weight, relative to log Z.
_ACCURACY = 3e-8
# Beyond so many panels none is halved; what they miss shows in the error.
_MOST_ROUNDS, _MOST_PANELS = 30, 128
# Decay of a step's spectrum: it falls to exp(-_SHARPNESS) at a frequency of 2 _SHARPNESS / width.
_SHARPNESS = 26.0
_STEP_KNOTS = 96
# Where a window rises: from this share of the strength from which on it is whole.
_FOOT = 0.4
# How far below what matters the first window may begin, as shares of the strength there, and how
# much more, in logs, frozen weights may come to there. Far below, prices that are continued to
# strengths no coalition has may swamp the sum.
_FEET, _SWELLING = np.array([0.85, 0.6, 0.4, 0.25, 0.1]), 3.0
# A window that stronger coalitions follow is tilted away from them by so much over its width.
_LEAN = 8.0
_HIGHEST = ORDERS[-1]
# A corner this close to a panel's middle, as a share of half its width, is where it is cut.
_CENTRAL = 0.9
_LARGEST = 300.0


@dataclass(frozen=True, eq=False)
class Window:
    """A range of final strengths, smooth at its ends, so that windows overlap and add up to one.

    Attributes
    ----------
    rise, fall
        Where its share rises from 0 to 1 and falls from 1 to 0, pairs of strengths beyond the
        leader's.
    tilt
        :math:`\\theta`; weights are interpolated after multiplication with
        :math:`e^{-\\theta x}`.
    """

    rise: tuple[float, float]
    fall: tuple[float, float]
    tilt: float

    @property
    def ends(self) -> tuple[float, float]:
        """Where it begins and ends."""
        return self.rise[0], self.fall[1]

    def share(self, x: Floats) -> Floats:
        """Give the share of strengths that belongs to the window, in the shape of `x`."""
        (a, b), (c, d) = self.rise, self.fall
        return smooth_step((x - a) / (b - a)) * smooth_step((d - x) / (d - c))


@dataclass(frozen=True, eq=False)
class Elements:
    """Panels of a window, each with a number of nodes of its own, among them its ends.

    Attributes
    ----------
    left, right
        Ends of the panels, shape (panels,).
    order
        Numbers of nodes, shape (panels,).
    """

    left: Floats
    right: Floats
    order: Ints

    @property
    def first(self) -> Ints:
        """Where each panel's nodes begin, shape (panels + 1,)."""
        return np.concatenate([[0], np.cumsum(self.order)])

    @property
    def middle(self) -> Floats:
        """Centres of the panels, shape (panels,)."""
        return (self.left + self.right) / 2.0

    @property
    def half(self) -> Floats:
        """Half their widths, shape (panels,)."""
        return (self.right - self.left) / 2.0

    @property
    def nodes(self) -> Floats:
        """The nodes, panel by panel, shape (nodes,)."""
        inside = np.arange(_HIGHEST) < self.order[:, np.newaxis]
        points = self.middle[:, np.newaxis] + self.half[:, np.newaxis] * NODES[self.order]
        nodes: Floats = points[inside]
        return nodes

    def finer(self, chosen: Ints) -> Elements:
        """Give the chosen panels with more nodes or, where they have the most, halved."""
        left, right, order = self.left[chosen], self.right[chosen], self.order[chosen]
        full = order == _HIGHEST
        more = np.searchsorted(ORDERS, np.minimum(order + 4, _HIGHEST))
        order = np.array(ORDERS)[more]
        middle = (left + right) / 2.0
        return Elements(
            np.concatenate([left, middle[full]]),
            np.concatenate([np.where(full, middle, right), right[full]]),
            np.concatenate([order, order[full]]),
        )


@lru_cache(maxsize=1)
def _step_series() -> Floats:
    """Chebyshev coefficients of the integral of a Kaiser window on [-1, 1], from 0 to 1."""
    from numpy.polynomial import chebyshev

    u = chebyshev.chebpts1(_STEP_KNOTS)
    # Less what it would jump by at its ends.
    kaiser = np.i0(_SHARPNESS * np.sqrt(1.0 - u**2)) - 1.0
    integral = chebyshev.chebint(chebyshev.chebfit(u, kaiser, _STEP_KNOTS - 1), lbnd=-1.0)
    series: Floats = integral / chebyshev.chebval(1.0, integral)
    return series


@njit(cache=True, nogil=True)
def _sum_series(series: Floats, t: Floats) -> Floats:
    """Sum a Chebyshev series inside [-1, 1] (Clenshaw); 0 below and 1 above, shape (points,)."""
    sums = np.empty_like(t)
    for g in range(t.shape[0]):
        above, here = 0.0, 0.0
        if -1.0 < t[g] < 1.0:
            for k in range(series.shape[0] - 1, 0, -1):
                above, here = here, 2.0 * t[g] * here - above + series[k]
            sums[g] = series[0] + t[g] * here - above
        else:
            sums[g] = 1.0 if t[g] > 0.0 else 0.0
    return sums


def smooth_step(u: Floats) -> Floats:
    """Rise from 0 at 0 to 1 at 1, with a spectrum as narrow as can be; in the shape of `u`."""
    t = 2.0 * np.asarray(u, dtype=float) - 1.0
    return _sum_series(_step_series(), t.ravel()).reshape(t.shape)


def choose_windows(weights: Weights, profile: Profile, growth: float) -> list[Window]:
    """Cut the range of strengths into windows, the one with the heaviest coalitions first.

    Every window but the last ends where strength has grown `growth` times.
    """
    own = weights.own
    begin, end = own + profile.low, own + profile.high
    starts = [begin]
    while starts[-1] * growth**1.5 < end:
        starts.append(starts[-1] * growth)
    # Windows add up to one where each rises only after the one before has risen.
    foot = max(_FOOT, 1.0 / growth)
    rises = [(foot * start - own, start - own) for start in starts[1:]]
    # Nothing is left out at the ends: there the window may rise and fall where no coalition is.
    rises = [(_first_rise(weights, profile), profile.low), *rises]
    falls = [*rises[1:], (profile.high, BEYOND * end - own)]
    windows = []
    for rise, fall in zip(rises, falls, strict=True):
        x = np.union1d(profile.x, [*rise, *fall])
        x = x[(x >= rise[0]) & (x <= fall[1])]
        bound = np.interp(x, profile.x, profile.bound)
        tilt = float(np.interp(x[np.argmax(bound)], profile.x, profile.tilt))
        if fall is not falls[-1]:
            tilt -= _LEAN / (fall[1] - rise[0])
        windows.append((float(bound.max()), Window(rise, fall, tilt)))
    windows.sort(key=lambda pair: -pair[0])
    return [w for bound, w in windows if bound > profile.reference - NEGLIGIBLE]


def _first_rise(weights: Weights, profile: Profile) -> float:
    """Where the first window begins: as far down as frozen weights stay small."""
    x = profile.low - np.append(_FEET, 0.0) * (weights.own + profile.low)
    tilt = profile.tilt[np.argmax(profile.bound)]
    _, log = independent(tilt * weights.strength - weights.cost(x))
    log += weights.reward(x) - tilt * x
    small = log[:-1] < max(log[-1], profile.reference) + _SWELLING
    return float(x[np.argmax(small)] if small.any() else x[-2])


def place_panels(weights: Weights, profile: Profile, window: Window, kinks: Kinks) -> Elements:
    """Choose panels that end at kinks and on which typical weights are polynomials."""
    low, high = window.ends
    scale = weights.terms.target_strength
    edges = [low]
    while edges[-1] < high:
        here = max(edges[-1], 0.0)
        edges.append(min(here + _WIDEST * (weights.own + here + scale), high))
    inside = kinks.within(low, high).at
    breaks = np.unique(np.concatenate([edges, inside, window.rise[1:], window.fall[:1]]))
    left, right = breaks[:-1], breaks[1:]
    done: list[tuple[Floats, Floats, Ints]] = []
    for _ in range(_MOST_ROUNDS):
        typical = _typical(weights, profile, window, left, right)
        series = np.abs(typical @ TO_LEGENDRE[_HIGHEST].T).max(axis=1)
        large = series > _ACCURACY
        # Two degrees beyond the last that counts, so that the rest can be seen to be small.
        needed = np.where(large.any(axis=1), _HIGHEST - np.argmax(large[:, ::-1], axis=1), 0) + 2
        many = len(left) + sum(len(part[0]) for part in done)
        open_ = (needed > _HIGHEST) & (many < _MOST_PANELS)
        order = np.array(ORDERS)[np.searchsorted(ORDERS, np.minimum(needed, _HIGHEST))]
        done.append((left[~open_], right[~open_], order[~open_]))
        if not open_.any():
            break
        left, right = left[open_], right[open_]
        cut = _cut(left, right, weights.corners)
        left, right = np.concatenate([left, cut]), np.concatenate([cut, right])
    left, right, order = (np.concatenate(part) for part in zip(*done, strict=True))
    return Elements(left, right, order)


def _cut(left: Floats, right: Floats, corners: Floats) -> Floats:
    """Where panels are cut in two: at the corner nearest to the middle, or there."""
    middle, half = (left + right) / 2.0, (right - left) / 2.0
    if not len(corners):
        return middle
    after = np.searchsorted(corners, middle).clip(1, len(corners) - 1 or 1)
    near = np.stack([corners[after - 1], corners[np.minimum(after, len(corners) - 1)]])
    nearest = near[np.argmin(np.abs(near - middle), axis=0), np.arange(len(middle))]
    return np.where(np.abs(nearest - middle) < _CENTRAL * half, nearest, middle)


def _typical(
    weights: Weights, profile: Profile, window: Window, left: Floats, right: Floats
) -> Floats:
    """Weights, at the nodes of panels, of coalitions typical of the strengths that matter.

    Shape (panels, coalitions, nodes).
    """
    middle, half = (left + right) / 2.0, (right - left) / 2.0
    x = middle[:, np.newaxis] + half[:, np.newaxis] * NODES[_HIGHEST]
    own = profile.typical - profile.typical.max()
    counts = own > np.log(_ACCURACY)
    at = profile.x[counts]
    here = weights.reward(at) - window.tilt * at - profile.spent[counts]
    spent = np.moveaxis(weights.cost(x) @ profile.chance[counts].T, -1, 0)
    log = weights.reward(x) - window.tilt * x - spent
    # Each weighs what coalitions of its own strength do together.
    log += (own[counts] - here)[:, np.newaxis, np.newaxis]
    typical = np.exp(np.minimum(log, _LARGEST)) * window.share(x)
    return np.swapaxes(typical, 0, 1)
