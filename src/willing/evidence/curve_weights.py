"""What the cells of a specification curve weigh, and the test of all of them at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from willing.evidence.permutation import two_sided
from willing.numbers import Floats

# Two-sided .05 of a standard normal; scores in a permutation are judged by the same bound.
BOUND = 1.959964


@dataclass(frozen=True)
class JointTest:
    """All cells of a claim tested at once, leaders exchanged.

    Attributes
    ----------
    mean : float
        Weighted mean of the cells' studentised scores, as leaders are.
    p_mean : float
        Share of the permutations in which it is as far from zero.
    share : float
        Weighted share of cells significant with the sign that more of them have.
    p_share : float
        Share of the permutations in which that share is as large.
    cells : int
        How many.
    effective : float
        How many independent cells they are worth: the sum of their weights.
    """

    mean: float
    p_mean: float
    share: float
    p_share: float
    cells: int
    effective: float


def weights_of(statistics: Floats) -> Floats:
    """Weigh cells by how far they repeat one another.

    Parameters
    ----------
    statistics
        Studentised scores, shape (cells, 1 + P); the first column is that of leaders as they are.

    Returns
    -------
    ndarray, shape (cells,)
        ``1 / sum_j r_ij^2``, r the correlation of cells over the permutations: a cell like no
        other has 1, m copies of one have 1 / m each. That leaders are exchanged alike in all cells
        makes r the correlation of the estimates where insecurity has no bearing.
    """
    if len(statistics) == 1:
        return np.ones(1)
    with np.errstate(invalid="ignore"):
        r = np.corrcoef(statistics[:, 1:])
    r = np.where(np.isfinite(r), r, 0.0)
    np.fill_diagonal(r, 1.0)
    return np.asarray(1.0 / (r**2).sum(axis=1))


def joint_test(statistics: Floats, weight: Floats) -> JointTest:
    """Test all cells at once.

    Parameters
    ----------
    statistics, weight
        As in :func:`weights_of`.
    """
    share = weight / weight.sum()
    mean = share @ statistics
    significant = np.maximum(share @ (statistics > BOUND), share @ (statistics < -BOUND))
    return JointTest(
        mean=float(mean[0]),
        p_mean=two_sided(mean),
        share=float(significant[0]),
        p_share=float((significant >= significant[0] - 1e-12).mean()),
        cells=len(weight),
        effective=float(weight.sum()),
    )
