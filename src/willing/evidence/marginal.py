"""Average marginal effects on the probability, where terms may be products."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.special import ndtr

from willing.estimation.design import term_column
from willing.estimation.results import BinaryResults, Estimate


def marginal_effect(
    results: BinaryResults, term: str, *, at: Mapping[str, float], relative: bool = False
) -> Estimate:
    """Give the average marginal effect of a column on the probability, some columns held fixed.

    Parameters
    ----------
    results
        An estimated probit, whose terms may be products of columns.
    term
        The column d whose effect is wanted.
    at
        Columns held fixed; all others keep the values they have in each row.
    relative
        Whether to give the effect as a share of the mean probability at the same values, which
        is what matters where the outcome is rare.

    Returns
    -------
    Estimate
        The mean over rows of ``dPhi(x'b)/dd = phi(x'b) x_d'b`` with ``x_d`` the derivative of
        the row by d, and its delta-method standard error.
    """
    design = results.design
    columns = {name: design.column(name) for name in design.terms if ":" not in name}
    columns |= {name: np.full(design.n, value) for name, value in at.items()}
    X = np.column_stack([term_column(columns, t) for t in design.terms])
    # Terms are linear in d, so their derivative is their value at 1 less that at 0.
    one, none = (columns | {term: np.full(design.n, v)} for v in (1.0, 0.0))
    slopes = np.column_stack([term_column(one, t) - term_column(none, t) for t in design.terms])
    u, slope = X @ results.params, slopes @ results.params
    density = np.exp(-0.5 * u**2) / np.sqrt(2 * np.pi)
    effect = (density * slope).mean()
    gradient = (density[:, None] * (slopes - (u * slope)[:, None] * X)).mean(axis=0)
    if relative:
        mean = ndtr(u).mean()
        effect /= mean
        gradient = (gradient - effect * (density[:, None] * X).mean(axis=0)) / mean
    se = np.sqrt(gradient @ results.covariance @ gradient)
    return Estimate(term, float(effect), float(se))
