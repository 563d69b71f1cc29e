"""Both stages of uncertainty of models in which leaders' security stands: leaders, then crises."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import polars as pl

from willing.estimation.models import one_blas_thread
from willing.estimation.results import BinaryResults
from willing.evidence.two_stage import TwoStage, redrawn_model, summarise
from willing.manner import Progress, silent
from willing.numbers import Floats
from willing.security.leader_draws import draw_leaders
from willing.security.measures import MEASURES
from willing.security.stored_leaders import load_leaders, places_of


def redraw(
    fitted: Mapping[str, tuple[pl.DataFrame, BinaryResults]],
    measure: str,
    columns: Mapping[str, str],
    *,
    draws: int,
    seed: int = 1,
    workers: int = -1,
    cache: Path | None = None,
    progress: Progress = silent,
) -> dict[str, dict[str, TwoStage]]:
    """Fit models again to redrawn leaders' security and redrawn crises.

    Parameters
    ----------
    fitted
        By name, what each model was fitted to, with the column ``start``, and its results. Crises
        are drawn by the clusters of its errors.
    measure
        The measure of security, one of `willing.security.measures.MEASURES`.
    columns
        The columns that may hold it, with the columns of the states whose leaders they are of.
    draws
        How many, at least 2.
    seed
        Of the crises; leaders have their own.
    workers, cache, progress
        As in `willing.security.leader_draws.draw_leaders`.

    Returns
    -------
    dict
        By model, the estimate of each term with the standard errors of one stage and of both.
    """
    stored = load_leaders()
    leaders = draw_leaders(
        stored.sample, (measure,), draws=draws, workers=workers, cache=cache, progress=progress
    )
    places = {
        name: {
            column: places_of(frame, state, stored.dated)
            for column, state in columns.items()
            if column in frame.columns
        }
        for name, (frame, _) in fitted.items()
    }
    models = {
        name: redrawn_model(frame, fit, replaced=tuple(columns))
        for name, (frame, fit) in fitted.items()
    }
    rng = np.random.default_rng(seed)
    drawn: dict[str, list[Floats]] = {name: [] for name in models}
    with one_blas_thread():
        for number, scores in enumerate(leaders.scores(stored.dated), start=1):
            values = scores[measure].cast(pl.Float64).to_numpy()
            insecure = np.append(values if MEASURES[measure].sign > 0 else 1.0 - values, np.nan)
            for name, model in models.items():
                own = {column: insecure[at] for column, at in places[name].items()}
                drawn[name].append(model.draw(own, rng))
            progress(f"{number} of {draws} draws of leaders and crises")
    return {
        name: {
            term: summarise(fit, position, np.vstack(drawn[name]))
            for position, term in enumerate(fit.design.terms)
        }
        for name, (_, fit) in fitted.items()
    }
