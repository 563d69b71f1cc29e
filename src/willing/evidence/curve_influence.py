"""What becomes of a whole specification curve without one leading state or one crisis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from willing.evidence.specification_cells import Cell
from willing.evidence.specification_rows import Rows
from willing.numbers import Floats, Ints
from willing.sources.names_by_date import names_over_years

# Rows kept of each claim and kind.
MOST = 10


@dataclass(frozen=True)
class Influence:
    """One state or crisis left out of all cells of a claim.

    Attributes
    ----------
    claim, left_out, name : str
        Of what; ``"leader"`` or ``"crisis"``; which.
    z, without, moved : float
        Weighted mean of the cells' studentised scores with all, without it, and the difference.
    """

    claim: str
    left_out: str
    name: str
    z: float
    without: float
    moved: float


def influence_of(rows: Rows, cells: Sequence[Cell], weight: Floats) -> list[Influence]:
    """List the leading states and the crises whose absence moves a claim's curve most.

    Parameters
    ----------
    rows
        All triads.
    cells
        The cells of one claim. Without names of leading states only crises are left out.
    weight
        Their weights.

    Notes
    -----
    Scores are sums over leaders in crises, so that one is left out by leaving out its part; what it
    does to the estimates of the other coefficients is not followed.
    """
    share = weight / weight.sum()
    found = []
    kinds = {"leader": rows.leaders, "crisis": rows.crises}
    if not rows.named:
        del kinds["leader"]
    for kind, of_unit in kinds.items():
        groups, place = np.unique(of_unit, return_inverse=True)
        whole, without = 0.0, np.zeros(len(groups))
        for cell, w in zip(cells, share, strict=True):
            z, less = _left_out(
                cell.scores, rows.crises[cell.units], place[cell.units], len(groups)
            )
            whole += w * z
            without += w * less
        order = np.argsort(-np.abs(without - whole), kind="stable")[:MOST]
        names = names_over_years() if kind == "leader" else rows.names
        found += [
            Influence(
                cells[0].claim,
                kind,
                str(names.get(int(groups[g]), groups[g])),
                whole,
                float(without[g]),
                float(without[g] - whole),
            )
            for g in order
        ]
    return found


def _left_out(scores: Floats, crisis: Ints, group: Ints, groups: int) -> tuple[float, Floats]:
    """Give a studentised score with all units and without each group, shape (groups,)."""
    crises, column = np.unique(crisis, return_inverse=True)
    parts = np.zeros((groups, len(crises)))
    np.add.at(parts, (group, column), scores)
    by_crisis = parts.sum(axis=0)
    rest = by_crisis - parts
    size = np.sqrt((rest**2).sum(axis=1))
    without = np.divide(rest.sum(axis=1), size, out=np.zeros(groups), where=size > 0)
    return float(by_crisis.sum() / np.sqrt((by_crisis**2).sum())), without
