"""Compare who is taken in one cell of a specification curve, and as leaders are exchanged."""

from __future__ import annotations

import numpy as np

from willing.evidence.model_columns import IDEAL_POINTS
from willing.evidence.specification_cells import NET, Cell, Failure, applies
from willing.evidence.specification_choices import Specification
from willing.evidence.specification_rows import Rows, complete_rows
from willing.numbers import Floats


def compare_taken(rows: Rows, chosen: Specification) -> list[Cell | Failure]:
    """Compare the divergence of the partners of the outer thirds of leader sides."""
    spec = applies("taken", chosen)
    if spec is None:
        return []
    divergence = rows.columns[f"{IDEAL_POINTS[0]}, {chosen.divergence}"]
    insecurity, joined = rows.columns[f"{chosen.measure}_leader"], rows.columns[chosen.coding]
    own = complete_rows(rows.mask(chosen), [divergence, insecurity, joined])
    took = joined[own] == 1
    if took.sum() < 2 or took.all():
        return [Failure("taken", spec, f"{int(took.sum())} partners have a known divergence")]
    if divergence[own].min() == divergence[own].max():
        return [Failure("taken", spec, "divergence takes a single value")]
    if len(np.unique(rows.crisis[own])) < 2:
        return [Failure("taken", spec, "all partners are of one crisis")]
    starts = np.flatnonzero(np.diff(rows.side[own], prepend=-1))
    # By side: partners taken and their divergence, the other states and theirs.
    sums = np.add.reduceat(
        np.column_stack([took, took * divergence[own], ~took, ~took * divergence[own]]).astype(
            float
        ),
        starts,
        axis=0,
    )
    units, crisis = rows.unit[own][starts], rows.crisis[own][starts]
    values = rows.of_units(chosen.measure)[rows.arranged[:, units]]
    low, high = np.quantile(values, [1 / 3, 2 / 3], axis=1)
    secure, insecure = values <= low[:, None], values > high[:, None]
    weights = (1.0, 1.0) if spec.estimator == NET else (1.0, 0.0)

    def contrast(cells: Floats) -> Floats:
        means = cells[..., [1, 3]] / cells[..., [0, 2]]
        return np.asarray(weights[0] * means[..., 0] - weights[1] * means[..., 1])

    with np.errstate(invalid="ignore", divide="ignore"):
        difference = contrast(insecure.astype(float) @ sums) - contrast(secure.astype(float) @ sums)
    if not np.isfinite(difference[0]):
        return [Failure("taken", spec, "an outer third of leaders took no partner")]
    # A permutation that leaves a third without partners says nothing either way.
    difference = np.nan_to_num(difference)
    influence = np.zeros(len(units))
    for third, sign in ((insecure[0], 1.0), (secure[0], -1.0)):
        cells = third.astype(float) @ sums
        for of, weight in ((0, weights[0]), (2, -weights[1])):
            apart = sums[:, of + 1] - sums[:, of] * cells[of + 1] / cells[of]
            influence += sign * weight * third * apart / cells[of]
    by_crisis = np.bincount(crisis, weights=influence)
    clusters = len(np.unique(crisis))
    error = float(np.sqrt(clusters / (clusters - 1) * (by_crisis**2).sum()))
    spread = float(difference[1:].std()) or 1.0
    return [
        Cell(
            "taken",
            spec,
            float(difference[0]),
            error,
            len(own),
            int(took.sum()),
            clusters,
            (difference / spread).astype(np.float32),
            units,
            influence,
        )
    ]
