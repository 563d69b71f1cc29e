"""Fit the models of a claim in one cell of a specification curve, and as leaders are exchanged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from willing.errors import EstimationError
from willing.estimation.design import CONSTANT, Design, check_design, side_by_side
from willing.estimation.models import fit_hetprobit, fit_logit, fit_probit
from willing.estimation.results import BinaryResults
from willing.evidence.claims import CLAIMS, SIDE_CONTROLS, Claim
from willing.evidence.model_columns import IDEAL_POINTS
from willing.evidence.permutation import permuted_scores, studentised_scores, sums_of_terms
from willing.evidence.specification_cells import Cell, Failure, applies
from willing.evidence.specification_choices import COVARIATE_SETS, NO_DIVERGENCE, Specification
from willing.evidence.specification_rows import Rows, complete_rows
from willing.evidence.specification_taken import compare_taken
from willing.numbers import Floats, Ints
from willing.record.measured import INSECURITY, PARTNER_INSECURITY

# Log-likelihood that a search may leave: coefficients are then within a thousandth of a standard
# error of the maximum, and a step of Newton's is saved in each fit.
ROUGH = 1e-8
# By estimator; a cell has no use for the likelihood ratio of the probit beside the noisy one.
_FITS: Mapping[str, Callable[..., BinaryResults]] = {
    "probit": fit_probit,
    "logit": fit_logit,
    "heteroskedastic probit": partial(fit_hetprobit, beside=False),
}


def fit_cells(rows: Rows, chosen: Specification) -> list[Cell | Failure]:
    """Estimate every claim under one set of choices.

    Parameters
    ----------
    rows
        All triads.
    chosen
        The choices.
    """
    found: list[Cell | Failure] = []
    for claims in (_sides, _joining, compare_taken):
        found += claims(rows, chosen)
    return found


def _joining(rows: Rows, chosen: Specification) -> list[Cell | Failure]:
    """Estimate the claims about triads, each beside one model without insecurity."""
    wanted = {
        name: spec
        for name, claim in CLAIMS.items()
        if claim.model != "sides" and (spec := applies(name, chosen)) is not None
    }
    columns: dict[str, Floats | None] = {
        name: rows.columns.get(name) for name in COVARIATE_SETS[chosen.covariates]
    }
    if PARTNER_INSECURITY in columns:
        columns[PARTNER_INSECURITY] = rows.columns.get(f"{chosen.measure}_partner")
    if chosen.divergence != NO_DIVERGENCE:
        columns |= {c: rows.columns.get(f"{c}, {chosen.divergence}") for c in IDEAL_POINTS}
    terms = {name: column for name, column in columns.items() if column is not None}
    insecurity, joined = rows.columns[f"{chosen.measure}_leader"], rows.columns[chosen.coding]
    own = complete_rows(rows.mask(chosen), [*terms.values(), insecurity, joined])
    try:
        plain = _design(joined, terms, rows.crisis, own, "join")
        null = _fit(plain, chosen.estimator)
    except EstimationError as error:
        return [Failure(name, spec, str(error)) for name, spec in wanted.items()]
    found: list[Cell | Failure] = []
    fits: dict[str, BinaryResults] = {}
    for name, spec in wanted.items():
        claim = CLAIMS[name]
        if claim.crossed and claim.crossed not in terms:
            found.append(Failure(name, spec, f"there is no {claim.crossed}"))
            continue
        try:
            # Beside insecurity itself the other terms of it move the estimates little.
            near = [fits.get("joining", null)]
            if claim.equation == "variance" and "joining" in fits:
                # In one cell of thirty its likelihood has two maxima, and either start misses
                # the higher one in some.
                near.append(null)
            fits[name] = _fit(_with(plain, claim, insecurity[own]), spec.estimator, near)
        except EstimationError as error:
            found.append(Failure(name, spec, str(error)))
    multipliers = [CLAIMS[name].multiplier(plain, null) for name in fits]
    permuted = _permuted(rows, chosen, null, multipliers, rows.unit[own], rows.crisis[own])
    for (name, fit), scores in zip(fits.items(), permuted, strict=True):
        estimate = fit.estimate(CLAIMS[name].term, equation=CLAIMS[name].equation)
        found.append(
            Cell(
                name,
                wanted[name],
                estimate.value,
                estimate.std_error,
                plain.n,
                int(plain.y.sum()),
                plain.n_clusters,
                *scores,
            )
        )
    return found


def _sides(rows: Rows, chosen: Specification) -> list[Cell | Failure]:
    """Estimate whether a coalition was built, one row a leader side."""
    spec = applies("formation", chosen) or chosen
    covariates = (
        SIDE_CONTROLS
        if chosen.covariates == "Wolford and Ritter's"
        else tuple(name for name in COVARIATE_SETS[chosen.covariates] if name in SIDE_CONTROLS)
    )
    own = np.flatnonzero(rows.mask(chosen))
    if not len(own):
        return [Failure("formation", spec, "no triad is left")]
    starts_of = np.flatnonzero(np.diff(rows.side[own], prepend=-1))
    joined = rows.columns[chosen.coding][own]
    coded = np.add.reduceat(np.isfinite(joined).astype(float), starts_of) > 0
    partners = np.add.reduceat(np.nan_to_num(joined), starts_of)
    if "covered" in rows.columns:
        coded &= (rows.columns["covered"][own][starts_of] == 1) | (partners > 0)
    built = np.full(len(rows.side), np.nan)
    first = own[starts_of]
    built[first] = np.where(coded, partners > 0, np.nan)
    terms = {name: rows.columns[name] for name in covariates if name in rows.columns}
    insecurity = rows.columns[f"{chosen.measure}_leader"]
    mask = np.zeros(len(rows.side), dtype=bool)
    mask[first] = True
    kept = complete_rows(mask, [*terms.values(), insecurity, built])
    try:
        plain = _design(built, terms, rows.crisis, kept, "built")
        null = _fit(plain, chosen.estimator)
        claim = CLAIMS["formation"]
        fit = _fit(_with(plain, claim, insecurity[kept]), chosen.estimator, [null])
    except EstimationError as error:
        return [Failure("formation", spec, str(error))]
    estimate = fit.estimate(INSECURITY)
    return [
        Cell(
            "formation",
            spec,
            estimate.value,
            estimate.std_error,
            plain.n,
            int(plain.y.sum()),
            plain.n_clusters,
            *_permuted(rows, chosen, null, [None], rows.unit[kept], rows.crisis[kept])[0],
        )
    ]


def _design(
    outcome: Floats, terms: Mapping[str, Floats], crisis: Ints, own: Ints, name: str
) -> Design:
    if not len(own):
        raise EstimationError("no row is complete")
    _, cluster = np.unique(crisis[own], return_inverse=True)
    design = Design(
        outcome=name,
        y=outcome[own],
        X=side_by_side([*(column[own] for column in terms.values()), np.ones(len(own))]),
        terms=(*terms, CONSTANT),
        Z=np.empty((len(own), 0)),
        variance_terms=(),
        cluster=cluster,
        rows=len(own),
        missing={},
    )
    check_design(design)
    return design


def _with(plain: Design, claim: Claim, insecurity: Floats) -> Design:
    """Add insecurity, and the claim's term if it is another, before the terms of a model."""
    added = {INSECURITY: insecurity}
    if claim.crossed:
        added[claim.term] = insecurity * plain.column(claim.crossed)
    noisy = claim.equation == "variance"
    return replace(
        plain,
        X=side_by_side([*added.values(), *plain.X.T]),
        terms=(*added, *plain.terms),
        Z=insecurity[:, None] if noisy else plain.Z,
        variance_terms=(INSECURITY,) if noisy else (),
    )


