"""Errors clustered two ways, for least squares with absorbed effects and for likelihoods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from willing.numbers import Floats, Ints

# A two-sided test at 5 % finds an effect of this many standard errors in 80 of 100 samples:
# 1.96 + .84.
POWER = 2.8
_NORMAL = 1.96
# Effects in logs that differ by less differ by rounding, which changes from run to run.
TIED = 1e-9


@dataclass(frozen=True)
class Effect:
    """An estimate with its standard error.

    Attributes
    ----------
    value, se
        The estimate, and its standard error.
    n
        Rows used.
    """

    value: float
    se: float
    n: int

    @property
    def low(self) -> float:
        """Lower end of the 95 % interval."""
        return self.value - _NORMAL * self.se

    @property
    def high(self) -> float:
        """Upper end of the 95 % interval."""
        return self.value + _NORMAL * self.se

    @property
    def detectable(self) -> float:
        """The minimum detectable effect: `POWER` standard errors."""
        return POWER * self.se


def absorbed_effects(y: Floats, X: Floats, *, absorb: list[Ints], clusters: Ints) -> list[Effect]:
    """Regress on some columns and any number of absorbed sets of effects.

    Parameters
    ----------
    y
        The outcome, shape (n,).
    X
        Regressors, shape (n, k); those that the effects swallow must not be among them.
    absorb
        Group numbers of each set of effects, shape (n,) each.
    clusters
        Group numbers of the two clusters, shape (n, 2). Errors as in `safe_errors`, each
        part times ``G/(G-1) (n-1)/(n-k)`` as in Stata.

    Returns
    -------
    list of Effect
        One for each column of `X`.
    """
    from linearmodels.iv.absorbing import AbsorbingLS

    effects = pd.DataFrame({f"e{i}": pd.Categorical(group) for i, group in enumerate(absorb)})
    model = AbsorbingLS(pd.Series(y, name="y"), pd.DataFrame(X), absorb=effects)

    fits = [
        model.fit(cov_type="clustered", clusters=pd.DataFrame(groups), debiased=True)
        for groups in (clusters, clusters[:, 0], clusters[:, 1])
    ]
    two_way, *one_way = (np.diag(fit.cov) for fit in fits)
    errors = safe_errors(two_way, one_way)
    return [
        Effect(float(b), float(se), len(y)) for b, se in zip(fits[0].params, errors, strict=True)
    ]


def safe_errors(two_way: Floats, one_way: Sequence[Floats]) -> Floats:
    """Take the root of two-way clustered variances, or of a one-way variance that is larger.

    ``V_a + V_b - V_ab`` (Cameron, Gelbach and Miller 2011, Journal of Business & Economic
    Statistics 29(2): 238-249) can fall below both ``V_a`` and ``V_b``, even below zero, where
    clusters are few. All have shape (k,).
    """
    return np.asarray(np.sqrt(np.maximum.reduce([two_way, *one_way])))


def within(values: Floats, group: Ints) -> Floats:
    """Take the group mean out of every column of `values`, shape (n,) or (n, k)."""
    names, number = np.unique(group, return_inverse=True)
    sums = np.zeros((len(names), *values.shape[1:]))
    np.add.at(sums, number, values)
    counts = np.bincount(number).reshape(-1, *([1] * (values.ndim - 1)))
    return np.asarray(values - (sums / counts)[number])


def partial_out(columns: Floats, controls: Floats) -> Floats:
    """Give the residuals of regressing `columns` (n, m) on `controls` (n, k)."""
    basis, _ = np.linalg.qr(controls)
    return np.asarray(columns - basis @ (basis.T @ columns))
