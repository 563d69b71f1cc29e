"""From a frame to the arrays of a binary-outcome model, with an account of the rows left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from willing.errors import CollinearityError, DataError, NoVariationError, SeparationError
from willing.numbers import Floats

CONSTANT = "constant"
# Columns are collinear when the smallest eigenvalue of their scaled cross-product is this small
# beside the largest; columns with a share of its eigenvector above LOADING are the ones named.
COLLINEAR = 1e-11
LOADING = 0.05
# A variance this small beside the mean square has lost half of its digits in their difference.
LOST = 1e-8


@dataclass(frozen=True, eq=False)
class Design:
    """The complete cases of a model.

    Attributes
    ----------
    outcome : str
        Name of the outcome.
    y : ndarray of float, shape (n,)
        The outcome, 0 or 1.
    X : ndarray of float, shape (n, k)
        Columns of the mean equation, the constant last.
    terms : tuple of str
        Their k names; ``a:b`` is the product of two columns.
    Z : ndarray of float, shape (n, l)
        Columns of the variance equation, without a constant; l may be 0.
    variance_terms : tuple of str
        Their l names.
    cluster : ndarray of int, shape (n,)
        Cluster of each row, numbered from 0 without gaps.
    rows : int
        Rows of the frame before those with a missing value were left out.
    missing : mapping of str to int
        For each column that has missing values, how many.
    """

    outcome: str
    y: NDArray[np.float64]
    X: NDArray[np.float64]
    terms: tuple[str, ...]
    Z: NDArray[np.float64]
    variance_terms: tuple[str, ...]
    cluster: NDArray[np.int64]
    rows: int
    missing: Mapping[str, int] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of complete rows."""
        return len(self.y)

    @property
    def n_clusters(self) -> int:
        """Number of clusters."""
        return int(self.cluster.max()) + 1

    def without(self, term: str) -> Design:
        """Give the design without one term of the mean equation."""
        kept = [t != term for t in self.terms]
        terms = tuple(t for t in self.terms if t != term)
        return replace(self, X=self.X.T[kept].T, terms=terms)

    def column(self, name: str) -> NDArray[np.float64]:
        """Give one column of the mean equation, shape (n,)."""
        return self.X[:, self.terms.index(name)]


def build_design(
    frame: pl.DataFrame,
    *,
    outcome: str,
    mean: Sequence[str],
    variance: Sequence[str] = (),
    cluster: str,
    checked: bool = True,
) -> Design:
    """Take the complete cases of a model from a frame.

    Parameters
    ----------
    frame
        One row an observation.
    outcome
        A column of 0 and 1 (or Boolean).
    mean, variance
        Terms of the two equations: a column, or ``a:b`` for the product of two. The mean
        equation gets a constant, the variance equation has none.
    cluster
        The column whose values group dependent rows.
    checked
        Whether to make sure that coefficients can be estimated, which is not needed where they are
        known.

    Returns
    -------
    Design

    Raises
    ------
    DataError
        If the frame lacks a column or the outcome is not 0 or 1.
    NoVariationError
        If no row is complete, or the outcome is the same in all that are.
    CollinearityError
        If a column is constant or a combination of others.
    SeparationError
        If one column alone orders the outcome without overlap.
    """
    columns = [*dict.fromkeys(c for term in [*mean, *variance] for c in term.split(":"))]
    needed = [outcome, cluster, *columns]
    absent = [name for name in needed if name not in frame.columns]
    if absent:
        raise DataError(
            f"the frame lacks {', '.join(absent)}, needed for a model of {outcome}; "
            f"it has {', '.join(frame.columns)}"
        )
    used = frame.select(
        pl.col(cluster), *(pl.col(c).cast(pl.Float64).fill_nan(None) for c in [outcome, *columns])
    )
    missing = {name: n for name in needed if (n := used[name].null_count())}
    complete = used.drop_nulls()
    y = complete[outcome].to_numpy()
    arrays = {name: complete[name].to_numpy() for name in columns}
    if not len(y):
        raise NoVariationError(
            f"no row is complete for a model of {outcome}; values missing of {frame.height:,}: "
            f"{describe_missing(missing) or 'none, the frame is empty'}. Leave out a sparse column"
        )
    if not np.isin(y, (0.0, 1.0)).all():
        bad = y[~np.isin(y, (0.0, 1.0))][0]
        raise DataError(f"the outcome {outcome} must be 0 or 1; it has {bad:g}")
    for name, values in arrays.items():
        if not np.isfinite(values).all():
            raise DataError(f"the column {name} has infinite values; leave such rows empty")
    design = Design(
        outcome=outcome,
        y=y,
        X=side_by_side([*(term_column(arrays, t) for t in mean), np.ones(len(y))]),
        terms=(*mean, CONSTANT),
        Z=side_by_side([term_column(arrays, t) for t in variance], rows=len(y)),
        variance_terms=tuple(variance),
        cluster=complete[cluster].rank("dense").cast(pl.Int64).to_numpy() - 1,
        rows=frame.height,
        missing=missing,
    )
    if checked:
        check_design(design)
    return design


