"""What the uncertainty of a contest estimated before adds to that of the coalitions' estimates."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from willing.numbers import Floats
from willing.structural.likelihood import Likelihood, tabulate_victory
from willing.structural.maximum import Fit
from willing.theory.contest import DrawContest

# Steps in the decisiveness (as a share of it) and in the cut, for central differences: at a tenth
# and at ten times these, the standard errors are the same to four digits.
_SHARE = 0.01
_STEP = 0.01


def carried(likelihood: Likelihood, found: Fit, uncertain: Floats) -> Floats:
    """Give the covariance that the estimates inherit from the contest's.

    With :math:`\\theta(g, c)` the maximiser under a contest, :math:`J \\Sigma J'` for
    :math:`J = -H^{-1} \\partial s / \\partial (g, c)`, where `s` is the score (Murphy and Topel).
    The contest's estimates are taken as independent of the coalitions' given the contest.

    Parameters
    ----------
    likelihood
        The log-likelihood of the coalitions under the contest estimated.
    found
        Its maximum.
    uncertain
        Covariance of decisiveness and cut of victory, shape (2, 2).

    Returns
    -------
    ndarray
        Shape (2 + k, 2 + k).

    References
    ----------
    Murphy, K. M. and R. H. Topel. 1985. Estimation and Inference in Two-Step Econometric Models.
    Journal of Business and Economic Statistics 3(4): 370-379.
    """
    contest = likelihood.contest
    if not isinstance(contest, DrawContest):
        return np.zeros_like(found.hessian)
    moves = (
        {"decisiveness": contest.decisiveness * _SHARE},
        {"victory_cut": _STEP},
    )
    slopes = np.column_stack([_score_slope(likelihood, found, move) for move in moves])
    free = found.free
    J = np.zeros((len(free), 2))
    J[free] = np.linalg.solve(-found.hessian[np.ix_(free, free)], slopes[free])
    return np.asarray(J @ uncertain @ J.T)


def _score_slope(likelihood: Likelihood, found: Fit, move: dict[str, float]) -> Floats:
    """How the score changes with one parameter of the contest, shape (2 + k,)."""
    ((name, step),) = move.items()
    scores = []
    for way in (step, -step):
        contest = replace(
            likelihood.contest,  # type: ignore[type-var]
            **{name: getattr(likelihood.contest, name) + way},
        )
        table = tabulate_victory(likelihood.sides, contest)
        moved = replace(likelihood, contest=contest, table=table)
        scores.append(moved.scores(moved.expectations(found.params)).sum(axis=0))
    return np.asarray((scores[0] - scores[1]) / (2 * step))
