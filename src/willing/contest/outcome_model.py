"""The contest estimated from outcomes, by an ordered logit on the strengths' log ratio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from willing.contest.contest_estimates import ContestEstimates
from willing.contest.contests import CATEGORIES
from willing.contest.outcome_options import RATIO, OutcomeOptions
from willing.estimation.ordered_logit import fit_ordered_logit
from willing.record.store import Record


@dataclass(frozen=True, kw_only=True)
class OutcomeModel(OutcomeOptions):
    """How strength decides: defeat, draw or victory by :math:`\\log(M / m_T)`.

    :math:`P(defeat) = \\Lambda(c_0 - g x - w'b)` and
    :math:`P(victory) = 1 - \\Lambda(c_1 - g x - w'b)` with :math:`x = \\log(M / m_T)`, where
    `M` is the strength of the leader and those who joined her, :math:`m_T` that of the target and
    those who joined it, and `w` are controls. The slope is the decisiveness of the contest.

    Parameters
    ----------
    source
        ``"icb"``: leader sides of the record; ``"wars"`` and ``"mids"``: sides of COW's wars and
        disputes since 1816.
    strength
        The measure of strength.
    half_distance
        Of the discounted measure, in kilometres.
    partner_weight
        How much a unit of a partner's strength counts beside one of her leader's, on both sides.
    controls
        Names in `willing.contest.contests.CONTROLS`; of crises alone.
    years
        First and last year of the contests; all by default.
    draws
        Whether draws are told apart; without, they are left out and victory is compared with
        defeat alone.
    """

    def fit(self, record: Record) -> ContestEstimates:
        """Fit to the outcomes of a record's crises, or of wars and disputes.

        Raises
        ------
        EmptyOutcomesError
            If no contest has an outcome.
        NoVariationError
            If nobody won, lost or drew.
        SeparationError
            If strength, or a control, predicts outcomes without error.
        """
        return self.fit_contests(self.contests(record))

    def fit_contests(self, rows: pl.DataFrame) -> ContestEstimates:
        """Fit to contests laid out by `contests`."""
        names = (RATIO, *self.controls)
        X = self.matrix(rows)
        categories = CATEGORIES if self.draws else ("defeat", "victory")
        y = rows["outcome"].cast(pl.Enum(categories)).to_physical().cast(pl.Int64).to_numpy()
        cluster = np.unique(rows["contest"].to_numpy(), return_inverse=True)[1]
        found = fit_ordered_logit(X, y, cluster, names=names, categories=categories)
        return ContestEstimates(self, rows, names, categories, found)
