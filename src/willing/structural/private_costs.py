"""A likelihood whose noise is the partners': nobody but they know what fighting costs them.

The leader asks the candidates one after another, the strongest first, as in
`willing.theory.invitations`. Candidate `i` asks for her cost, drawn from an exponential
distribution of mean :math:`K_i` with :math:`\\log K_i = z_i'c`, and takes the outcome as given
(additive pricing). To a leader for whom victory is worth :math:`B = \\exp(\\psi h)`, `h` being her
insecurity, her acceptance is worth :math:`G = V(x + m_i) - V(x)` once `x` is committed. The best
offer is `u K_i` with :math:`u + e^u = 1 + G / K_i`; it is accepted with probability
:math:`q = 1 - e^{-u}`, and

    V'(x) = V(x) + q (G - u K_i),

so that each side's joins have a probability, the product of `q` over those who joined and of
`1 - q` over those who did not. Victory is worth 1 to a leader without insecurity: of `B` and `K`
only the ratio counts. H1 is :math:`\\psi > 0`. Small offers are half of what help is worth, as with
the uniform costs of the game; but uniform costs end somewhere, and strong states that stayed out
would have been sure to accept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from scipy.optimize import minimize
from scipy.stats import norm

from willing.errors import ConvergenceError
from willing.estimation.covariance import clustered_covariance
from willing.estimation.results import digits
from willing.kernels import kernel
from willing.manner import Result
from willing.numbers import Floats, Ints, Masks
from willing.record.store import Record
from willing.structural.coalition_model import CoalitionModel
from willing.structural.side_arrays import Sides
from willing.theory.contest import Contest
from willing.theory.engine.grid import make_grid

POINTS = 64
"""Nodes of each side's grid of strength. Three times as many move the log-likelihood by 1e-6."""
# Step of the differences of scores that give the curvature, parameters being of order one.
_CURVATURE_STEP = 1e-4
# What the search may leave of the log-likelihood, a thousandth of a standard error squared.
_GAIN_LEFT = 1e-3
# Newton steps to the estimates from which the search starts; most need ten.
_STEPS = 60
# Below, the third power of what help is worth counts for less than a Newton step takes away.
_SMALL = 0.02
# Least probability, or help, of which a logarithm is taken.
_LEAST = 1e-300


@dataclass(frozen=True, eq=False)
class PrivateCostSides:
    """Leader sides with what the recursion reads, candidates without strength left out.

    Attributes
    ----------
    sides
        The data.
    start
        Side `s` has the rows from ``start[s]`` to ``start[s + 1]`` - 1, the strongest first.
    rows
        Positions of the candidates in the data, shape (N,).
    moved
        Where a node of strength is once she has joined, in units of nodes, shape (N, points).
    here, there
        Where the strength is that was committed when she was asked, without and with her, (N,).
    final
        :math:`p` at the nodes of each side's grid, shape (S, points).
    joined
        Whether each joined, shape (N,).
    """

    sides: Sides
    start: Ints
    rows: Ints
    moved: Floats
    here: Floats
    there: Floats
    final: Floats
    joined: Masks


def lay_out(sides: Sides, contest: Contest, points: int = POINTS) -> PrivateCostSides:
    """Lay each side's grid and find where every step of its recursion reads."""
    start, final = [0], np.empty((sides.count, points))
    rows, moved, here, there = [], [], [], []
    for s in range(sides.count):
        own = np.arange(sides.start[s], sides.start[s + 1])
        own = own[sides.strength[own] > 0.0]
        m = sides.strength[own]
        grid = make_grid(float(sides.leader_strength[s]), float(m.sum()), points)
        final[s] = contest(grid.own + grid.x, float(sides.target_strength[s]))
        joined = np.where(sides.joined[own], m, 0.0)
        committed = np.cumsum(joined) - joined
        rows.append(own)
        moved.append(grid.place(grid.x + m[:, np.newaxis]))
        here.append(grid.place(committed))
        there.append(grid.place(committed + m))
        start.append(start[-1] + len(own))
    kept = np.concatenate(rows)
    return PrivateCostSides(
        sides=sides,
        start=np.array(start),
        rows=kept,
        moved=np.concatenate(moved),
        here=np.concatenate(here),
        there=np.concatenate(there),
        final=final,
        joined=sides.joined[kept],
    )


