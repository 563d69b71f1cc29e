"""Controls that have no finite coefficient are left out, as Stata's probit does."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from willing.evidence.model_columns import AUTHORS, CONTROLS, OUTCOME

# What is left of a scaled control without the terms before it, where rounding alone leaves it.
_COMBINED = 1e-9


def drop_unusable(triads: pl.DataFrame, mean: Sequence[str]) -> tuple[pl.DataFrame, dict[str, str]]:
    """Leave out controls that have no finite coefficient, as Stata's probit does.

    A control that never varies in the complete rows is left out; so is a dichotomy one of whose
    values predicts the outcome, together with the rows that have it; and so is a control that is
    an exact linear combination of the constant and the terms before it.

    Parameters
    ----------
    triads
        One row a triad.
    mean
        The terms, columns of `triads`.

    Returns
    -------
    frame
        The triads that stay.
    dropped
        Why each control left out is, by name.
    """
    dropped: dict[str, str] = {}
    again = True
    while again:
        again = False
        kept = [term for term in mean if term not in dropped]
        complete = triads.select(
            pl.col(name).cast(pl.Float64).fill_nan(None) for name in (OUTCOME, *kept)
        ).drop_nulls()
        for name in kept if complete.height and complete[OUTCOME].n_unique() > 1 else ():
            if name not in CONTROLS and name not in AUTHORS.values():
                continue
            values = complete[name].unique()
            if len(values) == 1:
                dropped[name] = f"{name} was left out: it is {values[0]:g} in all complete rows"
            elif len(values) == 2:
                for value in values.to_list():
                    outcomes = complete.filter(pl.col(name) == value)[OUTCOME]
                    if outcomes.n_unique() == 1:
                        dropped[name] = (
                            f"{name} was left out with {len(outcomes):,} rows: where it is "
                            f"{value:g}, {OUTCOME} is {outcomes[0]:g} without exception"
                        )
                        other = pl.col(name).cast(pl.Float64)
                        triads = triads.filter((other != value) | other.is_null())
                        break
            if name in dropped:
                again = True
                break
        if not again and complete.height:
            combined = _first_combination(complete.select(kept))
            if combined is not None and (combined in CONTROLS or combined in AUTHORS.values()):
                dropped[combined] = (
                    f"{combined} was left out: it is a linear combination of the other terms"
                )
                again = True
    return triads, dropped


def _first_combination(terms: pl.DataFrame) -> str | None:
    """Name the first term that adds nothing to the constant and those before it."""
    columns = terms.to_numpy()
    spread = columns.std(axis=0)
    scaled = (columns - columns.mean(axis=0)) / np.where(spread > 0.0, spread, 1.0)
    left = np.abs(np.diag(np.linalg.qr(scaled, mode="r")))
    exact = np.flatnonzero(left < _COMBINED * np.sqrt(len(scaled)))
    return terms.columns[exact[0]] if len(exact) else None
