"""Does the contest hold up: mirrored, measured otherwise, with partners apart, and out of time?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import polars as pl

from willing.contest.contest_estimates import ContestEstimates
from willing.contest.contests import CATEGORIES, contests_of
from willing.contest.outcome_model import OutcomeModel
from willing.errors import EstimationError
from willing.estimation.ordered_logit import category_probabilities, fit_cuts, fit_ordered_logit
from willing.estimation.results import ChiSquareTest
from willing.manner import Result
from willing.numbers import Ints
from willing.record.store import Record
from willing.record.strength import StrengthMeasure

# Measures of strength compared: the half-distance in kilometres of those discounted.
_MEASURES: tuple[tuple[str, StrengthMeasure, float], ...] = (
    ("cinc", "cinc", 1.0),
    ("military expenditure", "milex", 1.0),
    ("cinc, half at 4,000 km", "discounted", 4000.0),
    ("cinc, half at 1,000 km", "discounted", 1000.0),
)
# Weights of a partner's strength looked at: from none to twice that of the leader's own.
_WEIGHTS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0)
# A fit to earlier contests needs at least so many.
_FEWEST = 60
_SPAN = 10


@dataclass(frozen=True, eq=False, repr=False)
class OutcomeChecks(Result):
    """Checks of the contest estimated from outcomes.

    Attributes
    ----------
    mirror
        Test that the target's strength takes away what the leader's own gives: the slopes of
        :math:`\\log M` and :math:`\\log m_T` add up to 0 (Wald, clustered). None for wars and
        disputes, of which both sides are rows, so that they mirror by construction.
    apart
        Those two slopes with their standard errors: (value, s.e.) by name.
    seen_from_both
        ``leader``, ``target`` (outcomes) and ``contests``: of crises in which ICB gives an outcome
        of both, each pair once. None for wars and disputes.
    measures
        One row a measure of strength, on the same sides: ``measure``, ``sides``, ``decisiveness``,
        ``std_error``, ``log_likelihood``. None for wars and disputes.
    partners
        One row a weight of partners' strength: ``weight``, ``decisiveness``, ``log_likelihood``.
    partners_alike
        Likelihood-ratio test that a partner's strength counts like the leader's own.
    out_of_time
        One row a decade, each forecast from before, and their sum: ``from``, ``sides`` and the
        log loss of ``strength`` (the model), of ``shares`` (the outcomes' shares until then) and
        of ``ratio`` (:math:`g = 1`, its cuts estimated).
    """

    mirror: ChiSquareTest | None
    apart: dict[str, tuple[float, float]]
    seen_from_both: pl.DataFrame | None
    measures: pl.DataFrame | None
    partners: pl.DataFrame
    partners_alike: ChiSquareTest
    out_of_time: pl.DataFrame

    def to_dict(self) -> dict[str, Any]:
        """Give all checks as plain values."""

        def rows(frame: pl.DataFrame | None) -> list[dict[str, Any]] | None:
            return None if frame is None else frame.to_dicts()

        return {
            "mirror": None if self.mirror is None else vars(self.mirror),
            "apart": {name: list(pair) for name, pair in self.apart.items()},
            "seen_from_both": rows(self.seen_from_both),
            "measures": rows(self.measures),
            "partners": rows(self.partners),
            "partners_alike": vars(self.partners_alike),
            "out_of_time": rows(self.out_of_time),
        }

    def __str__(self) -> str:
        apart = ", ".join(f"{n} {b:+.3f} (s.e. {se:.3f})" for n, (b, se) in self.apart.items())
        mirror = "" if self.mirror is None else f"; mirror test, their sum is 0: {self.mirror}"
        lines = [f"strengths apart: {apart}{mirror}"]
        if self.seen_from_both is not None:
            lines.append("crises seen from both sides, leader's outcome by target's")
            lines.append("  " + f"{'':10}" + "".join(f"{name:>10}" for name in CATEGORIES))
            for row in CATEGORIES:
                own = dict(
                    self.seen_from_both.filter(pl.col("leader") == row)
                    .select("target", "contests")
                    .iter_rows()
                )
                cells = "".join(f"{own.get(name, 0):10d}" for name in CATEGORIES)
                lines.append(f"  {row:10}{cells}")
        if self.measures is not None:
            lines.append(f"measures of strength, on the same {self.measures['sides'][0]} sides")
            lines += [
                f"  {r['measure']:24}decisiveness {r['decisiveness']:.3f} (s.e. "
                f"{r['std_error']:.3f}), log-likelihood {r['log_likelihood']:.2f}"
                for r in self.measures.iter_rows(named=True)
            ]
        lines.append(f"partners count like their leader: {self.partners_alike}")
        lines += [
            f"  weight {r['weight']:<6g} decisiveness {r['decisiveness']:.3f}, log-likelihood "
            f"{r['log_likelihood']:.2f}"
            for r in self.partners.iter_rows(named=True)
        ]
        lines.append("log loss out of time, each decade from before")
        lines.append(f"  {'':10}{'sides':>8}{'strength':>10}{'shares':>10}{'g = 1':>10}")
        lines += [
            f"  {r['from']:10}{r['sides']:8d}{r['strength']:10.4f}{r['shares']:10.4f}"
            f"{r['ratio']:10.4f}"
            for r in self.out_of_time.iter_rows(named=True)
        ]
        return "\n".join(lines)


def check_outcomes(estimates: ContestEstimates, record: Record) -> OutcomeChecks:
    """Check a contest estimated from outcomes.

    Parameters
    ----------
    estimates
        The estimates.
    record
        The record they were made from.
    """
    model, rows = OutcomeModel(**vars(estimates.model)), estimates.contests
    mirror, apart = _mirror(model, rows)
    partners, alike = _partner_weights(model, rows)
    return OutcomeChecks(
        mirror=mirror if model.source == "icb" else None,
        apart=apart,
        seen_from_both=_seen_from_both(record, rows) if model.source == "icb" else None,
        measures=compare_measures(model, record) if model.source == "icb" else None,
        partners=partners,
        partners_alike=alike,
        out_of_time=out_of_time(model, rows),
    )


def compare_measures(model: OutcomeModel, record: Record) -> pl.DataFrame:
    """Fit with each measure of strength, on the sides for which all are known."""
    found = {
        name: contests_of(
            record, "icb", strength=measure, half_distance=half, years=model.years
        ).drop_nulls(model.controls)
        for name, measure, half in _MEASURES
    }
    key = ["contest", "leader", "target"]
    common = found["cinc"].select(key)
    for rows in found.values():
        common = common.join(rows.select(key), on=key, how="semi")
    fits = {}
    for name, measure, half in _MEASURES:
        one = replace(model, strength=measure, half_distance=half)
        rows = found[name].join(common, on=key, how="semi", maintain_order="left")
        rows = rows if model.draws else rows.filter(pl.col("outcome") != "draw")
        fits[name] = one.fit_contests(rows)
    return pl.DataFrame(
        {
            "measure": list(fits),
            "sides": [fit.contests.height for fit in fits.values()],
            "decisiveness": [fit.decisiveness for fit in fits.values()],
            "std_error": [fit.decisiveness_se for fit in fits.values()],
            "log_likelihood": [fit.log_likelihood for fit in fits.values()],
        }
    )


def out_of_time(
    model: OutcomeModel, rows: pl.DataFrame, *, starts: Sequence[int] | None = None
) -> pl.DataFrame:
    """Forecast the outcomes of each decade from those before; see `OutcomeChecks.out_of_time`.

    Parameters
    ----------
    model
        The model; its years are not looked at.
    rows
        The contests.
    starts
        First years of the decades; by default all with at least 60 contests before them.
    """
    years = rows["year"]
    first, last = int(years.min()), int(years.max())  # type: ignore[arg-type]
    decades = range(first // _SPAN * _SPAN, last + 1, _SPAN) if starts is None else starts
    table = []
    for start in decades:
        before = rows.filter(pl.col("year") < start)
        test = rows.filter(pl.col("year").is_between(start, start + _SPAN - 1))
        if before.height < _FEWEST or test.is_empty():
            continue
        if before["outcome"].n_unique() < len(CATEGORIES if model.draws else CATEGORIES[::2]):
            continue
        losses = _losses(model, before, test)
        table.append({"from": str(start), "sides": test.height, **losses})
    if not table:
        raise EstimationError(
            f"no decade has {_FEWEST} contests before it to be forecast from; take more years"
        )
    frame = pl.DataFrame(table)
    total = frame.select(
        pl.lit("all").alias("from"),
        pl.col("sides").sum(),
        *(
            ((pl.col(name) * pl.col("sides")).sum() / pl.col("sides").sum()).alias(name)
            for name in ("strength", "shares", "ratio")
        ),
    )
    return pl.concat([frame, total])


def _losses(model: OutcomeModel, before: pl.DataFrame, test: pl.DataFrame) -> dict[str, float]:
    fit = model.fit_contests(before)
    X = model.matrix(test)
    y = _category(test, fit.categories)
    shares = np.bincount(_category(before, fit.categories), minlength=len(fit.categories))
    at_one, _ = fit_cuts(
        model.matrix(before)[:, 0], _category(before, fit.categories), categories=fit.categories
    )
    held = category_probabilities(X[:, 0], at_one)
    own = np.arange(len(y))
    return {
        "strength": float(-np.log(fit.logit.probabilities(X)[own, y]).mean()),
        "shares": float(-np.log(shares[y] / shares.sum()).mean()),
        "ratio": float(-np.log(held[own, y]).mean()),
    }


def _mirror(
    model: OutcomeModel, rows: pl.DataFrame
) -> tuple[ChiSquareTest, dict[str, tuple[float, float]]]:
    w = model.partner_weight
    M = (pl.col("m_leader") + w * pl.col("m_joiners")).log().alias("log M")
    m_T = (pl.col("m_target") + w * pl.col("m_allies")).log().alias("log m_T")
    X = rows.select(M, m_T, *model.controls).to_numpy()
    categories = CATEGORIES if model.draws else ("defeat", "victory")
    fit = fit_ordered_logit(
        X,
        _category(rows, categories),
        np.unique(rows["contest"].to_numpy(), return_inverse=True)[1],
        names=("log M", "log m_T", *model.controls),
        categories=categories,
    )
    V = fit.covariance[:2, :2]
    total = float(fit.slopes[:2].sum())
    statistic = total**2 / float(V.sum())
    errors = np.sqrt(np.diag(V)).tolist()
    apart = dict(
        zip(("log M", "log m_T"), zip(fit.slopes[:2].tolist(), errors, strict=True), strict=True)
    )
    return ChiSquareTest.of(statistic, 1), apart


def _partner_weights(model: OutcomeModel, rows: pl.DataFrame) -> tuple[pl.DataFrame, ChiSquareTest]:
    fits = [replace(model, partner_weight=w).fit_contests(rows) for w in _WEIGHTS]
    frame = pl.DataFrame(
        {
            "weight": _WEIGHTS,
            "decisiveness": [fit.decisiveness for fit in fits],
            "log_likelihood": [fit.log_likelihood for fit in fits],
        }
    )
    alike = frame.filter(pl.col("weight") == 1.0)["log_likelihood"].item()
    statistic = max(0.0, 2 * (max(fit.log_likelihood for fit in fits) - alike))
    return frame, ChiSquareTest.of(statistic, 1)


def _seen_from_both(record: Record, rows: pl.DataFrame) -> pl.DataFrame:
    """Count the outcomes of both parties of each crisis, a pair of states once."""
    here = rows.select(crisno="contest", leader="leader", target="target")
    ended = record.sides.select("crisno", "leader", "target", "outcome_ell", "outcome_tee")
    known = here.join(ended, on=["crisno", "leader", "target"], how="left").drop_nulls()
    draw = {"stalemate": "draw", "compromise": "draw"}
    once = (
        known.with_columns(
            a=pl.min_horizontal("leader", "target"), b=pl.max_horizontal("leader", "target")
        )
        .sort("crisno", "leader")
        .unique(["crisno", "a", "b"], keep="first", maintain_order=True)
    )
    return (
        once.group_by(
            leader=pl.col("outcome_ell").replace(draw), target=pl.col("outcome_tee").replace(draw)
        )
        .agg(contests=pl.len().cast(pl.Int64))
        .sort("leader", "target")
    )


def _category(rows: pl.DataFrame, categories: Sequence[str]) -> Ints:
    return rows["outcome"].cast(pl.Enum(categories)).to_physical().cast(pl.Int64).to_numpy()
