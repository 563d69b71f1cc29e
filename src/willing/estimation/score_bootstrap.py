"""The wild score bootstrap: a test of one coefficient with the null imposed, by clusters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.estimation.results import BinaryResults
from willing.estimation.row_likelihood import derivatives, row_scores
from willing.numbers import Floats, Ints

DRAWS = 9999


@dataclass(frozen=True)
class ScoreTest:
    """A test by scores at the null.

    Attributes
    ----------
    statistic : float
        Summed scores over the root of their summed squares by cluster; its sign is that of the
        coefficient.
    p : float
        Share of draws whose statistic is as large, two-sided.
    """

    statistic: float
    p: float


def wild_score_test(
    restricted: BinaryResults,
    full: BinaryResults,
    position: int,
    cluster: Ints,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> ScoreTest:
    """Test that one parameter is zero.

    Parameters
    ----------
    restricted
        The model without it: its probit for a term of the variance equation.
    full
        The model with it; only its rows and link are used.
    position
        Which of its k + l parameters.
    cluster
        Cluster of each row, any whole numbers, shape (n,).
    draws, seed
        Draws of one sign a cluster, and their seed.

    Returns
    -------
    ScoreTest
        Scores are those of the parameter less their regression on the others' (the efficient
        score), so that the estimated nuisance parameters make no difference.

    References
    ----------
    Kline, P. and A. Santos. 2012. A score based approach to wild bootstrap inference. Journal of
    Econometric Methods 1(1): 23-41.
    """
    design = full.design
    theta = np.insert(restricted.params, position, 0.0)
    Z = design.Z[:, : len(full.variance_terms)]
    scores = row_scores(full.link, theta, design.y, design.X, Z)
    _, hessian = derivatives(full.link, theta, design.y, design.X, Z)
    rest = np.delete(np.arange(len(theta)), position)
    weights = np.linalg.solve(hessian[np.ix_(rest, rest)], hessian[rest, position])
    efficient = scores[:, position] - scores[:, rest] @ weights
    _, place = np.unique(cluster, return_inverse=True)
    u = np.asarray(np.bincount(place, weights=efficient), dtype=np.float64)
    signs = np.random.default_rng(seed).choice([-1.0, 1.0], size=(draws, len(u)))
    statistic = float(studentised(u[None, :])[0])
    drawn = studentised(signs * u)
    return ScoreTest(statistic, float((1 + (np.abs(drawn) >= abs(statistic)).sum()) / (1 + draws)))


def studentised(u: Floats) -> Floats:
    """Give the sum of scores by cluster over the root of their centred squares, shape (draws,).

    Parameters
    ----------
    u
        Scores, shape (draws, clusters).
    """
    centred = u - u.mean(axis=1, keepdims=True)
    return np.asarray(u.sum(axis=1) / np.sqrt((centred**2).sum(axis=1)))