def _fit(design: Design, estimator: str, smaller: Sequence[BinaryResults] = ()) -> BinaryResults:
    """Fit a model from the estimates of smaller ones, if any; give the highest maximum found."""
    starts: list[Floats | None] = []
    for each in smaller:
        known = dict(zip(each.design.terms, each.params, strict=True))
        start = np.zeros(len(design.terms) + len(design.variance_terms))
        start[: len(design.terms)] = [known.get(term, 0.0) for term in design.terms]
        starts.append(start)
    found, failure = [], None
    for begin in starts or [None]:
        try:
            found.append(_FITS[estimator](design, start=begin, tolerance=ROUGH))
        except EstimationError as error:
            failure = error
    if failure is not None and not found:
        raise failure
    return max(found, key=lambda fit: fit.loglik)


def _permuted(
    rows: Rows,
    chosen: Specification,
    null: BinaryResults,
    multipliers: Sequence[Floats | None],
    unit: Ints,
    crisis: Ints,
) -> list[tuple[Floats, Ints, Floats]]:
    """Give by term the statistics of every permutation, the units and their scores as they are."""
    units, first, place = np.unique(unit, return_index=True, return_inverse=True)
    cluster = crisis[first]
    values = rows.of_units(chosen.measure)[rows.arranged[:, units]]
    found: list[tuple[Any, Ints, Floats]] = []
    terms = sums_of_terms(null, multipliers, place, cluster)
    for sums, multiplier in zip(terms, multipliers, strict=True):
        scores = permuted_scores(sums, values, crossed=multiplier is not None)
        statistics = studentised_scores(scores, cluster).astype(np.float32)
        found.append((statistics, units, scores[0]))
    return found
