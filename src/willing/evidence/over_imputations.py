"""A model over the imputations of divergence, pooled by Rubin's rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import polars as pl
from joblib import Parallel, delayed

from willing.divergence.completion import DRAWS
from willing.errors import EstimationError
from willing.estimation.models import fit_hetprobit, fit_logit, fit_probit
from willing.estimation.results import BinaryResults, Link
from willing.estimation.rubin import PooledResults, pool
from willing.evidence.model_columns import IDEAL_POINTS
from willing.evidence.sample import Sample
from willing.evidence.two_stage import redrawn_model
from willing.manner import Progress, silent
from willing.numbers import Floats, Ints

# Both columns of divergence for every row of a sample, imputation by imputation.
Imputations = Sequence[Mapping[str, Floats]]
# Log-likelihood that a search may leave to gain: coefficients are then within a ten-thousandth of
# a standard error of the maximum, far less than what they differ by between imputations.
NEAR = 1e-9
_FIT: Mapping[Link, Callable[..., BinaryResults]] = {
    "logit": fit_logit,
    "probit": fit_probit,
    # A mean of likelihood ratios is no test, so that no probit is fitted beside it.
    "heteroskedastic probit": partial(fit_hetprobit, beside=False),
}


def imputed_divergence(
    triads: pl.DataFrame,
    sample: Sample,
    count: int = DRAWS,
    *,
    progress: Progress = silent,
) -> Imputations:
    """Take the divergences of a sample's rows from every imputation.

    Parameters
    ----------
    triads
        The record's triads, of every leader.
    sample
        Which rows.
    count
        How many imputations, two to twenty.
    progress
        Told of each.

    Returns
    -------
    sequence of mapping of str to ndarray, shape (n,)
        `difLPv` and `difTPv` of each, NaN where missing, for the rows that `sample.take` gives;
        empty where its divergence is not imputed.
    """
    if sample.divergence != "completed":
        return ()
    found = []
    for frame in sample.imputations(triads, count):
        columns = frame.select(pl.col(name).cast(pl.Float64) for name in IDEAL_POINTS)
        found.append({name: columns[name].to_numpy() for name in IDEAL_POINTS})
        progress(f"imputation {len(found)}")
    return found


def pooled_fit(
    frame: pl.DataFrame, fit: BinaryResults, imputed: Imputations, *, rows: Ints | None = None
) -> PooledResults | None:
    """Fit a model to every imputation and pool it.

    Parameters
    ----------
    frame
        What the model was fitted to, at the mean of the imputations.
    fit
        Its results, from which each search starts.
    imputed
        What :func:`imputed_divergence` gave.
    rows
        Which of its rows the frame's are, shape (frame.height,); by default all, in order.

    Returns
    -------
    PooledResults or None
        With the data of `fit`, so that predictions are made at the mean of the imputations; None
        where nothing is imputed or the model has no divergence.

    Raises
    ------
    EstimationError
        If an imputation has no estimate.
    """
    model = redrawn_model(frame, fit, replaced=IDEAL_POINTS)
    if not imputed or not model.replaced:
        return None

    def again(columns: Mapping[str, Floats]) -> BinaryResults:
        own = columns if rows is None else {name: each[rows] for name, each in columns.items()}
        design = model.design(own)
        if not np.isfinite(design.X).all():
            raise EstimationError("an imputation lacks a divergence that their mean has")
        return _FIT[fit.link](design, name=fit.name, start=fit.params, tolerance=NEAR)

    # NumPy leaves the interpreter free, so that threads use every core.
    each = Parallel(n_jobs=-1, prefer="threads")(delayed(again)(columns) for columns in imputed)
    found = pool(each)
    return replace(found, combined=replace(found.combined, design=fit.design))
