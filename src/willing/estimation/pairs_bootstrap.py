"""The cluster bootstrap of one coefficient: clusters redrawn, the model fitted to each draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from joblib import Parallel, delayed

from willing.errors import ConvergenceError
from willing.estimation.covariance import sandwich
from willing.estimation.design import column_spread
from willing.estimation.newton import maximise
from willing.estimation.results import BinaryResults
from willing.estimation.row_likelihood import RowLikelihood, evaluate, scores_along
from willing.numbers import Floats, Ints

# A p-value near .05 then has a standard error of .015.
DRAWS = 199
# Log-likelihood that a search may leave: a studentised estimate is then right to its third digit.
ROUGH = 1e-6
# Quartiles of a normal variable lie this many standard deviations apart.
QUARTILES_APART = 1.349


@dataclass(frozen=True)
class BootstrapTest:
    """A test of one coefficient by redrawing clusters.

    Attributes
    ----------
    std_error : float
        Spread of the estimates over draws, from their quartiles: in a few draws an estimate runs
        away, and a standard deviation would speak of those alone.
    p : float
        Share of draws whose distance from the estimate, in their own clustered standard errors, is
        as large as that of the estimate from zero; two-sided, symmetric.
    failed : int
        Draws without a finite estimate, which count as distant.
    """

    std_error: float
    p: float
    failed: int


def cluster_bootstrap(
    fit: BinaryResults,
    position: int,
    cluster: Ints | None = None,
    *,
    draws: int = DRAWS,
    seed: int = 0,
) -> BootstrapTest:
    """Redraw clusters with replacement, fit the model and studentise its estimate.

    Parameters
    ----------
    fit
        A fitted model.
    position
        Which of its k + l parameters.
    cluster
        Cluster of each row, any whole numbers, shape (n,); those of its standard errors by default.
    draws, seed
        Draws and their seed.

    Returns
    -------
    BootstrapTest

    References
    ----------
    Cameron, A. C., J. B. Gelbach and D. L. Miller. 2008. Bootstrap-based improvements for inference
    with clustered errors. Review of Economics and Statistics 90(3): 414-427 (pairs, percentile-t).
    """
    design, link, theta = fit.design, fit.link, fit.params
    _, place = np.unique(design.cluster if cluster is None else cluster, return_inverse=True)
    count, k = int(place.max()) + 1, design.X.shape[1]
    Z = design.Z[:, : len(fit.variance_terms)]
    scale = np.concatenate([column_spread(design.X), column_spread(Z)])
    y, X, Z = design.y, design.X / scale[:k], Z / scale[k:]
    start = theta * scale
    names = (*design.terms, *fit.variance_terms)

    def studentised(times: Floats) -> tuple[float, float] | None:
        """Estimate of a draw, less that in the data, and the same in clustered standard errors."""
        drawn = np.flatnonzero(times[place])
        rows, at = (y[drawn], X.T.take(drawn, axis=1).T, Z[drawn]), place[drawn]
        known = (times @ values, times @ gradients, np.tensordot(times, hessians, 1))
        likelihood = RowLikelihood(link, *rows, times[at], known=(start, known))
        try:
            best = maximise(
                likelihood.value, likelihood.derivatives, start, names=names, tolerance=ROUGH
            )
        except ConvergenceError:
            return None
        bread = np.linalg.inv(-best.hessian)[position]
        along = scores_along(link, best.params, *rows, bread)
        scores = np.bincount(at, weights=along, minlength=count)
        error = np.sqrt(count / (count - 1) * (times * scores**2).sum())
        apart = float(best.params[position] - start[position])
        return apart, apart / float(error)

    # Each search starts from the estimates, where a draw's likelihood is a sum over its clusters.
    of_cluster = [np.flatnonzero(place == g) for g in range(count)]
    each = [evaluate(link, start, y[own], X[own], Z[own]) for own in of_cluster]
    values, gradients, hessians = (np.array(part) for part in zip(*each, strict=True))
    own = sandwich(gradients, hessians.sum(axis=0))
    t = start[position] / np.sqrt(own[position, position])
    rng = np.random.default_rng(seed)
    drawn = [rng.multinomial(count, np.full(count, 1 / count)).astype(float) for _ in range(draws)]
    # NumPy leaves the interpreter free, so that threads use every core.
    results = Parallel(n_jobs=-1, prefer="threads")(delayed(studentised)(times) for times in drawn)
    found = [result for result in results if result is not None]
    failed = draws - len(found)
    distant = sum(abs(in_errors) >= abs(t) for _, in_errors in found)
    estimates = [apart for apart, _ in found]
    low, high = np.quantile(estimates, [0.25, 0.75])
    return BootstrapTest(
        float((high - low) / QUARTILES_APART / scale[position]),
        float((1 + distant + failed) / (1 + draws)),
        failed,
    )
