"""Models side by side, as in a journal."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from willing.estimation.design import CONSTANT
from willing.estimation.results import BinaryResults, digits
from willing.estimation.rubin import PooledResults

STARS = ((0.01, "**"), (0.05, "*"))


def side_by_side(fits: Mapping[str, BinaryResults | PooledResults]) -> pl.DataFrame:
    """Set models beside each other.

    Parameters
    ----------
    fits
        Results by the heading of their column; of those pooled over imputations the p-values are
        of t distributions, and the log-likelihood the mean.

    Returns
    -------
    polars.DataFrame
        One row a term, ``estimate (std. error)`` with one star for p < .05 and two for p < .01;
        terms of the variance equation stand below those of the mean equation. The last rows give
        the numbers of observations, of ones and of clusters, and the log-likelihood.
    """
    columns = {heading: _cells(fit) for heading, fit in fits.items()}
    labels = list(dict.fromkeys(label for cells in columns.values() for label in cells))
    labels.sort(key=_place)
    return pl.DataFrame(
        {"": labels}
        | {heading: [cells.get(label) for label in labels] for heading, cells in columns.items()}
    )


def _cells(fit: BinaryResults | PooledResults) -> dict[str, str]:
    cells = {}
    for row in fit.to_frame().iter_rows(named=True):
        prefix = "variance: " if row["equation"] == "variance" else ""
        stars = next((mark for level, mark in STARS if row["p"] < level), "")
        cells[prefix + row["term"]] = (
            f"{digits(row['estimate'])} ({digits(row['std_error'])}){stars}"
        )
    combined = fit.combined if isinstance(fit, PooledResults) else fit
    design = combined.design
    return cells | {
        "observations": f"{design.n:,}",
        f"{design.outcome} = 1": f"{int(design.y.sum()):,}",
        "clusters": f"{design.n_clusters:,}",
        "log-likelihood": f"{combined.loglik:,.1f}",
    }


def _place(label: str) -> int:
    """Order of a label: mean terms, constant, variance terms, summary."""
    if label == "observations":
        return 3
    if label.endswith(" = 1"):
        return 4
    if label in ("clusters", "log-likelihood"):
        return 5
    if label.startswith("variance: "):
        return 2
    return 1 if label == CONSTANT else 0
