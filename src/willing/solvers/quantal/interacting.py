"""All coalitions where prices depend on the coalition's final strength."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.crisis import Floats
from willing.solvers.quantal.frozen import Routes, fold_panels, plan, solve_panels
from willing.solvers.quantal.panels import Ints, chebyshev_nodes, panel_nodes, resolve
from willing.solvers.quantal.weights import Weights
from willing.solvers.quantal.window import NEGLIGIBLE, Window, find_window

# Nodes on a panel: the answer, and a second opinion whose distance from it is the error.
_FINE, _COARSE = 14, 10
# The first panels resolve the weight of the typical coalition, which peaks at 1, to this accuracy;
# roughly where it has kinks, around which panels would pile up.
_SMOOTH_ACCURACY, _KINKED_ACCURACY = 1e-5, 1e-3
_ROUNDING = 1e-13
_ROUGHLY = 1e-6
# A polynomial through weights that change by more than this, in logs, can be anything.
_STEEPEST = 20.0


@dataclass(frozen=True)
class Limits:
    """How far the answer may be refined.

    Parameters
    ----------
    panels
        Most panels of strength; time grows with their square.
    """

    panels: int = 32


@dataclass(frozen=True, eq=False)
class Frozen:
    """The sum over coalitions with prices frozen at the nodes of panels.

    Attributes
    ----------
    x
        The nodes, strengths beyond the leader's, shape (targets, order).
    weight
        Share of :math:`Z` that belongs to each node, shape (targets, order); sums to one.
    joined
        The part of `weight` from coalitions with each free partner, shape
        (free, targets, order).
    log_partition
        :math:`\\log Z`.
    """

    x: Floats
    weight: Floats
    joined: Floats
    log_partition: float

    @property
    def join(self) -> Floats:
        """Join probabilities, shape (free,)."""
        chances: Floats = self.joined.sum(axis=(1, 2))
        return chances


@dataclass(frozen=True, eq=False)
class Problem:
    """The recursion at frozen prices, ready to run.

    Attributes
    ----------
    rising
        The free partners' indices, weakest first, shape (free,).
    nodes
        The nodes of a panel on [-1, 1], shape (order,).
    routes
        The plan of the recursion.
    targets, x
        The panels of final strengths that matter, shape (targets,), and their nodes, shape
        (targets, order).
    chance
        Tilted join probabilities at the nodes, shape (free, targets, order), weakest first.
    log_scale
        Log of what :math:`V_n(0, g)` counts for, shape (targets, order).
    """

    rising: Ints
    nodes: Floats
    routes: Routes
    targets: Ints
    x: Floats
    chance: Floats
    log_scale: Floats

    @property
    def scale(self) -> Floats:
        """What each node counts for, relative to the most."""
        relative: Floats = np.exp(self.log_scale - self.log_scale.max())
        return relative

    def fold(self, factor: complex) -> complex:
        """Give the scaled sum over coalitions, each weighted with ``factor ** members``."""
        go = self.chance * factor
        total = fold_panels(self.targets, self.routes, (1.0 - self.chance).astype(go.dtype), go)
        return complex((total * self.scale).sum())


def pose(weights: Weights, window: Window, edges: Floats, order: int) -> Problem:
    """Prepare the recursion with `order` nodes on each panel between `edges`."""
    rising = np.argsort(weights.strength, kind="stable")
    nodes = chebyshev_nodes(order)
    targets = np.flatnonzero(edges[1:] > window.low)
    x = panel_nodes(edges, nodes)[targets]
    odds = window.tilt * weights.strength - weights.cost(x)
    chance = np.exp(-np.logaddexp(0.0, -odds))
    return Problem(
        rising=rising,
        nodes=nodes,
        routes=plan(weights.strength[rising], edges, nodes),
        targets=targets,
        x=x,
        chance=np.ascontiguousarray(np.moveaxis(chance, -1, 0)[rising]),
        log_scale=weights.reward(x) - window.tilt * x + np.logaddexp(0.0, odds).sum(axis=-1),
    )


def solve_frozen(weights: Weights, window: Window, edges: Floats, order: int) -> Frozen:
    """Sum over all coalitions with `order` nodes on each panel between `edges`."""
    problem = pose(weights, window, edges, order)
    total, part = solve_panels(problem.targets, problem.routes, problem.chance)
    whole = float((total * problem.scale).sum())
    joined = np.empty_like(part)
    joined[problem.rising] = part * problem.scale / whole
    log_partition = float(np.log(whole) if whole > 0.0 else np.nan)
    return Frozen(
        x=problem.x,
        weight=total * problem.scale / whole,
        joined=joined,
        log_partition=log_partition + float(problem.log_scale.max()),
    )


@dataclass(frozen=True, eq=False)
class Converged:
    """The finest answer.

    Attributes
    ----------
    frozen
        The sum on the finest panels.
    window, edges, order
        What it was computed on: the final strengths, the panels, the nodes on each.
    error
        Largest distance of join probabilities and :math:`\\log Z` from those with fewer nodes, on
        the same panels and on others.
    """

    frozen: Frozen
    window: Window
    edges: Floats
    order: int
    error: float


def refine(weights: Weights, *, tolerance: float, limits: Limits) -> Converged:
    """Halve panels until the join probabilities are within the tolerance, or there are too many.

    Parameters
    ----------
    weights
        The game; some free partner has strength.
    tolerance
        Absolute, on join probabilities.
    limits
        When to stop.
    """
    window = find_window(weights)
    edges = _resolve_typical(weights, window)
    while True:
        fine = solve_frozen(weights, window, edges, _FINE)
        error = _distance(fine, solve_frozen(weights, window, edges, _COARSE))
        if error <= tolerance or weights.kinked:
            # Panels too wide to see a kink, or the coalitions that matter, can agree by chance.
            middles = (edges[1:] + edges[:-1]) / 2.0
            moved = np.concatenate([edges[:1], middles, edges[-1:]])
            error = max(error, _distance(fine, solve_frozen(weights, window, moved, _COARSE)))
        if fine.log_partition < window.floor - _ROUGHLY or not _gentle(weights, window, edges):
            error = 1.0
        if error <= tolerance or 2 * (len(edges) - 1) > limits.panels:
            break
        edges = np.sort(np.concatenate([edges, (edges[1:] + edges[:-1]) / 2.0]))
    return Converged(fine, window, edges, _FINE, error)


def _gentle(weights: Weights, window: Window, edges: Floats) -> bool:
    """Whether a coalition's weight changes so little on every panel that its series is trusted."""
    log = weights.reward(panel_nodes(edges)) - window.tilt * panel_nodes(edges)
    return bool(np.ptp(log, axis=1).max() <= _STEEPEST)


