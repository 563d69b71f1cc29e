"""The specification curve: every claim under many combinations of defensible choices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import polars as pl
from joblib import Parallel, delayed
from scipy.special import ndtr

from willing.errors import EstimationError
from willing.estimation.models import one_blas_thread
from willing.evidence.curve_influence import influence_of
from willing.evidence.curve_results import SpecificationCurve
from willing.evidence.curve_weights import joint_test, weights_of
from willing.evidence.specification_cells import NOT_VARIED, Cell, Failure
from willing.evidence.specification_choices import (
    CHOICES,
    Choices,
    Specification,
    draw_specifications,
    file_choices,
)
from willing.evidence.specification_fits import fit_cells
from willing.evidence.specification_rows import Rows, specification_rows

# Sets of choices in the default report and in the full one; each is a cell of up to six claims.
FEW, MANY = 60, 500
# Enough to tell p = .05 from .03 (their standard errors are .01).
PERMUTATIONS = 499
CLAIM_ORDER = ("formation", "joining", "noise", "preferences", "target", "taken")


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
