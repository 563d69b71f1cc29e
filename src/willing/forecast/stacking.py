"""Stacking: models' log odds weighed by how they did before, and a shock that candidates share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from willing.forecast.forecast_scores import LEAST, Predictions
from willing.forecast.shared_shock import coalitions
from willing.later import special
from willing.numbers import Floats, Masks
from willing.structural.leader_sides import Sides

# Log odds beyond these say no more of a candidate: one in a million.
_FURTHEST = float(np.log(1e-6 / (1 - 1e-6)))
# Values of the shock, N(0, 1), that forecasts are summed over, and their logarithmic weights. With
# 41 the probability of a number of partners since 1960 differs by up to 4e-4, with 81 by 1e-5.
_NODES = np.linspace(-6.0, 6.0, 61)
_LOG_WEIGHTS = -(_NODES**2) / 2.0 - np.logaddexp.reduce(-(_NODES**2) / 2.0)
# Priors, normal: of the intercept at 0, of each weight at that of a mean, of the logarithm of the
# shock at a shock that doubles or halves the odds. Before 2000 a hundredth of these precisions and
# five times them score alike.
_INTERCEPT, _WEIGHT, _LOG_SHOCK = 1.0, 20.0, 1.0
_USUAL_SHOCK = 0.7
# Where the search may go: intercept, weights, logarithm of the shock.
_BOUNDS = ((-3.0, 3.0), (0.0, 2.0), (-4.0, 1.5))


@dataclass(frozen=True)
class Stack:
    """Models of joining, put together.

    Candidate `i` joins with log odds :math:`a + \\sum_m w_m \\ell_{im} + s u`, where
    :math:`\\ell_{im}` are the log odds by model `m` and :math:`u \\sim N(0, 1)` is the same for all
    candidates of a side: some crises draw everybody, some nobody, for reasons in no column.

    Attributes
    ----------
    intercept
        :math:`a`.
    weights
        :math:`w_m`, one a model.
    shock
        :math:`s`; at 0 candidates join independently.

    References
    ----------
    Wolpert, D. H. 1992. Stacked generalization. Neural Networks 5(2): 241-259.
    """

    intercept: float
    weights: tuple[float, ...]
    shock: float

    @classmethod
    def mean(cls, models: int) -> Stack:
        """Give the plain mean of the log odds, where nothing was forecast before."""
        return cls(0.0, (1.0 / models,) * models, 0.0)

    def log_odds(self, joins: Sequence[Floats]) -> Floats:
        """Weigh models' probabilities of joining, each of one shape, without the shock."""
        return np.asarray(self.intercept + _log_odds(joins) @ np.array(self.weights))

    def at_nodes(self, odds: Floats) -> tuple[Floats, Floats]:
        """Give probabilities of joining at each value of the shock, and its log weights.

        Returns
        -------
        tuple of ndarray
            Shapes ``(*odds.shape, K)`` and (K,), with K = 1 where there is no shock.
        """
        if self.shock == 0.0:
            return special.expit(odds)[..., np.newaxis], np.zeros(1)
        return np.asarray(special.expit(odds[..., np.newaxis] + self.shock * _NODES)), _LOG_WEIGHTS

    def predict(self, joins: Sequence[Floats], sides: Sides) -> Predictions:
        """Forecast sides from models' probabilities of joining, each of shape (N,)."""
        odds = self.log_odds(joins)
        chances, log_weights = self.at_nodes(odds)
        weights = np.exp(log_weights)
        rows = [sides.rows(s) for s in range(sides.count)]
        return Predictions(
            join=chances @ weights,
            set_log=coalitions(odds, self.shock, sides)[0],
            size=tuple(sizes(chances[each]) @ weights for each in rows),
            likeliest=np.array(
                [
                    _is_likeliest(odds[each], chances[each], log_weights, sides.joined[each])
                    for each in rows
                ]
            ),
        )