def _distance(one: Frozen, other: Frozen) -> float:
    """Give the largest difference in join probabilities and log Z; 1 where there is no answer."""
    apart = max(
        float(np.abs(one.join - other.join).max()), abs(one.log_partition - other.log_partition)
    )
    return apart + _ROUNDING if np.isfinite(apart) else 1.0


def _resolve_typical(weights: Weights, window: Window) -> Floats:
    """Choose panels on which the weight of the typical coalition is a polynomial."""

    def typical(x: Floats) -> Floats:
        log = weights.reward(x) - window.tilt * x - weights.cost(x) @ window.chance
        relative: Floats = np.exp(log - log.max(axis=-1, keepdims=True))
        return relative

    accuracy = _KINKED_ACCURACY if weights.kinked else _SMOOTH_ACCURACY
    return resolve(typical, np.array([0.0, window.high]), tolerance=accuracy)


def size_probabilities(weights: Weights, found: Converged) -> Floats:
    """Give the probability of each number of free members, shape (free + 1,).

    The characteristic function of the number, at roots of unity, is a sum over coalitions with
    complex odds; as many roots suffice as there are numbers that are not negligibly rare.
    """
    problem = pose(weights, found.window, found.edges, found.order)
    free = len(weights.strength)
    # Chernoff's bound: P(number >= c) <= E[e^number] e^-c.
    heavier = problem.fold(np.exp(1.0))
    normal = problem.fold(1.0)
    most = int(np.ceil(np.log((heavier / normal).real) + NEGLIGIBLE))
    roots = min(free, most) + 1
    values = np.empty(roots // 2 + 1, dtype=complex)
    for k in range(len(values)):
        values[k] = problem.fold(np.exp(-2j * np.pi * k / roots)) / normal
    chances = np.zeros(free + 1)
    chances[:roots] = np.maximum(np.fft.irfft(values, roots), 0.0)
    return chances
