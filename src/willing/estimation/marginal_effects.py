"""Predictions, comparisons and slopes of a binary-outcome model, as tidy frames.

Names of functions and columns are those of the package marginaleffects (Arel-Bundock, Greifer and
Heiss 2024, Journal of Statistical Software 111(9)); standard errors are by the delta method.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.special import expit, ndtr

from willing.errors import EstimationError
from willing.estimation.delta import standard_errors
from willing.estimation.design import CONSTANT, term_column
from willing.estimation.results import Z95, BinaryResults, Estimate
from willing.numbers import Floats

if TYPE_CHECKING:
    from numpy.typing import NDArray

Columns = Mapping[str, "NDArray[np.float64]"]
# A slope is a central difference over this share of a column's standard deviation.
_STEP = 1e-4


def predictions(
    results: BinaryResults, *, at: Mapping[str, float] | None = None, average: bool = True
) -> pl.DataFrame:
    """Give predicted probabilities of the outcome.

    Parameters
    ----------
    results
        An estimated probit, logit or heteroskedastic probit.
    at
        Columns held fixed; all others keep the values they have in each row.
    average
        Whether to give the mean over rows; else one row each.

    Returns
    -------
    polars.DataFrame
        ``rowid`` (unless averaged), ``estimate``, ``std_error``, ``statistic``, ``p_value``,
        ``conf_low`` and ``conf_high``.

    Raises
    ------
    EstimationError
        If a column is not one of the model's.
    """
    columns = _columns(results, at or {})

    def function(params: Floats) -> Floats:
        return _averaged(_probability(results, columns, params), average)

    frame = _told(function, results)
    return frame if average else frame.with_row_index("rowid")


def comparisons(
    results: BinaryResults,
    variables: str | Sequence[str] | Mapping[str, float | tuple[float, float]] | None = None,
    *,
    at: Mapping[str, float] | None = None,
    average: bool = True,
) -> pl.DataFrame:
    """Give changes in the probability of the outcome when a column changes.

    Parameters
    ----------
    results
        The model.
    variables
        Columns; or by column how far it rises, or from where to where it goes. By default every
        column: one of 0 and 1 goes from 0 to 1, another rises by 1.
    at, average
        As in `predictions`.

    Returns
    -------
    polars.DataFrame
        ``term``, ``contrast``, then as `predictions`.

    Raises
    ------
    EstimationError
        If a column is not one of the model's.
    """
    columns = _columns(results, at or {})
    steps = variables if isinstance(variables, Mapping) else _default_steps(columns, variables)
    frames = []
    for term, step in steps.items():
        _require(results, columns, [term])
        own = columns[term]
        if isinstance(step, tuple):
            low, high = (columns | {term: np.full_like(own, value)} for value in step)
            contrast = f"{step[1]:g} - {step[0]:g}"
        else:
            low, high = columns, columns | {term: own + step}
            contrast = f"{step:+g}"
        frames.append(_difference(results, low, high, term, contrast, 1.0, average=average))
    return pl.concat(frames)


def slopes(
    results: BinaryResults,
    variables: str | Sequence[str] | None = None,
    *,
    at: Mapping[str, float] | None = None,
    average: bool = True,
) -> pl.DataFrame:
    """Give derivatives of the probability of the outcome by columns.

    Parameters
    ----------
    results, variables, at, average
        As in `comparisons`.

    Returns
    -------
    polars.DataFrame
        As `comparisons`, with the contrast ``dY/dX``.

    Raises
    ------
    EstimationError
        If a column is not one of the model's.
    """
    columns = _columns(results, at or {})
    frames = []
    for term in _default_steps(columns, variables):
        _require(results, columns, [term])
        h = _STEP * (float(columns[term].std()) or 1.0)
        low, high = (columns | {term: columns[term] + way} for way in (-h, h))
        frames.append(_difference(results, low, high, term, "dY/dX", 2 * h, average=average))
    return pl.concat(frames)


def _difference(
    results: BinaryResults,
    low: Columns,
    high: Columns,
    term: str,
    contrast: str,
    over: float,
    *,
    average: bool,
) -> pl.DataFrame:
    def function(params: Floats) -> Floats:
        rise = _probability(results, high, params) - _probability(results, low, params)
        return _averaged(rise / over, average)

    frame = _told(function, results)
    named = [pl.lit(term).alias("term"), pl.lit(contrast).alias("contrast")]
    if average:
        return frame.select(*named, pl.all())
    return frame.with_row_index("rowid").select("rowid", *named, pl.exclude("rowid"))


def _told(function: Callable[[Floats], Floats], results: BinaryResults) -> pl.DataFrame:
    value = function(results.params)
    error = standard_errors(function, results.params, results.covariance)
    z = np.divide(value, error, out=np.full_like(value, np.nan), where=error > 0)
    return pl.DataFrame(
        {
            "estimate": value,
            "std_error": error,
            "statistic": z,
            "p_value": 2 * ndtr(-np.abs(z)),
            "conf_low": value - Z95 * error,
            "conf_high": value + Z95 * error,
        }
    )


def _averaged(values: Floats, average: bool) -> Floats:
    return values.mean(keepdims=True) if average else values


def _probability(results: BinaryResults, columns: Columns, params: Floats) -> Floats:
    """Probability of the outcome in every row, shape (n,)."""
    design, k = results.design, len(results.design.terms)
    index = np.column_stack([term_column(columns, t) for t in design.terms]) @ params[:k]
    if results.variance_terms:
        Z = np.column_stack([term_column(columns, t) for t in results.variance_terms])
        index = index * np.exp(-(Z @ params[k:]))
    return np.asarray(expit(index) if results.link == "logit" else ndtr(index))


def _columns(results: BinaryResults, at: Mapping[str, float]) -> dict[str, Floats]:
    """The columns that terms are made of, some held fixed."""
    design = results.design
    columns = dict(zip(design.terms, design.X.T, strict=True))
    columns |= {
        t: z
        for t, z in zip(design.variance_terms, design.Z.T, strict=True)
        if t in results.variance_terms
    }
    columns = {name: values for name, values in columns.items() if ":" not in name}
    _require(results, columns, at)
    return columns | {name: np.full(design.n, float(value)) for name, value in at.items()}


def _require(results: BinaryResults, columns: Columns, names: Iterable[str]) -> None:
    """Raise an `EstimationError` unless columns, and what products are made of, are the model's."""
    terms = (*results.design.terms, *results.variance_terms)
    parts = sorted({part for term in terms for part in term.split(":")})
    known = [name for name in columns if name != CONSTANT]
    for name in names:
        if name not in known:
            raise EstimationError(
                f"'{name}' is not a column of the model by itself; there are {', '.join(known)}"
            )
    if alone := [part for part in parts if part not in columns]:
        raise EstimationError(
            f"{', '.join(alone)} stands in products only, so that they cannot follow a change; "
            "add it to the model by itself"
        )


def _default_steps(
    columns: Columns, variables: str | Sequence[str] | None
) -> dict[str, float | tuple[float, float]]:
    names = [variables] if isinstance(variables, str) else variables
    if names is None:
        names = [name for name in columns if name != CONSTANT]
    return {
        name: (0.0, 1.0) if np.isin(columns.get(name, [0.5]), (0.0, 1.0)).all() else 1.0
        for name in names
    }


# Effects stand above results, so the methods of these names are given from here.
BinaryResults.predictions = predictions
BinaryResults.comparisons = comparisons
BinaryResults.slopes = slopes


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