def check_design(design: Design) -> None:
    """Raise the error that says why the coefficients of a design have no finite estimate."""
    if design.y.min() == design.y.max():
        raise NoVariationError(
            f"{design.outcome} is {design.y[0]:g} in all {design.n:,} complete rows; "
            "take a wider sample, another coding of the outcome, or leave out a sparse column"
        )
    if design.n_clusters < 2:
        raise NoVariationError(
            f"all {design.n:,} complete rows are in one cluster; errors clustered so need several"
        )
    _check_collinearity(design.X, design.terms, "mean")
    if design.variance_terms:
        # A constant in the variance equation only rescales the mean equation.
        with_constant = np.column_stack([design.Z, np.ones(design.n)])
        _check_collinearity(with_constant, (*design.variance_terms, CONSTANT), "variance")
    one = design.y == 1
    for name, column in zip(design.terms[:-1], design.X.T, strict=False):
        joined, stayed = column[one], column[~one]
        if joined.min() >= stayed.max() or joined.max() <= stayed.min():
            raise SeparationError(
                f"{name} separates the outcome {design.outcome}: it runs from {joined.min():g} to "
                f"{joined.max():g} where the outcome is 1 and from {stayed.min():g} to "
                f"{stayed.max():g} where it is 0, so its coefficient is infinite. Leave out "
                "the column, or restrict the rows to where both outcomes occur"
            )


def side_by_side(columns: Sequence[Floats], *, rows: int = 0) -> Floats:
    """Give columns as a matrix that holds one after the other in memory.

    A likelihood weights whole columns and sums over them, which takes half the time so.

    Parameters
    ----------
    columns
        The k columns, shape (n,) each.
    rows
        How many there are, n, where there may be no column.

    Returns
    -------
    ndarray, shape (n, k)
    """
    return np.array(columns).T if columns else np.empty((rows, 0))


def column_spread(X: Floats) -> Floats:
    """Give the standard deviation of each column, 1 for a constant, to scale columns by.

    Parameters
    ----------
    X
        Shape (n, k).
    """
    mean = X.mean(axis=0)
    square = np.einsum("ij,ij->j", X, X) / len(X)
    variance = square - mean**2
    # Where a column hardly varies beside its mean the difference of squares is rounding.
    for column in np.flatnonzero(variance <= LOST * square):
        variance[column] = X[:, column].var()
    return np.where(variance > 0, np.sqrt(np.maximum(variance, 0.0)), 1.0)


def describe_missing(missing: Mapping[str, int]) -> str:
    """Give the counts of missing values as text, the largest first."""
    ordered = sorted(missing.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {n:,}" for name, n in ordered)


def term_column(columns: Mapping[str, NDArray[np.float64]], term: str) -> NDArray[np.float64]:
    """Give the column of a term: one of `columns`, or for ``a:b`` the product of two."""
    return np.asarray(np.prod([columns[name] for name in term.split(":")], axis=0))


def _check_collinearity(X: NDArray[np.float64], names: Sequence[str], equation: str) -> None:
    flat = [n for n, c in zip(names[:-1], X.T, strict=False) if c.min() == c.max()]
    if flat:
        raise CollinearityError(
            f"{', '.join(flat)} takes a single value in the {len(X):,} complete rows, so the "
            f"{equation} equation cannot tell it from the constant; leave it out"
        )
    # Centring first keeps a column with a large mean and a small spread apart from the constant.
    scaled = (X[:, :-1] - X[:, :-1].mean(axis=0)) / X[:, :-1].std(axis=0)
    values, vectors = np.linalg.eigh(scaled.T @ scaled / len(X))
    if len(values) and values[0] < COLLINEAR * values[-1]:
        involved = [n for n, v in zip(names[:-1], vectors[:, 0], strict=False) if abs(v) > LOADING]
        raise CollinearityError(
            f"{', '.join(involved)} are exact combinations of one another in the {equation} "
            "equation; leave one of them out"
        )