def sizes(chances: Floats) -> Floats:
    """Give the distribution of how many join, shape (n + 1, K), from chances of shape (n, K)."""
    found = np.zeros((len(chances) + 1, chances.shape[1]))
    found[0] = 1.0
    for place, p in enumerate(chances, start=1):
        found[1 : place + 1] = found[1 : place + 1] * (1.0 - p) + found[:place] * p
        found[0] *= 1.0 - p
    return found


def learn(joins: Sequence[Floats], sides: Sides) -> Stack:
    """Learn a stack from what models foretold of sides, and what happened.

    The mode of the marginal likelihood of the coalitions over the shock, with weak normal priors
    at the plain mean.

    Parameters
    ----------
    joins
        Each model's probabilities of joining, of shape (N,), from fits that had not seen the sides.
    sides
        What happened.
    """
    from scipy.optimize import minimize

    E = _log_odds(joins)
    M = E.shape[1]
    prior = np.array([0.0, *[1.0 / M] * M, np.log(_USUAL_SHOCK)])
    precision = np.array([_INTERCEPT, *[_WEIGHT] * M, _LOG_SHOCK])

    def loss(theta: Floats) -> tuple[float, Floats]:
        shock, away = float(np.exp(theta[-1])), theta - prior
        found, by_odds, by_shock = coalitions(theta[0] + E @ theta[1:-1], shock, sides)
        slope = np.array([by_odds.sum(), *(E.T @ by_odds), by_shock.sum() * shock])
        return 0.5 * float(away @ (precision * away) - 2 * found.sum()), precision * away - slope

    first, middle, last = _BOUNDS
    best = minimize(loss, prior, jac=True, method="L-BFGS-B", bounds=[first, *[middle] * M, last]).x
    return Stack(float(best[0]), tuple(best[1:-1].tolist()), float(np.exp(best[-1])))


def _log_odds(joins: Sequence[Floats]) -> Floats:
    found = [special.logit(np.clip(join, LEAST, 1.0 - LEAST)) for join in joins]
    return np.asarray(np.clip(np.stack(found, axis=-1), _FURTHEST, -_FURTHEST))


def _is_likeliest(odds: Floats, chances: Floats, log_weights: Floats, joined: Masks) -> bool:
    """Whether no coalition is likelier than the one built.

    The shock moves all alike, so that of a size the likeliest has those with the highest odds.
    """
    order = np.argsort(-odds, kind="stable")
    log_ratio = np.log(chances[order]) - np.log1p(-chances[order])
    nobody = np.log1p(-chances).sum(axis=0) + log_weights
    best = np.vstack([np.zeros(len(log_weights)), np.cumsum(log_ratio, axis=0)]) + nobody
    size = int(joined.sum())
    if int(special.logsumexp(best, axis=1).argmax()) != size:
        return False
    return bool(joined[order[:size]].all())


def combined(numbers: Floats, others: Sequence[Floats], stack: Stack) -> tuple[Floats, Floats]:
    """Put the structural model's draws and other models together.

    Parameters
    ----------
    numbers
        By draw, the first at the estimates: probabilities of joining (n), then of any joining, the
        expected number and other quantities, shape (1 + draws, n + 2 or more).
    others
        The other models' probabilities of joining, each of shape (n,).
    stack
        How the models are weighed, the structural one first.

    Returns
    -------
    tuple of ndarray
        `numbers` with joining as the stack has it and the other quantities as they were; and the
        distribution of how many join, shape (n + 1,).
    """
    n = len(others[0])
    own = numbers[:, :n]
    odds = stack.log_odds([own, *(np.broadcast_to(p, own.shape) for p in others)])
    chances, log_weights = stack.at_nodes(odds)
    weights = np.exp(log_weights)
    join = chances @ weights
    any_joins = -np.expm1(np.log1p(-chances).sum(axis=1)) @ weights
    moved = np.column_stack([join, any_joins, join.sum(axis=1), numbers[:, n + 2 :]])
    return moved, sizes(chances[0]) @ weights
