"""The maximum pseudo-likelihood estimate: each partner's joining given everybody else's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.estimation.logit import fit_logit, logit_covariance
from willing.numbers import Floats
from willing.structural.likelihood import Likelihood


@dataclass(frozen=True, eq=False)
class PseudoFit:
    """A maximum pseudo-likelihood estimate.

    Attributes
    ----------
    params
        :math:`(b_0, b_1, c)`, shape (2 + k,).
    covariance
        Its sandwich covariance, clustered by crisis, shape (2 + k, 2 + k).
    """

    params: Floats
    covariance: Floats


def fit_pseudo(likelihood: Likelihood) -> PseudoFit:
    """Estimate the model by a logit of joining given who else joined.

    The log odds that `i` is in the coalition given the others are
    :math:`r [(b_0 + b_1 h) \\Delta_i p - z_i'c]`, with :math:`\\Delta_i p` what `i` adds to their
    probability of victory. The estimate is consistent and needs no sum over coalitions; it is less
    efficient, the more partners depend on one another.

    References
    ----------
    Strauss, D. and M. Ikeda. 1990. Pseudolikelihood estimation for social networks. Journal of the
    American Statistical Association 85(409): 204-212.
    """
    sides = likelihood.sides
    added = np.concatenate([_added_victory(likelihood, s) for s in range(sides.count)])
    X = np.hstack(
        [
            likelihood.weights[sides.owner] * added[:, np.newaxis],
            -likelihood.precision[sides.owner][:, np.newaxis] * sides.design,
        ]
    )
    scale = np.sqrt((X**2).mean(axis=0))
    joined, once = sides.joined.astype(float), np.ones(len(X))
    found = fit_logit(X / scale, joined, once, ridge=0.0)
    covariance = logit_covariance(found, X / scale, joined, once, sides.cluster[sides.owner])
    return PseudoFit(found.coefficients / scale, covariance / np.outer(scale, scale))


def _added_victory(likelihood: Likelihood, s: int) -> Floats:
    """What each candidate of a side adds to the others' probability of victory, shape (n,)."""
    sides = likelihood.sides
    rows, m_T = sides.rows(s), float(sides.target_strength[s])
    strength = sides.strength[rows]
    own = np.where(sides.joined[rows], strength, 0.0)
    others = sides.leader_strength[s] + own.sum() - own
    return np.asarray(likelihood.contest(others + strength, m_T) - likelihood.contest(others, m_T))
