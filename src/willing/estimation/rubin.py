"""Pool the results of a model over imputations by Rubin's rules."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import polars as pl
from scipy import stats

from willing.errors import EstimationError
from willing.estimation.results import BinaryResults
from willing.manner import Result
from willing.numbers import Floats, p_said


@dataclass(frozen=True)
class PooledEstimate:
    """One number over imputations.

    Attributes
    ----------
    term : str
        Whose coefficient.
    value, std_error : float
        Mean over imputations; root of the total variance.
    df : float
        Degrees of freedom of its t distribution.
    missing : float
        Fraction of the information that the missing values cost, 0 to 1.
    """

    term: str
    value: float
    std_error: float
    df: float
    missing: float

    @property
    def z(self) -> float:
        """The estimate in standard errors."""
        return self.value / self.std_error

    @property
    def p(self) -> float:
        """Two-sided p-value under the t distribution."""
        return float(2 * stats.t.sf(abs(self.z), self.df))

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval."""
        reach = float(stats.t.ppf(0.975, self.df)) * self.std_error
        return self.value - reach, self.value + reach

    def __str__(self) -> str:
        return (
            f"{self.term} {self.value:.2f} (s.e. {self.std_error:.2f}, {p_said(self.p)}; "
            f"{self.missing:.0%} of the information missing)"
        )


@dataclass(frozen=True, eq=False, repr=False)
class PooledResults(Result):
    """A model over imputations.

    Attributes
    ----------
    combined : BinaryResults
        Mean estimates with the total covariance, and the mean log-likelihood; its data are those
        of the first imputation.
    between : ndarray, shape (k + l, k + l)
        Covariance of the estimates between imputations.
    imputations : int
        How many.
    """

    combined: BinaryResults
    between: Floats
    imputations: int

    @property
    def within(self) -> Floats:
        """Mean of the covariances within imputations, shape (k + l, k + l)."""
        return self.combined.covariance - (1 + 1 / self.imputations) * self.between

    def estimate(
        self, term: str, *, equation: Literal["mean", "variance"] = "mean"
    ) -> PooledEstimate:
        """Give one coefficient."""
        design = self.combined.design
        if equation == "mean":
            at = design.terms.index(term)
        else:
            at = len(design.terms) + self.combined.variance_terms.index(term)
        total = float(self.combined.covariance[at, at])
        df, missing = missing_information(
            total, float(self.between[at, at]), self.imputations, design.n_clusters - 1
        )
        return PooledEstimate(term, float(self.combined.params[at]), total**0.5, df, missing)

    def to_frame(self) -> pl.DataFrame:
        """Give one row a coefficient, with its share of missing information."""
        frame = self.combined.to_frame()
        found = [self.estimate(row["term"], equation=row["equation"]) for row in frame.to_dicts()]
        return frame.with_columns(
            pl.Series("p", [e.p for e in found]),
            pl.Series("low", [e.interval[0] for e in found]),
            pl.Series("high", [e.interval[1] for e in found]),
            pl.Series("missing_information", [e.missing for e in found]),
        )

    def to_dict(self) -> dict[str, Any]:
        """Give everything but the data as plain numbers and text."""
        return {
            **self.combined.to_dict(),
            "imputations": self.imputations,
            "coefficients": self.to_frame().to_dicts(),
        }

    def __str__(self) -> str:
        return f"{self.combined}\nover {self.imputations} imputations, by Rubin's rules"


def pool(fits: Sequence[BinaryResults]) -> PooledResults:
    """Pool a model's results over imputations.

    Parameters
    ----------
    fits
        The same model on the same rows of each imputation.

    Returns
    -------
    PooledResults
        The total covariance is ``W + (1 + 1/m) B``: the mean of the m covariances, and the
        covariance of the m estimates.

    Raises
    ------
    EstimationError
        If there are fewer than two, or they are not of the same terms and rows.

    References
    ----------
    Rubin, D. B. 1987. Multiple Imputation for Nonresponse in Surveys. Wiley, ch. 3.
    """
    if len(fits) < 2:
        raise EstimationError(f"got {len(fits)} imputation; Rubin's rules need two or more")
    first = fits[0]
    for fit in fits:
        if (fit.design.terms, fit.variance_terms, fit.design.n) != (
            first.design.terms,
            first.variance_terms,
            first.design.n,
        ):
            raise EstimationError(
                f"the imputations differ: {fit.design.n:,} rows and {len(fit.params)} terms in "
                f"one, {first.design.n:,} and {len(first.params)} in another"
            )
    estimates = np.array([fit.params for fit in fits])
    between = np.atleast_2d(np.cov(estimates.T))
    within = np.mean([fit.covariance for fit in fits], axis=0)
    probits = [fit.loglik_probit for fit in fits if fit.loglik_probit is not None]
    return PooledResults(
        replace(
            first,
            params=estimates.mean(axis=0),
            covariance=within + (1 + 1 / len(fits)) * between,
            loglik=float(np.mean([fit.loglik for fit in fits])),
            loglik_probit=float(np.mean(probits)) if probits else None,
        ),
        between,
        len(fits),
    )


def missing_information(
    total: float, between: float, imputations: int, complete_df: float
) -> tuple[float, float]:
    """Give degrees of freedom and the fraction of missing information of a pooled estimate.

    The fraction is the share of the total variance that comes from the missing values.

    Parameters
    ----------
    total
        Total variance.
    between
        Variance between imputations.
    imputations
        How many.
    complete_df
        Degrees of freedom if nothing were missing; here clusters less one.

    References
    ----------
    Barnard, J. and D. B. Rubin. 1999. Small-sample degrees of freedom with multiple imputation.
    Biometrika 86(4): 948-955.
    """
    share = (1 + 1 / imputations) * between / total
    observed = (complete_df + 1) / (complete_df + 3) * complete_df * (1 - share)
    if share <= 0:
        return observed, 0.0
    old = (imputations - 1) / share**2
    return old * observed / (old + observed), float(share)
