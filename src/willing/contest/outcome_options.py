"""What a contest is estimated from: its options, its contests and its columns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from willing.contest.contests import CONTROLS, Source, contests_of
from willing.errors import EstimationError
from willing.numbers import Floats
from willing.record.store import Record
from willing.record.strength import HALF_DISTANCE, StrengthMeasure

RATIO = "log(M / m_T)"


@dataclass(frozen=True, kw_only=True)
class OutcomeOptions:
    """How strength decides: defeat, draw or victory by :math:`\\log(M / m_T)`.

    :math:`P(defeat) = \\Lambda(c_0 - g x - w'b)` and
    :math:`P(victory) = 1 - \\Lambda(c_1 - g x - w'b)` with :math:`x = \\log(M / m_T)`, where
    `M` is the strength of the leader and those who joined her, :math:`m_T` that of the target and
    those who joined it, and `w` are controls. The slope is the decisiveness of the contest.

    `willing.contest.outcome_model.OutcomeModel`, which estimates it,
    describes the parameters.
    """

    source: Source = "icb"
    strength: StrengthMeasure = "cinc"
    half_distance: float = HALF_DISTANCE
    partner_weight: float = 1.0
    controls: tuple[str, ...] = ()
    years: tuple[int, int] | None = None
    draws: bool = True

    def __post_init__(self) -> None:
        if not 0.0 <= self.partner_weight < np.inf:
            raise EstimationError(
                f"partner_weight={self.partner_weight}; it must be a number of at least 0"
            )
        if not 0.0 < self.half_distance < np.inf:
            raise EstimationError(f"half_distance={self.half_distance}; it must be above 0 km")
        unknown = [name for name in self.controls if name not in CONTROLS]
        if unknown or (self.controls and self.source != "icb"):
            raise EstimationError(
                f"controls {', '.join(unknown or self.controls)}: crises have "
                f"{', '.join(CONTROLS)}, wars and disputes none"
            )

    def contests(self, record: Record) -> pl.DataFrame:
        """Lay out the contests of this model; see `willing.contest.contests.contests_of`."""
        rows = contests_of(
            record,
            self.source,
            strength=self.strength,
            half_distance=self.half_distance,
            years=self.years,
        ).drop_nulls(self.controls)
        return rows if self.draws else rows.filter(pl.col("outcome") != "draw")

    def matrix(self, rows: pl.DataFrame) -> Floats:
        """Give :math:`\\log(M / m_T)` and the controls of contests, shape (n, 1 + controls)."""
        return rows.select(log_ratio(self.partner_weight), *self.controls).to_numpy()


def log_ratio(weight: float) -> pl.Expr:
    """Give :math:`\\log(M / m_T)`, a unit of a partner's strength counting `weight`."""
    M, m_T = (
        pl.col(own) + weight * pl.col(others)
        for own, others in (("m_leader", "m_joiners"), ("m_target", "m_allies"))
    )
    return (M / m_T).log().alias(RATIO)
