"""Which choice moves a claim's estimates most: shares of the variance of their z."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from willing.numbers import Floats


def choice_shares(cells: pl.DataFrame, varied: Sequence[str]) -> pl.DataFrame:
    """Say how much of the spread of the estimates' z each choice accounts for.

    Parameters
    ----------
    cells
        A row an estimate: ``z``, ``weight`` and the choices.
    varied
        The choices that have more than one alternative in them.

    Returns
    -------
    polars.DataFrame
        ``choice``, ``share``, ``least`` and ``most``, as
        :meth:`willing.evidence.curve_results.SpecificationCurve.variance_shares` says.
    """
    weight = cells["weight"].to_numpy()
    z = cells["z"].to_numpy()
    blocks = {choice: _dummies(cells[choice]) for choice in varied}

    def unexplained(without: str | None = None) -> tuple[float, Floats]:
        kept = [block for name, block in blocks.items() if name != without]
        X = np.column_stack([np.ones(len(z)), *kept])
        root = np.sqrt(weight)
        b = np.linalg.lstsq(X * root[:, None], z * root, rcond=None)[0]
        return float((weight * (z - X @ b) ** 2).sum()), b

    total = float((weight * (z - np.average(z, weights=weight)) ** 2).sum()) or 1.0
    rest, b = unexplained()
    rows, at = [], 1
    for choice in varied:
        width = blocks[choice].shape[1]
        effects = np.concatenate([[0.0], b[at : at + width]])
        at += width
        names = cells[choice].unique(maintain_order=True).to_list()
        rows.append(
            {
                "choice": choice,
                "share": max(unexplained(choice)[0] - rest, 0.0) / total,
                "least": names[int(effects.argmin())],
                "most": names[int(effects.argmax())],
            }
        )
    rows.sort(key=lambda row: -row["share"])
    rows.append({"choice": "together", "share": rest / total, "least": None, "most": None})
    return pl.DataFrame(rows, schema_overrides={"least": pl.String, "most": pl.String})


def _dummies(column: pl.Series) -> Floats:
    """Indicators of all values but the first to occur, shape (n, values - 1)."""
    values = column.unique(maintain_order=True).to_list()[1:]
    return np.column_stack([(column == value).to_numpy().astype(float) for value in values])