@kernel
def read_weights(place, rows, weights):  # type: ignore[no-untyped-def]
    """Fill Lagrange's weights as `engine.grid.stencil` has them; give the first node read."""
    place = min(place, rows - 1.0)
    first = min(max(int(place) - 2, 0), rows - 6)
    a = place - first
    b, c, d, e, f = a - 1.0, a - 2.0, a - 3.0, a - 4.0, a - 5.0
    ab, cd, ef = a * b, c * d, e * f
    weights[0] = b * cd * ef / -120.0
    weights[1] = a * cd * ef / 24.0
    weights[2] = ab * d * ef / -12.0
    weights[3] = ab * c * ef / 12.0
    weights[4] = ab * cd * f / -24.0
    weights[5] = ab * cd * e / 120.0
    return first


@kernel
def best_offer(gain):  # type: ignore[no-untyped-def]
    """Give the best offer where costs are exponential of mean 1 and help is worth `gain > 0`.

    It solves :math:`u + e^u = 1 + G` by Newton's method. Five steps leave rounding, and one does
    from the start of the series in `G` where that is small, as it mostly is.
    """
    if gain < _SMALL:
        u = gain * (0.5 - gain / 16.0)
        return u - (u + np.expm1(u) - gain) / (1.0 + np.exp(u))
    u = np.log1p(0.5 * gain)
    for _ in range(5):
        u -= (u + np.expm1(u) - gain) / (1.0 + np.exp(u))
    return u


@kernel(nogil=True)
def fill_values(start, moved, here, there, final, joined, value, cost, found, by_value, by_cost):  # type: ignore[no-untyped-def]
    """Fill each side's log-likelihood and its derivatives by log `B`, (S,), and log `K`, (N,).

    The derivatives go back through the recursion: `slope` is that of the log-likelihood in the
    values at the nodes, once the partners before `i` have been asked.
    """
    points = final.shape[1]
    most = 1
    for s in range(len(value)):
        most = max(most, start[s + 1] - start[s])
    policy, paid = np.empty((most, points)), np.empty((most, points))
    observed = np.empty((most, 2))
    V, then = np.empty(points), np.empty(points)
    slope, before = np.empty(points), np.empty(points)
    w, u = np.empty(6), np.empty(6)
    for s in range(len(value)):
        n = start[s + 1] - start[s]
        for node in range(points):
            V[node] = value[s] * final[s, node]
        total = 0.0
        for j in range(n - 1, -1, -1):
            i = start[s] + j
            gain = 0.0
            at = read_weights(there[i], points, w)
            for k in range(6):
                gain += w[k] * V[at + k]
            at = read_weights(here[i], points, w)
            for k in range(6):
                gain -= w[k] * V[at + k]
            gain = max(gain / cost[i], _LEAST)
            offer = best_offer(gain)
            rate = 1.0 / (1.0 + np.exp(offer))
            if joined[i]:
                q = -np.expm1(-offer)
                total += np.log(q)
                rate *= np.exp(-offer) / q
            else:
                total -= offer
                rate = -rate
            observed[j, 0], observed[j, 1] = rate / cost[i], -rate * gain
            for node in range(points):
                at = read_weights(moved[i, node], points, w)
                gain = -V[node]
                for k in range(6):
                    gain += w[k] * V[at + k]
                q, surplus = 0.0, 0.0
                if gain > 0.0:
                    offer = best_offer(gain / cost[i])
                    q = -np.expm1(-offer)
                    surplus = q * (gain - offer * cost[i])
                policy[j, node], paid[j, node] = q, q * gain - surplus
                then[node] = V[node] + surplus
            V, then = then, V
        found[s] = total
        for node in range(points):
            slope[node] = 0.0
        for j in range(n):
            i = start[s] + j
            moved_by = observed[j, 1]
            for node in range(points):
                before[node] = 0.0
            for node in range(points):
                q = policy[j, node]
                moved_by -= slope[node] * paid[j, node]
                before[node] += slope[node] * (1.0 - q)
                if q > 0.0:
                    at = read_weights(moved[i, node], points, w)
                    for k in range(6):
                        before[at + k] += w[k] * slope[node] * q
            at = read_weights(there[i], points, w)
            other = read_weights(here[i], points, u)
            for k in range(6):
                before[at + k] += w[k] * observed[j, 0]
                before[other + k] -= u[k] * observed[j, 0]
            by_cost[i] = moved_by
            slope, before = before, slope
        total = 0.0
        for node in range(points):
            total += slope[node] * value[s] * final[s, node]
        by_value[s] = total


