"""All coalitions where prices depend on the coalition's final strength.

A partner's price depends on the coalition only through its final strength `x`. On windows of final
strengths that overlap smoothly, a coalition's weight is interpolated from nodes `x_g`, at which
prices are frozen and partners join independently but for the interpolating function:

    Z = sum_g exp(F(x_g)) sum_S e_g(x_S) prod_{i in S} exp(-w_i(x_g)).

The inner sum is an expectation over independent partners, and a Fourier series.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from willing.crisis import Floats
from willing.solvers.quantal.elements import choose_windows, place_panels
from willing.solvers.quantal.nodes import Branch, Nodes, freeze, payments_at
from willing.solvers.quantal.profile import NEGLIGIBLE, Profile, independent, profile_strengths
from willing.solvers.quantal.series import ROUNDING
from willing.solvers.quantal.weights import Weights
from willing.solvers.quantal.windows import SHARE, WindowSum, sum_window

# How much strength grows over a window; tried in turn.
_GROWTHS = (5.0, 2.2, 1.6)
# Where prices have kinks a series misses more, the more frozen weights exceed the sum.
_INFLATED = 3e3
# The estimate of log Z that decides what is negligible may be too high by this much, and the
# sum may be above the bound on coalitions of one strength by this much.
_MARGIN, _ABOVE = 10.0, 6.0
_ROUGHLY, _TINY, _SENSELESS = 1e-6, 1e-300, 0.05


@dataclass(frozen=True)
class Limits:
    """How far the answer may be refined.

    Parameters
    ----------
    frequencies
        Most frequencies on a window of strengths; time grows with them. Kinks of prices, which
        take little time, may have 32 times as many.
    branches
        Most parts into which the sum is taken apart by deciding strong partners.
    """

    frequencies: int = 1024
    branches: int = 24


@dataclass(frozen=True, eq=False)
class Frozen:
    """The sum over coalitions with prices frozen at nodes of final strength.

    Attributes
    ----------
    x
        The nodes, strengths beyond the leader's alone, shape (nodes,).
    weight
        Share of :math:`Z` that belongs to each node, shape (nodes,); sums to one.
    joined
        The part of `weight` from coalitions with each partner, shape (n, nodes).
    bill
        Expected side payments.
    log_partition
        :math:`\\log Z`.
    error
        Estimate of the largest error in join probabilities and in :math:`\\log Z`.
    ceiling
        What :math:`\\log Z` may be at most where the sum is no answer and `error` is 1.
    branch, windows
        What was summed: the game, and its windows; None and empty where no partner is left who
        has strength.
    """

    x: Floats
    weight: Floats
    joined: Floats
    bill: float
    log_partition: float
    error: float
    ceiling: float = -np.inf
    branch: Branch | None = field(default=None, repr=False)
    windows: tuple[WindowSum, ...] = field(default=(), repr=False)

    @property
    def join(self) -> Floats:
        """Join probabilities, shape (n,)."""
        chances: Floats = self.joined.sum(axis=1)
        return chances


@dataclass(frozen=True, eq=False)
class Mixture:
    """Branches put together, each with its share of :math:`Z`.

    Attributes
    ----------
    parts
        The branches.
    share
        Their shares, shape (parts,).
    log_partition, join, error
        As of `Frozen`, of all together.
    """

    parts: tuple[Frozen, ...]
    share: Floats
    log_partition: float
    join: Floats
    error: float


def solve(weights: Weights, *, tolerance: float, limits: Limits) -> Mixture:
    """Sum over all coalitions, finely enough for the tolerance or as the limits allow.

    Where a partner is so strong that the mean field stands between her joining and her staying
    out, frozen weights dwarf those of real coalitions, and rounding would decide. The sum is then
    taken with her and without her.

    Parameters
    ----------
    weights
        The game; some partner has strength.
    tolerance
        Absolute, on join probabilities.
    limits
        When to stop.
    """
    waiting: list[tuple[Weights, float | None]] = [(weights, None)]
    parts: list[Frozen] = []
    floor, tried = -np.inf, 0
    while waiting:
        game, reference = waiting.pop()
        if not game.strength.any():
            parts.append(_without_strength(game))
            floor = max(floor, parts[-1].log_partition)
            continue
        profile = profile_strengths(game, reference)
        floor, highest = max(floor, profile.floor), float(profile.bound.max())
        if highest < floor - NEGLIGIBLE:
            continue
        # A branch that weighs little may be off by more.
        allowed = tolerance * float(np.exp(max(floor - highest - _ABOVE, 0.0)))
        tried += 1
        branch = Branch(game, profile, np.argsort(-game.strength, kind="stable"))
        frozen: list[Nodes] = []
        gap = ROUNDING * np.exp(min(highest - profile.reference, NEGLIGIBLE))
        if gap <= SHARE * allowed:
            frozen = _freeze_windows(branch, allowed)
            # Kinked prices inflate frozen weights whoever is decided.
            gap = 0.0 if game.kinked else _rounding(frozen)
        if gap > SHARE * allowed and tried < limits.branches:
            waiting += [(half, None) for half in _split(game, profile)]
            continue
        part = _sum_branch(branch, frozen or _freeze_windows(branch, allowed), limits, allowed)
        if reference is None and part.log_partition < profile.reference - _MARGIN:
            # What was left out as negligible may not be.
            waiting.append((game, max(profile.floor, part.log_partition)))
            continue
        parts.append(part)
    return _mix(parts or [_nothing(weights, floor)], floor)


def size_probabilities(found: Mixture, n: int) -> Floats:
    """Give the probability of each number of members, shape (n + 1,).

    The characteristic function of the number, at roots of unity, is a sum over coalitions with
    complex odds; as many roots suffice as there are numbers that are not negligibly rare.
    """
    chances = np.zeros(n + 1)
    for part, share in zip(found.parts, found.share, strict=True):
        size = np.ones(1)
        if part.branch is None or part.error == 1.0:
            for chance in part.join:
                size = np.convolve(size, [1.0 - chance, chance])
        else:
            size = _free_members(part.branch, part.windows)
            size = np.concatenate([np.zeros(len(part.branch.weights.members)), size])
        chances[: min(len(size), n + 1)] += share * size[: n + 1]
    return np.maximum(chances, 0.0)


def _free_members(branch: Branch, windows: tuple[WindowSum, ...]) -> Floats:
    def generate(growth: float, phase: float) -> complex:
        return sum(window.count_members(branch, growth, phase) for window in windows)

    free, whole = len(branch.order), generate(1.0, 0.0).real
    # Chernoff's bound: P(number >= c) <= E[e^number] e^-c.
    most = np.log(max(generate(math.e, 0.0).real / whole, 1.0)) + NEGLIGIBLE
    roots = min(free, int(np.ceil(most))) + 1
    values = [generate(1.0, -2.0 * np.pi * k / roots) / whole for k in range(roots // 2 + 1)]
    chances: Floats = np.fft.irfft(np.array(values), roots) if roots > 1 else np.ones(1)
    return chances


def _split(weights: Weights, profile: Profile) -> list[Weights]:
    """Decide the partner who matters most where the mean field is least like a coalition."""
    chance = profile.chance[np.argmax(profile.bound - profile.typical)]
    free = np.flatnonzero(weights.others)
    who = int(free[np.argmax(chance * (1.0 - chance) * weights.strength**2)])
    return [
        replace(weights, absent=(*weights.absent, who)),
        replace(weights, members=(*weights.members, who)),
    ]


def _without_strength(weights: Weights) -> Frozen:
    """Sum where the free partners have no strength, and join independently."""
    here = np.zeros(1)
    chance, log_sum = independent(-weights.cost(here))
    joined = np.zeros((len(weights.terms.strength), 1))
    joined[weights.others, 0] = chance[0]
    joined[list(weights.members)] = 1.0
    bill = float(weights.payments(here)[0] @ joined[:, 0])
    x = here + weights.own - weights.terms.leader_strength
    return Frozen(x, np.ones(1), joined, bill, float(weights.reward(here)[0] + log_sum[0]), 0.0)


def _nothing(weights: Weights, floor: float) -> Frozen:
    """Stand for an answer where bounds on a few strengths missed all that matters."""
    joined = np.zeros((len(weights.terms.strength), 1))
    return Frozen(np.zeros(1), np.ones(1), joined, 0.0, floor, 1.0, ceiling=np.inf)


def _sum_branch(branch: Branch, frozen: list[Nodes], limits: Limits, tolerance: float) -> Frozen:
    weights, profile = branch.weights, branch.profile
    found: list[WindowSum] = []
    known = 0.0
    # Where rounding would drown the sum it is not begun.
    frequencies = limits.frequencies if _rounding(frozen) < _SENSELESS else 0
    for nodes in frozen:
        found.append(sum_window(branch, nodes, known, tolerance=tolerance, frequencies=frequencies))
        known += found[-1].total
    series = [part for window in found for part in window.series]
    error = sum(w.error for w in found) + _rounding(frozen) + known * float(np.exp(-NEGLIGIBLE))
    log_partition = profile.reference + float(np.log(max(known, _TINY)))
    # A sum outside its bounds is no answer.
    ceiling = float(profile.bound.max()) + _ABOVE
    sensible = profile.floor - _ROUGHLY < log_partition < ceiling and error < known
    x = np.concatenate([part.nodes.x for part in series])
    share = 1.0 / known if sensible else 0.0
    weight = share * np.concatenate([part.sums.total for part in series])
    joined = np.zeros((len(weights.terms.strength), len(x)))
    joined[branch.free] = share * np.concatenate([part.sums.joined for part in series]).T
    joined[list(weights.members)] = weight
    paid = np.concatenate([payments_at(branch, part.nodes) for part in series])
    return Frozen(
        x=x + weights.own - weights.terms.leader_strength,
        weight=weight,
        joined=joined,
        bill=float((paid.T * joined).sum()),
        log_partition=log_partition if sensible else profile.floor,
        error=error / known if sensible else 1.0,
        ceiling=ceiling,
        branch=branch,
        windows=tuple(found),
    )


def _freeze_windows(branch: Branch, tolerance: float) -> list[Nodes]:
    """Choose windows, narrow enough for their tilts to keep frozen weights small."""
    weights, profile = branch.weights, branch.profile
    allowed = ROUNDING * _INFLATED if weights.kinked else SHARE * tolerance
    best: list[Nodes] = []
    least = np.inf
    for growth in _GROWTHS:
        frozen, rounding = [], 0.0
        for window in choose_windows(weights, profile, growth):
            elements = place_panels(weights, profile, window, branch.kinks)
            frozen.append(freeze(branch, window, elements))
            rounding = _rounding(frozen)
            if rounding > min(least, 1.0):
                break
        if rounding < least:
            best, least = frozen, rounding
        if least <= allowed:
            break
    return best


def _rounding(frozen: list[Nodes]) -> float:
    """What rounding leaves of the frozen weights, in units of ``exp(reference)``."""
    return ROUNDING * sum(float(nodes.scale.sum()) for nodes in frozen)


def _mix(parts: list[Frozen], floor: float) -> Mixture:
    logs = np.array([part.log_partition for part in parts])
    log_partition = float(np.logaddexp.reduce(logs))
    share = np.exp(logs - log_partition)
    join = share @ np.array([part.join for part in parts])
    missed = [
        s * part.error if part.error < 1.0 else np.exp(min(part.ceiling - log_partition, 0.0))
        for s, part in zip(share, parts, strict=True)
    ]
    # Probabilities outside their range are off by as much.
    error = max(float(sum(missed)), float(-join.min()), float(join.max()) - 1.0)
    # What may be off by so much may be off by anything, and so may a sum without the heaviest.
    if error > _SENSELESS or log_partition < floor - _ROUGHLY:
        error = 1.0
    return Mixture(tuple(parts), share, log_partition, join, error)
