"""Maximise the log-likelihood, which is concave: where its slope is zero is the global maximum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from willing.errors import (
    CollinearityError,
    ConvergenceError,
    EstimationError,
    IdentificationError,
    SeparationError,
)
from willing.estimation.logit import fit_logit
from willing.estimation.newton import GAIN_LEFT, maximise
from willing.numbers import Floats
from willing.structural.ascent import Ascent
from willing.structural.likelihood import VALUE_TERMS, Likelihood

# The covariance of scaled statistics counts as singular below this share of its largest eigenvalue.
_SINGULAR = 1e-10
# A term belongs to the singular direction with at least this loading.
_LOADING = 0.1
# A pooled logit with a log odds beyond this at its maximum is looked at for separation.
_EXTREME = 18.0
# The value of victory at the start, in units of the noise. Were it 0, nothing would depend on
# victory, and the recursion would not resolve its probability.
_NEARLY_WORTHLESS = 0.01
# The linear programme's rounding, a candidate.
_NO_GAIN = 1e-9


@dataclass(frozen=True, eq=False)
class Fit:
    """The maximum of a log-likelihood.

    Attributes
    ----------
    params
        :math:`(b_0, b_1, c)`, shape (2 + k,); parameters held at a value keep it.
    free
        Which were estimated, shape (2 + k,).
    value
        The log-likelihood.
    hessian
        Its second derivative in all parameters, shape (2 + k, 2 + k); after a search with slack,
        about that.
    iterations
        Steps taken.
    gain_left
        Half the Newton decrement. The log-likelihood is concave, so that the global maximum is
        no higher than this, up to its third derivative.
    """

    params: Floats
    free: NDArray[np.bool_]
    value: float
    hessian: Floats
    iterations: int
    gain_left: float


def fit(
    likelihood: Likelihood,
    *,
    start: Floats | None = None,
    hessian: Floats | None = None,
    held: Mapping[str, float] = MappingProxyType({}),
    slack: float = 0.0,
) -> Fit:
    """Maximise a log-likelihood by Newton's method, with few exact Hessians.

    Between them the Hessian is mended by how the score changes, see
    `willing.structural.ascent.Ascent`.

    Parameters
    ----------
    likelihood
        The log-likelihood.
    start
        Where to begin, shape (2 + k,); by default `independent_start`.
    hessian
        The second derivative there or nearly, as that of a similar fit, shape (2 + k, 2 + k); by
        default it is computed.
    held
        Values at which parameters are held, by name (`parameter_names`).
    slack
        If positive, end within about this much of the maximum. Otherwise the Hessian is computed
        where the search ends, and certifies that the global maximum is there.

    Raises
    ------
    CollinearityError, IdentificationError
        If terms, or parameters, cannot be told from one another.
    SeparationError
        If terms of the price predict joining without error.
    ConvergenceError
        If no maximum is found.
    """
    names = parameter_names(likelihood)
    unknown = [name for name in held if name not in names]
    if unknown:
        raise EstimationError(f"no parameter {', '.join(unknown)}; there are {', '.join(names)}")
    free = np.array([name not in held for name in names])
    begin = independent_start(likelihood) if start is None else start.copy()
    begin[~free] = [held[name] for name in names if name in held]
    estimated = [name for name, keep in zip(names, free, strict=True) if keep]
    known = likelihood.hessian(begin) if hessian is None else hessian
    scale = _identified_scale(likelihood, known[np.ix_(free, free)], estimated)
    ascent = Ascent(likelihood, begin, free, scale, known, exact=not slack)
    try:
        best = maximise(
            ascent.value,
            ascent.derivatives,
            begin[free] * scale,
            names=estimated,
            tolerance=slack or GAIN_LEFT,
        )
    except ConvergenceError as error:
        largest = estimated[int(np.abs((ascent.params[free] - begin[free]) * scale).argmax())]
        raise ConvergenceError(
            f"the log-likelihood has no maximum within reach; {largest} went furthest. A parameter "
            "that grows without end means that the coalitions leave it open: lower the "
            "decisiveness, leave out a term that few candidates have, or take more years"
        ) from error
    return Fit(
        params=ascent.whole(best.params),
        free=free,
        value=best.value,
        hessian=ascent.hessian,
        iterations=best.iterations,
        gain_left=best.gain_left,
    )


def parameter_names(likelihood: Likelihood) -> tuple[str, ...]:
    """Name the parameters: those of the value of victory, then those of the price."""
    return (*VALUE_TERMS, *likelihood.sides.terms)


def independent_start(likelihood: Likelihood) -> Floats:
    """Give the maximum with a nearly worthless victory, where candidates join independently.

    Raises
    ------
    CollinearityError
        If a term is a combination of others.
    SeparationError
        If a combination of terms predicts joining without error.
    """
    sides = likelihood.sides
    X = -likelihood.precision[sides.owner][:, np.newaxis] * sides.design
    spread = np.abs(X).max(axis=0)
    _require_rank(X / spread, sides.terms)
    # The security model's logit leaves its first column without a penalty; here none has one.
    try:
        costs = fit_logit(X / spread, sides.joined.astype(float), np.ones(len(X)), ridge=0.0)
    except EstimationError:
        require_overlap(X, sides.joined, sides.terms)
        raise
    params = costs.coefficients / spread
    if np.abs(X @ params).max() > _EXTREME:
        require_overlap(X, sides.joined, sides.terms)
    return np.concatenate([[_NEARLY_WORTHLESS, 0.0], params])


def _require_rank(X: Floats, terms: Sequence[str]) -> None:
    values, vectors = np.linalg.eigh(X.T @ X)
    if values[0] > _SINGULAR * values[-1]:
        return
    involved = [t for t, v in zip(terms, vectors[:, 0], strict=True) if abs(v) > _LOADING]
    raise CollinearityError(
        f"{', '.join(involved)} are combinations of one another among the candidates; leave one out"
    )


def require_overlap(X: Floats, joined: NDArray[np.bool_], terms: Sequence[str]) -> None:
    """Raise if a combination of columns never speaks against what candidates did.

    Looks for :math:`v` with :math:`x_i'v \\ge 0` for all who joined and :math:`\\le 0` for all who
    did not, not all zero (Albert and Anderson 1984), by a linear programme.

    Raises
    ------
    SeparationError
        If there is one; its terms are named.
    """
    from scipy.optimize import linprog

    signed = np.where(joined[:, np.newaxis], X, -X) / np.abs(X).max(axis=0)
    found = linprog(-signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(len(X)), bounds=(-1.0, 1.0))
    direction = np.zeros(len(terms)) if found.x is None else found.x
    if signed.sum(axis=0) @ direction <= _NO_GAIN * len(X):
        return
    involved = [t for t, v in zip(terms, direction, strict=True) if abs(v) > _LOADING]
    raise SeparationError(
        f"{', '.join(involved)} predict without error who joins, so that their costs are infinite; "
        "leave out a term that few candidates have, or take more years"
    )


def _identified_scale(likelihood: Likelihood, hessian: Floats, names: Sequence[str]) -> Floats:
    """Give the spread of each statistic an observed join brings, or raise."""
    information = np.diag(-hessian)
    joins = max(int(likelihood.sides.sizes.sum()), 1)
    if (information <= 0.0).any():
        flat = [n for n, i in zip(names, information, strict=True) if i <= 0.0]
        raise IdentificationError(
            f"{', '.join(flat)}: no coalition of any side changes this statistic. The probability "
            "of victory may be the same whoever joins: lower the decisiveness, or use another "
            "measure of strength"
        )
    scale = np.sqrt(information / joins)
    correlation = -hessian / np.sqrt(np.outer(information, information))
    values, vectors = np.linalg.eigh(correlation)
    if values[0] < _SINGULAR * values[-1]:
        involved = [n for n, v in zip(names, vectors[:, 0], strict=True) if abs(v) > _LOADING]
        raise IdentificationError(
            f"{', '.join(involved)} move together in every coalition of every side, so that the "
            "data cannot tell them apart; leave one out, or take sides that differ more in "
            "insecurity and strength"
        )
    return np.asarray(scale)