@dataclass(frozen=True, eq=False, repr=False)
class PrivateCosts(Result):
    """Estimates of the game in which the noise is the partners'.

    Attributes
    ----------
    terms
        Names of the parameters: that of insecurity, then those of the log of the mean cost.
    params, std_errors
        Shape (1 + k,); errors are clustered by crisis, the contest taken as known.
    value
        The log-likelihood.
    quantal
        That of the model in which the noise is the leader's, on the same sides.
    sides, candidates, crises
        How many there are.
    """

    terms: tuple[str, ...]
    params: Floats
    std_errors: Floats
    value: float
    quantal: float
    sides: int
    candidates: int
    crises: int

    @property
    def p_values(self) -> Floats:
        """Two-sided p values, shape (1 + k,)."""
        return np.asarray(2.0 * norm.sf(np.abs(self.params / self.std_errors)))

    def to_frame(self) -> pl.DataFrame:
        """Give one row a parameter."""
        return pl.DataFrame(
            {
                "term": self.terms,
                "estimate": self.params,
                "std_error": self.std_errors,
                "p": self.p_values,
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the estimates as plain values."""
        return {
            "parameters": self.to_frame().to_dicts(),
            "log_likelihood": self.value,
            "log_likelihood_quantal": self.quantal,
            "sides": self.sides,
            "candidates": self.candidates,
            "crises": self.crises,
        }

    def __str__(self) -> str:
        lines = [
            "Private costs: candidates asked one by one, costs exponential of mean K, log K = z'c",
            "log value of victory",
            *(self._line(0),),
            "log of the mean cost (a higher cost makes joining rarer)",
            *(self._line(i) for i in range(1, len(self.terms))),
            f"log-likelihood {self.value:.2f}; {self.quantal:.2f} where the noise is the leader's",
            f"{self.sides} leader sides of {self.crises} crises, {self.candidates:,} candidates; "
            "errors clustered by crisis",
        ]
        return "\n".join(lines)

    def _line(self, i: int) -> str:
        return (
            f"  {self.terms[i]:<22}{digits(float(self.params[i])):>9} (s.e. "
            f"{digits(float(self.std_errors[i]))}, p = {self.p_values[i]:.3f})"
        )


def fit_private_costs(record: Record, model: CoalitionModel | None = None) -> PrivateCosts:
    """Fit the game to the record, with the sides, terms and contest of a structural model.

    Raises
    ------
    EstimationError
        If the parameters have no finite or no single estimate.
    """
    chosen = model or CoalitionModel()
    sides = chosen.sides(record)
    quantal = chosen.fit_sides(sides, chosen.outcomes(record))
    laid = lay_out(sides, quantal.likelihood.contest)
    params = maximise_sides(laid)
    values, scores = log_likelihoods(laid, params)
    errors = np.sqrt(np.diag(clustered_covariance(scores, _hessian(laid, params), sides.cluster)))
    return PrivateCosts(
        terms=("insecurity", *sides.terms),
        params=params,
        std_errors=errors,
        value=float(values.sum()),
        quantal=float(quantal.fit.value),
        sides=sides.count,
        candidates=len(laid.rows),
        crises=len(np.unique(sides.crisis)),
    )


def log_likelihoods(laid: PrivateCostSides, params: Floats) -> tuple[Floats, Floats]:
    """Give each side's log-likelihood, (S,), and its derivative, (S, 1 + k)."""
    sides = laid.sides
    value = np.exp(params[0] * sides.insecurity)
    z = sides.design[laid.rows]
    cost = np.exp(z @ params[1:])
    found, by_value = np.empty(sides.count), np.empty(sides.count)
    by_cost = np.empty(len(laid.rows))
    fill_values(
        laid.start, laid.moved, laid.here, laid.there, laid.final, laid.joined, value, cost,
        found, by_value, by_cost,
    )  # fmt: skip
    scores = np.zeros((sides.count, len(params)))
    scores[:, 0] = by_value * sides.insecurity
    np.add.at(scores[:, 1:], _owner(laid), z * by_cost[:, np.newaxis])
    return found, scores


def maximise_sides(laid: PrivateCostSides) -> Floats:
    """Give the parameters at which the log-likelihood is highest, shape (1 + k,)."""

    def objective(params: Floats) -> tuple[float, Floats]:
        values, scores = log_likelihoods(laid, params)
        return -float(values.sum()), -scores.sum(axis=0)

    start, curvature = _alone(laid)
    inverse = np.linalg.inv(curvature)
    inverse = (inverse + inverse.T) / 2.0
    found = minimize(
        objective,
        start,
        jac=True,
        method="BFGS",
        options={"gtol": 1e-3, "hess_inv0": inverse},
    )
    decrement = float(found.jac @ found.hess_inv @ found.jac)
    if not (np.isfinite(found.fun) and decrement < _GAIN_LEFT):
        raise ConvergenceError(
            f"the log-likelihood of private costs could still rise by about {decrement:.2g}; "
            "fewer terms may help"
        )
    return np.asarray(found.x)


def _alone(laid: PrivateCostSides) -> tuple[Floats, Floats]:
    """Give the estimates, and curvature, if each candidate's help were worth what it is alone.

    Where joining is rare, `q` is close to half the help over its cost, and the log-likelihood to
    that of a Poisson count with the logarithm of half the help as its offset.
    """
    sides, owner = laid.sides, _owner(laid)
    places = np.arange(laid.final.shape[1])
    help_ = np.array(
        [
            np.interp(there, places, laid.final[s]) - np.interp(here, places, laid.final[s])
            for s, here, there in zip(owner, laid.here, laid.there, strict=True)
        ]
    )
    X = np.column_stack([sides.insecurity[owner], -sides.design[laid.rows]])
    offset = np.log(np.maximum(0.5 * help_, _LEAST))
    params = np.zeros(X.shape[1])
    params[-1] = np.log(np.exp(offset).mean() / laid.joined.mean())
    curvature = np.eye(len(params))
    for _ in range(_STEPS):
        mean = np.exp(np.minimum(offset + X @ params, 3.0))
        curvature = X.T @ (X * mean[:, np.newaxis])
        step = np.linalg.solve(curvature, X.T @ (laid.joined - mean))
        params = params + step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < 1e-8:
            break
    return params, curvature


def _owner(laid: PrivateCostSides) -> Ints:
    return np.repeat(np.arange(laid.sides.count), np.diff(laid.start))


def _hessian(laid: PrivateCostSides, params: Floats) -> Floats:
    """Give the second derivative of the log-likelihood, from differences of its score."""
    rows = []
    for move in _CURVATURE_STEP * np.eye(len(params)):
        up, down = (log_likelihoods(laid, params + sign * move)[1].sum(axis=0) for sign in (1, -1))
        rows.append((up - down) / (2.0 * _CURVATURE_STEP))
    hessian = np.array(rows)
    return np.asarray((hessian + hessian.T) / 2.0)
