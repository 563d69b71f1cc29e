"""The specification curve: every claim under many combinations of defensible choices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from joblib import Parallel, delayed
from scipy.special import ndtr

from willing.errors import EstimationError
from willing.estimation.models import one_blas_thread
from willing.evidence.curve_influence import influence_of
from willing.evidence.curve_weights import JointTest, joint_test, weights_of
from willing.evidence.specification_choices import (
    CHOICES,
    Choices,
    Specification,
    draw_specifications,
    file_choices,
)
from willing.evidence.specification_fits import NOT_VARIED, Cell, Failure, fit_cells
from willing.evidence.specification_rows import Rows, specification_rows
from willing.manner import Result
from willing.numbers import Floats

if TYPE_CHECKING:
    from plotnine import ggplot

    from willing.evidence.curve_figures import CurvePicture

SIGNIFICANT = 0.05
# Sets of choices in the default report and in the full one; each is a cell of up to six claims.
FEW, MANY = 60, 500
# Enough to tell p = .05 from .03 (their standard errors are .01).
PERMUTATIONS = 499
CLAIM_ORDER = ("formation", "joining", "noise", "preferences", "target", "taken")


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
        varied = self._varied(own)
        weight = own["weight"].to_numpy()
        z = own["z"].to_numpy()
        blocks = {choice: _dummies(own[choice]) for choice in varied}

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
            names = own[choice].unique(maintain_order=True).to_list()
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


def specification_curve(
    triads: pl.DataFrame,
    *,
    choices: Choices | None = None,
    cells: int = FEW,
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    jobs: int = -1,
    progress: Callable[[str], object] = lambda _: None,
) -> SpecificationCurve:
    """Estimate every claim under many combinations of choices.

    Parameters
    ----------
    triads
        All triads of the record, of every leader; or of another file, as
        :func:`~willing.evidence.authors_file.own_terms` gives it.
    choices
        What is varied; by default what `Choices` says, of another file `file_choices`. Codings and
        measures of security that the triads lack are left out.
    cells
        Sets of choices, each of up to six claims: the main one, all that differ from it in one
        choice, and cells of the grid drawn at random up to this number.
    permutations
        Exchanges of leaders' insecurity within decade and major-power status, the same in all
        cells: for the joint tests and for the correlation of cells.
    seed
        Seed of cells and permutations.
    jobs
        Threads, one a core by default; the work is in NumPy, which lets them run side by side.
    progress
        Told what is done.

    Returns
    -------
    SpecificationCurve

    Raises
    ------
    EstimationError
        If no cell can be estimated; the reasons for single ones stand in the result.

    References
    ----------
    Simonsohn, U., J. P. Simmons and L. D. Nelson. 2020. Specification curve analysis. Nature Human
    Behaviour 4: 1208-1214.
    """
    usual = Choices() if "leader" in triads.columns else file_choices(triads.columns)
    chosen = (choices or usual).available(triads.columns)
    wanted = draw_specifications(chosen, cells, seed=seed)
    found: dict[tuple[str, Specification], Cell | Failure] = {}
    with one_blas_thread():
        rows = specification_rows(
            triads, chosen, permutations=permutations, seed=seed, progress=progress
        )
        done = Parallel(n_jobs=jobs, prefer="threads", return_as="generator")(
            delayed(fit_cells)(rows, specification) for specification in wanted
        )
        for number, part in enumerate(done, 1):
            for cell in part:
                # Cells that differ only in what a claim's model does not have are one.
                found.setdefault((cell.claim, cell.specification), cell)
            progress(f"{number} of {len(wanted)} sets of choices")
    estimated = [cell for cell in found.values() if isinstance(cell, Cell)]
    failed = [cell for cell in found.values() if isinstance(cell, Failure)]
    if not estimated:
        raise EstimationError(f"no specification can be estimated; the first: {failed[0].reason}")
    return _arrange(rows, wanted[0], estimated, failed)


def _arrange(
    rows: Rows, main: Specification, estimated: Sequence[Cell], failed: Sequence[Failure]
) -> SpecificationCurve:
    lines: list[dict[str, Any]] = []
    joint, statistics, influence = {}, {}, []
    for claim in CLAIM_ORDER:
        own = [cell for cell in estimated if cell.claim == claim]
        if not own:
            continue
        statistics[claim] = np.stack([cell.statistics for cell in own])
        weight = weights_of(statistics[claim])
        joint[claim] = joint_test(statistics[claim], weight)
        influence += influence_of(rows, own, weight)
        for cell, share in zip(own, weight, strict=True):
            z = cell.estimate / cell.std_error
            lines.append(
                {
                    "claim": claim,
                    **vars(cell.specification),
                    "estimate": cell.estimate,
                    "std_error": cell.std_error,
                    "z": z,
                    "p": float(2 * ndtr(-abs(z))),
                    "n": cell.n,
                    "events": cell.events,
                    "clusters": cell.clusters,
                    "weight": float(share),
                    "main": _is_main(cell.specification, main),
                }
            )
    lines += [
        {"claim": f.claim, **vars(f.specification), "main": False, "failure": f.reason}
        for f in failed
    ]
    return SpecificationCurve(
        pl.DataFrame(lines, schema=_SCHEMA),
        joint,
        pl.DataFrame([vars(row) for row in influence], schema=_INFLUENCE),
        statistics,
    )


def _is_main(specification: Specification, main: Specification) -> bool:
    """Whether a cell has the main choices; the estimator is a claim's own."""
    return all(
        getattr(specification, choice) in (getattr(main, choice), NOT_VARIED)
        for choice in CHOICES
        if choice != "estimator"
    ) and specification.estimator not in ("logit", "raw difference")


def _dummies(column: pl.Series) -> Floats:
    """Indicators of all values but the first to occur, shape (n, values - 1)."""
    values = column.unique(maintain_order=True).to_list()[1:]
    return np.column_stack([(column == value).to_numpy().astype(float) for value in values])


_SCHEMA = {
    **dict.fromkeys(("claim", *CHOICES), pl.String),
    **dict.fromkeys(("estimate", "std_error", "z", "p"), pl.Float64),
    **dict.fromkeys(("n", "events", "clusters"), pl.Int64),
    "weight": pl.Float64,
    "main": pl.Boolean,
    "failure": pl.String,
}
_INFLUENCE = {
    **dict.fromkeys(("claim", "left_out", "name"), pl.String),
    **dict.fromkeys(("z", "without", "moved"), pl.Float64),
}
