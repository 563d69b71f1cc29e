"""What an estimated binary-outcome model reports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
import polars as pl

from willing.estimation.design import CONSTANT, Design, describe_missing
from willing.figures import BLUE, INK, house_theme
from willing.later import special
from willing.manner import Result
from willing.numbers import Floats, p_cell, p_said
from willing.report.labels import label

if TYPE_CHECKING:
    from plotnine import ggplot

Link = Literal["probit", "logit", "heteroskedastic probit"]
Z95 = 1.959963984540054


@dataclass(frozen=True)
class ChiSquareTest:
    """A chi-squared test: its statistic, degrees of freedom and p-value."""

    statistic: float
    df: int
    p: float

    @classmethod
    def of(cls, statistic: float, df: int) -> ChiSquareTest:
        """Give the test of a statistic."""
        return cls(statistic, df, float(special.chdtrc(df, statistic)))

    def __str__(self) -> str:
        return f"chi2({self.df}) = {self.statistic:.2f}, {p_said(self.p)}"


@dataclass(frozen=True, eq=False, repr=False)
class BinaryResults(Result):
    """Estimates of a probit, logit or heteroskedastic probit.

    Attributes
    ----------
    name : str
        What the model is called.
    link : str
        ``"probit"``, ``"logit"`` or ``"heteroskedastic probit"``.
    design : Design
        The data the model was fitted to.
    variance_terms : tuple of str
        The l terms of the variance equation; empty unless the model is heteroskedastic.
    params : ndarray, shape (k + l,)
        Coefficients: mean equation (the constant last), then variance equation.
    covariance : ndarray, shape (k + l, k + l)
        Their covariance, clustered.
    loglik : float
        Log-likelihood at the estimates.
    loglik_probit : float or None
        That of the probit with the same mean equation, for a heteroskedastic probit.
    iterations : int
        Newton steps taken.
    """

    name: str
    link: Link
    design: Design
    variance_terms: tuple[str, ...]
    params: Floats
    covariance: Floats
    loglik: float
    loglik_probit: float | None
    iterations: int

    @property
    def std_errors(self) -> Floats:
        """Clustered standard errors, shape (k + l,)."""
        # Rounding can leave a variance below zero where a coefficient is hardly identified.
        with np.errstate(invalid="ignore"):
            return np.asarray(np.sqrt(np.diag(self.covariance)))

    @property
    def likelihood_ratio(self) -> ChiSquareTest | None:
        """Likelihood-ratio test against the probit, which takes rows as independent."""
        if self.loglik_probit is None:
            return None
        statistic = max(0.0, 2 * (self.loglik - self.loglik_probit))
        return ChiSquareTest.of(statistic, len(self.variance_terms))

    @property
    def wald(self) -> ChiSquareTest | None:
        """Wald test that the variance is constant, with the clustered covariance."""
        if not self.variance_terms:
            return None
        k = len(self.design.terms)
        g, V = self.params[k:], self.covariance[k:, k:]
        return ChiSquareTest.of(float(g @ np.linalg.solve(V, g)), len(g))

    def estimate(self, term: str, *, equation: Literal["mean", "variance"] = "mean") -> Estimate:
        """Give one coefficient with its standard error."""
        if equation == "mean":
            position = self.design.terms.index(term)
        else:
            position = len(self.design.terms) + self.variance_terms.index(term)
        return Estimate(term, float(self.params[position]), float(self.std_errors[position]))

    def to_frame(self) -> pl.DataFrame:
        """Give one row a coefficient: equation, term, estimate, std_error, z, p, low, high."""
        k, se = len(self.design.terms), self.std_errors
        z = self.params / se
        return pl.DataFrame(
            {
                "equation": ["mean"] * k + ["variance"] * len(self.variance_terms),
                "term": [*self.design.terms, *self.variance_terms],
                "estimate": self.params,
                "std_error": se,
                "z": z,
                "p": 2 * special.ndtr(-np.abs(z)),
                "low": self.params - Z95 * se,
                "high": self.params + Z95 * se,
            }
        )

    predictions: ClassVar[Callable[..., pl.DataFrame]]
    """Predicted probabilities; see `willing.estimation.marginal_effects.predictions`."""
    comparisons: ClassVar[Callable[..., pl.DataFrame]]
    """Changes in the probability; see `willing.estimation.marginal_effects.comparisons`."""
    slopes: ClassVar[Callable[..., pl.DataFrame]]
    """Derivatives of the probability; see `willing.estimation.marginal_effects.slopes`."""

    def fit_statistics(self) -> pl.DataFrame:
        """Give one row: ``n``, ``events``, ``clusters``, ``parameters`` and measures of fit.

        ``log_likelihood``, ``aic``, ``bic`` and ``pseudo_r2``, McFadden's against the mean alone.
        """
        d, k = self.design, len(self.params)
        share = d.y.mean()
        null = d.n * float(share * np.log(share) + (1 - share) * np.log1p(-share))
        return pl.DataFrame(
            {
                "n": [d.n],
                "events": [int(d.y.sum())],
                "clusters": [d.n_clusters],
                "parameters": [k],
                "log_likelihood": [self.loglik],
                "aic": [2 * k - 2 * self.loglik],
                "bic": [k * float(np.log(d.n)) - 2 * self.loglik],
                "pseudo_r2": [1 - self.loglik / null],
            }
        )

    def to_dict(self) -> dict[str, Any]:
        """Give everything but the data as plain numbers and text."""
        d = self.design
        tests = {"likelihood_ratio": self.likelihood_ratio, "wald": self.wald}
        return {
            "name": self.name,
            "link": self.link,
            "outcome": d.outcome,
            "rows": d.rows,
            "n": d.n,
            "events": int(d.y.sum()),
            "clusters": d.n_clusters,
            "missing": dict(d.missing),
            "log_likelihood": self.loglik,
            "iterations": self.iterations,
            "coefficients": self.to_frame().to_dicts(),
            **{key: vars(test) for key, test in tests.items() if test is not None},
        }

    def account(self) -> str:
        """Say in a sentence how many rows were used and why others were not."""
        d = self.design
        used = f"{d.n:,} of {d.rows:,} rows, {int(d.y.sum()):,} with {d.outcome} = 1"
        clusters = f"{d.n_clusters:,} clusters"
        lost = describe_missing(d.missing)
        return f"{used}, {clusters}" + (f"; values missing: {lost}" if lost else "")

    def __str__(self) -> str:
        head = f"{self.name}: {self.link} of {self.design.outcome}"
        columns = f"{'':24}{'estimate':>11}{'std. error':>12}{'z':>8}{'p':>8}{'95 % interval':>22}"
        lines = [head, "-" * len(columns), columns]
        equation = "mean"
        for row in self.to_frame().iter_rows(named=True):
            if row["equation"] != equation:
                equation = row["equation"]
                lines.append("log standard deviation")
            lines.append(
                f"{row['term']:24}{digits(row['estimate']):>11}{digits(row['std_error']):>12}"
                f"{row['z']:8.2f}{p_cell(row['p']):>8}{digits(row['low']):>11}{digits(row['high']):>11}"
            )
        lines += ["-" * len(columns), f"log-likelihood {self.loglik:.2f}; {self.account()}"]
        if self.likelihood_ratio is not None:
            lines.append(f"constant variance: likelihood ratio {self.likelihood_ratio}")
            lines.append(f"constant variance: Wald, clustered  {self.wald}")
        return "\n".join(lines)

    def plot(self) -> ggplot:
        """Draw each coefficient per standard deviation of its column, with 95 % intervals."""
        from plotnine import aes, coord_flip, geom_hline, geom_pointrange, ggplot, labs

        spread = np.concatenate([self.design.X.std(axis=0), self.design.Z.std(axis=0)])
        spread = spread[: len(self.params)]
        shown = (
            self.to_frame()
            .with_columns(pl.col("estimate", "low", "high") * spread)
            .filter(pl.col("term") != CONSTANT)
            .with_columns(pl.col("term").map_elements(label, return_dtype=pl.String))
            .with_columns(
                pl.when(pl.col("equation") == "variance")
                .then(pl.lit("Variance: ") + pl.col("term"))
                .otherwise(pl.col("term"))
                .alias("term")
            )
        )
        return (
            ggplot(shown, aes("term", "estimate"))
            + geom_hline(yintercept=0, color=INK, size=0.3)
            + geom_pointrange(aes(ymin="low", ymax="high"), color=BLUE)
            + labs(x="", y="Coefficient per standard deviation", title=self.name)
            + coord_flip()
            + house_theme()
        )


@dataclass(frozen=True)
class Estimate:
    """One estimated number with its standard error."""

    term: str
    value: float
    std_error: float

    @property
    def z(self) -> float:
        """The estimate in standard errors."""
        return self.value / self.std_error

    @property
    def p(self) -> float:
        """Two-sided p-value under the normal."""
        return float(2 * special.ndtr(-abs(self.z)))

    def __str__(self) -> str:
        return f"{self.term} {self.value:.2f} (s.e. {self.std_error:.2f}, {p_said(self.p)})"


def digits(number: float) -> str:
    """Write a number with four decimals, or with an exponent if it is too small for them."""
    return f"{number:.4f}" if abs(number) >= 0.001 else f"{number:.2e}"
