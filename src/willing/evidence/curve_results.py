"""A specification curve's results: cells, shares, joint tests, influence, and their pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.errors import EstimationError
from willing.evidence.choice_shares import choice_shares
from willing.evidence.curve_weights import JointTest
from willing.evidence.specification_choices import CHOICES
from willing.manner import Result
from willing.numbers import Floats

if TYPE_CHECKING:
    from plotnine import ggplot

    from willing.evidence.curve_figures import CurvePicture

SIGNIFICANT = 0.05


@dataclass(frozen=True, eq=False, repr=False)
class SpecificationCurve(Result):
    """Estimates of every claim under many combinations of choices.

    Attributes
    ----------
    frame : polars.DataFrame
        One row a cell: ``claim``, the choices, ``estimate``, ``std_error`` (clustered by crisis),
        ``z``, ``p``, ``n``, ``events``, ``clusters``, ``weight`` (one over the number of cells
        that it counts for, by the correlation of their estimates; 1 if it is like no other),
        ``main`` (whether it is the main analysis) and ``failure`` (why there is no estimate, or
        null).
    joint : mapping of str to JointTest
        By claim, all cells tested at once by permutation of leaders.
    influence : polars.DataFrame
        What becomes of the weighted mean z without one leading state or crisis: ``claim``,
        ``left_out`` (``"leader"`` or ``"crisis"``), ``name``, ``z`` with all, ``without``,
        ``moved``; the most influential of each first.
    statistics : mapping of str to ndarray, shape (cells, 1 + P)
        By claim, the studentised score of every cell as leaders are and in every permutation.
    """

    frame: pl.DataFrame
    joint: Mapping[str, JointTest]
    influence: pl.DataFrame
    statistics: Mapping[str, Floats] = field(repr=False)

    @property
    def claims(self) -> tuple[str, ...]:
        """The claims that have an estimate, those of H1 first."""
        return tuple(self.joint)

    def to_frame(self) -> pl.DataFrame:
        """Give one row a cell."""
        return self.frame

    def to_dict(self) -> dict[str, Any]:
        """Give cells, shares, joint tests, what moves the results, and influence."""
        return {
            "specifications": self.frame.to_dicts(),
            "shares": {claim: self.shares(claim).to_dicts() for claim in self.claims},
            "choices": {claim: self.variance_shares(claim).to_dicts() for claim in self.claims},
            "joint": {claim: asdict(test) for claim, test in self.joint.items()},
            "influence": self.influence.to_dicts(),
        }

    def estimated(self, claim: str) -> pl.DataFrame:
        """Give the cells of a claim that have an estimate.

        Raises
        ------
        EstimationError
            If it has none.
        """
        own = self.frame.filter(pl.col("claim") == claim, pl.col("estimate").is_not_null())
        if not own.height:
            raise EstimationError(
                f"no estimate of claim '{claim}'; there are {', '.join(self.claims)}"
            )
        return own

    def sign_shares(self) -> dict[str, tuple[float, float]]:
        """Give, by claim, the weighted shares of the estimates above and below zero."""
        found = {}
        for claim in self.claims:
            own = self.estimated(claim)
            above = float(np.average((own["z"] > 0).to_numpy(), weights=own["weight"].to_numpy()))
            found[claim] = (above, 1 - above)
        return found

    def shares(self, claim: str) -> pl.DataFrame:
        """Say how often a claim is borne out, overall and by each alternative.

        Returns
        -------
        polars.DataFrame
            ``choice``, ``alternative``, ``specifications`` (cells), ``effective`` (the sum of
            their weights), and as shares of that sum ``positive``, ``supported`` (positive and
            p < .05) and ``contradicted`` (negative and p < .05); ``z``, the weighted mean. The
            first row is over all.
        """
        own = self.estimated(claim)
        weight, significant = pl.col("weight"), pl.col("p") < SIGNIFICANT
        above = pl.col("z") > 0

        def share(what: pl.Expr) -> pl.Expr:
            return (weight * what).sum() / weight.sum()

        measures = [
            pl.len().alias("specifications"),
            weight.sum().alias("effective"),
            share(above).alias("positive"),
            share(above & significant).alias("supported"),
            share(~above & significant).alias("contradicted"),
            share(pl.col("z")).alias("z"),
        ]
        overall = pl.DataFrame({"choice": ["all"], "alternative": [""]})
        parts = [overall.hstack(own.select(measures))]
        for choice in self._varied(own):
            by = own.group_by(choice, maintain_order=True).agg(measures)
            by = by.rename({choice: "alternative"}).insert_column(
                0, pl.Series("choice", [choice] * by.height, dtype=pl.String)
            )
            parts.append(by)
        return pl.concat(parts)

    def variance_shares(self, claim: str) -> pl.DataFrame:
        """Say how much of the spread of the estimates' z each choice accounts for.

        Returns
        -------
        polars.DataFrame
            ``choice``, ``share`` and ``least`` and ``most`` (the alternatives with the lowest and
            highest mean z, other choices equal), the choice that moves the result most first, and
            a row for what is due to choices taken together. The share is that of the weighted
            variance of z that an additive model of all choices loses without this one.
        """
        own = self.estimated(claim)
        return choice_shares(own, self._varied(own))

    def _varied(self, own: pl.DataFrame) -> list[str]:
        return [choice for choice in CHOICES if own[choice].n_unique() > 1]

    def __str__(self) -> str:
        lines = []
        for claim in self.claims:
            row = self.shares(claim).row(0, named=True)
            moved = self.variance_shares(claim).row(0, named=True)
            test = self.joint[claim]
            lines.append(
                f"{claim}: {row['specifications']} estimates that count for "
                f"{row['effective']:.0f}, {row['positive']:.0%} positive, "
                f"{row['supported']:.0%} significantly so, "
                f"{row['contradicted']:.0%} significantly negative; mean z {row['z']:.2f}, p of "
                f"all at once {test.p_mean:.3f}; moved most by {moved['choice']} "
                f"({moved['share']:.0%} of the variance: {moved['least']} to {moved['most']})"
            )
        failed = self.frame["failure"].count()
        if failed:
            lines.append(f"{failed} of {self.frame.height} could not be estimated")
        return "\n".join(lines)

    def plot(self, claim: str = "joining", *, narrow: bool = False) -> CurvePicture:
        """Draw the estimates of a claim in rising order, the choices of each below it.

        Parameters
        ----------
        claim
            One of `claims`.
        narrow
            Whether it is for a narrow screen.

        Raises
        ------
        EstimationError
            If the claim has no estimate.
        """
        from willing.evidence.curve_figures import draw_curve

        own = self.estimated(claim)
        return draw_curve(own, self._varied(own), narrow=narrow)

    def plot_choices(self, claim: str = "joining") -> ggplot:
        """Draw the estimates of a claim by each alternative of each choice."""
        from willing.evidence.curve_figures import draw_choices

        own = self.estimated(claim)
        return draw_choices(own, self._varied(own), claim)
