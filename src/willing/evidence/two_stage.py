"""Both stages of uncertainty: leaders redrawn for their security, then crises for the test.

A measure of security is itself an estimate. Each draw takes the measure as it comes out of redrawn
leaders, puts it in the model's columns, redraws crises, and fits the model again from its own
estimates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import polars as pl

from willing.errors import ConvergenceError
from willing.estimation.design import Design, column_spread, term_column
from willing.estimation.newton import maximise
from willing.estimation.results import BinaryResults
from willing.estimation.row_likelihood import RowLikelihood
from willing.manner import Result
from willing.numbers import Floats, Ints

# A draw may miss its maximum by this much of log-likelihood, a thousandth of a standard error.
_SLACK = 1e-6
# A draw that has not arrived after so many steps is separated.
_STEPS = 25


@dataclass(frozen=True, repr=False)
class TwoStage(Result):
    """An estimate with the standard errors of one stage and of both.

    Attributes
    ----------
    value
        The estimate.
    clustered
        Standard error clustered by crisis, the measure of security taken as known.
    both
        Standard deviation over draws of leaders and crises; NaN without draws.
    low, high
        Percentiles 2.5 and 97.5 of the draws.
    draws
        Draws with an estimate, and
    failed
        those without, as by separation.
    """

    value: float
    clustered: float
    both: float
    low: float
    high: float
    draws: int
    failed: int

    @property
    def z(self) -> float:
        """The estimate over its clustered standard error."""
        return self.value / self.clustered

    @property
    def z_both(self) -> float:
        """The estimate over the standard error of both stages."""
        return self.value / self.both

    def to_dict(self) -> dict[str, Any]:
        """Give the numbers, with both z values."""
        return {**vars(self), "z": self.z, "z_both": self.z_both}

    def __str__(self) -> str:
        return (
            f"{self.value:.3f} (s.e. {self.clustered:.3f}; both stages {self.both:.3f} "
            f"[{self.low:.3f}, {self.high:.3f}])"
        )


@dataclass(frozen=True, eq=False)
class RedrawnModel:
    """A fitted model, ready to be fitted again with other values of the measure.

    Attributes
    ----------
    fit
        The results on the sample.
    rows
        Shape (n,): the rows of the frame that are complete.
    columns
        Every column of the model on those rows, shape (n,) each.
    replaced
        The columns that have other values, such as the measure's.
    """

    fit: BinaryResults
    rows: Ints
    columns: Mapping[str, Floats] = field(repr=False)
    replaced: tuple[str, ...]

    def design(self, values: Mapping[str, Floats]) -> Design:
        """Give the model's design with other values of the replaced columns, by frame row."""
        design = self.fit.design
        columns = {**self.columns, **{name: values[name][self.rows] for name in self.replaced}}
        return replace(
            design,
            X=_with(design.X, design.terms, columns, self.replaced),
            Z=_with(design.Z, self.fit.variance_terms, columns, self.replaced),
        )

    def draw(self, values: Mapping[str, Floats], rng: np.random.Generator) -> Floats:
        """Fit with other values of the measure on crises drawn with replacement.

        Parameters
        ----------
        values
            The replaced columns, for every row of the frame.
        rng
            Source of the crises drawn.

        Returns
        -------
        ndarray
            Estimates, shape (k + l,); NaN where there are none.
        """
        design = self.design(values)
        clusters = design.n_clusters
        times = rng.multinomial(clusters, np.full(clusters, 1 / clusters))[design.cluster]
        taken = np.repeat(np.arange(design.n), times)
        y, X, Z = design.y[taken], design.X[taken], design.Z[taken]
        scale = np.concatenate([column_spread(X), column_spread(Z)])
        k = X.shape[1]
        drawn = RowLikelihood(self.fit.link, y, X / scale[:k], Z / scale[k:])
        try:
            found = maximise(
                drawn.value,
                drawn.derivatives,
                self.fit.params * scale,
                names=(*design.terms, *self.fit.variance_terms),
                max_iterations=_STEPS,
                tolerance=_SLACK,
            )
        except (ConvergenceError, np.linalg.LinAlgError):
            return np.full_like(self.fit.params, np.nan)
        return np.asarray(found.params / scale)


def redrawn_model(
    frame: pl.DataFrame, fit: BinaryResults, *, replaced: tuple[str, ...]
) -> RedrawnModel:
    """Prepare a fitted model for other values of some columns.

    Parameters
    ----------
    frame
        What the model was fitted to.
    fit
        Its results.
    replaced
        The columns that will have other values, missing in the same rows.
    """
    design = fit.design
    terms = (*design.terms[:-1], *fit.variance_terms)
    names = list(dict.fromkeys(name for term in terms for name in term.split(":")))
    complete = (
        frame.with_row_index("_row")
        .select("_row", design.outcome, *(pl.col(c).cast(pl.Float64).fill_nan(None) for c in names))
        .drop_nulls()
    )
    if complete.height != design.n:
        raise ValueError(
            f"the frame has {complete.height} complete rows, the model was fitted to {design.n}: "
            "give the frame that it was fitted to"
        )
    columns = {name: complete[name].to_numpy() for name in names}
    used = tuple(name for name in replaced if name in names)
    return RedrawnModel(fit, complete["_row"].cast(pl.Int64).to_numpy(), columns, used)


def summarise(fit: BinaryResults, position: int, drawn: Floats) -> TwoStage:
    """Give one parameter with both standard errors.

    Parameters
    ----------
    fit
        The results on the sample.
    position
        Which of its k + l parameters.
    drawn
        Shape (draws, k + l); NaN where a draw had no estimates.
    """
    values = drawn[:, position]
    used = values[np.isfinite(values)]
    spread, low, high = np.nan, np.nan, np.nan
    if len(used) > 1:
        spread = float(used.std(ddof=1))
        low, high = (float(q) for q in np.quantile(used, [0.025, 0.975]))
    return TwoStage(
        value=float(fit.params[position]),
        clustered=float(fit.std_errors[position]),
        both=spread,
        low=low,
        high=high,
        draws=len(used),
        failed=len(values) - len(used),
    )


def _with(
    matrix: Floats, terms: tuple[str, ...], columns: Mapping[str, Floats], replaced: tuple[str, ...]
) -> Floats:
    """The matrix with the terms that hold a replaced column worked out again."""
    changed = [i for i, term in enumerate(terms) if set(term.split(":")) & set(replaced)]
    if not changed:
        return matrix
    matrix = matrix.copy(order="K")
    for i in changed:
        matrix[:, i] = term_column(columns, terms[i])
    return matrix
