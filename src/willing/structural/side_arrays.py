"""From the record to the arrays of the structural model, with an account of what was left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import polars as pl

from willing.divergence.divergence_measures import Divergence, put_divergence
from willing.errors import EmptyOutcomesError
from willing.estimation.design import build_design
from willing.record.leading import PICKED, LeaderRule
from willing.record.measured import turned
from willing.record.store import Record
from willing.record.strength import StrengthMeasure, add_strength
from willing.security.measures import STAKE, find_measure
from willing.sources.keys import look_up
from willing.structural.leader_sides import Sides
from willing.structural.terms import term_columns

Missing = Literal["condition", "indicate", "drop"]

UNKNOWN = "_unknown"
_UNIT = ("side", "leader")
_STRENGTHS = ("m_ell", "m_tee", "m_pee")


def sides_of_record(
    record: Record,
    *,
    terms: Sequence[str],
    leader: LeaderRule = "acted",
    strength: StrengthMeasure = "cinc",
    comparable: Sequence[StrengthMeasure] = (),
    missing: Missing = "condition",
    insecurity: str = STAKE,
    divergence: Divergence = "completed",
    checked: bool = True,
) -> Sides:
    """Lay out the leader sides of a record.

    Parameters
    ----------
    record
        The record.
    terms
        Terms of the price, names in `willing.structural.terms.TERMS` or products of them; a
        constant is added.
    leader
        Who is L.
    strength
        The measure of strength.
    comparable
        Other measures that must be known as well, so that fits with different measures are of
        the same sides and candidates.
    missing
        What is done with candidates some of whose covariates are missing. ``"condition"``: their
        joining is taken as given; the strength of those who joined counts as the leader's own, and
        the likelihood is that of the others' joining given theirs. ``"indicate"``: a missing value
        is replaced by the mean and marked by a term of its own. ``"drop"``: sides that such a
        candidate joined are left out.
    insecurity
        The measure of the leader's insecurity, a name in `willing.security.measures.MEASURES`.
    divergence
        The measure of divergence, see `willing.divergence.divergence_measures.put_divergence`; by
        default ideal points, completed where a state did not vote.
    checked
        Whether to make sure that a model can be fitted to them, which is not needed where its
        estimates are known.

    Returns
    -------
    Sides

    Raises
    ------
    EstimationError
        If an option is not known, or the terms are collinear or separate who joins.
    EmptyOutcomesError
        If no side is left, or none has a coalition.
    """
    triads = record.triads if leader == "every" else record.triads.filter(PICKED[leader])
    triads = look_up(triads, record.crises.select("crisno", "severity"), ["crisno"])
    triads = put_divergence(triads, divergence)
    triads = _with_insecurity(triads, insecurity)
    columns = term_columns(triads, terms)
    if missing == "indicate":
        columns = _indicate(columns)
    rows = pl.concat([_outcomes(triads, strength, comparable), columns], how="horizontal")
    unknown = f"insecurity of L not known{_lacking(insecurity, triads)}"
    rows, account = _leave_out(rows, columns.columns, unknown, drop=missing == "drop")
    _require_outcomes(rows, account, some=checked)
    names = [*terms, *_distinct_marks(rows)]
    return _arrays(rows, names, account, every=leader == "every", checked=checked)


def describe_account(account: Mapping[str, int]) -> str:
    """Say what was left out, in one line."""
    return "; ".join(f"{what}: {n:,}" for what, n in account.items() if n)


def _with_insecurity(triads: pl.DataFrame, measure: str) -> pl.DataFrame:
    """Put a measure in the leader's insecurity, and what she keeps office with if she wins."""
    h = turned(measure)["insecurity_leader"]
    r = pl.col("survival_given_victory_leader") if measure == STAKE else pl.lit(1.0)
    return triads.with_columns(h.alias("insecurity_leader"), h.alias("_h"), r.alias("_r"))


def _lacking(measure: str, triads: pl.DataFrame) -> str:
    """In brackets, which of the triads' years the measure lacks."""
    if not triads.height:
        return ""
    first, last = triads.select(a=pl.col("year").min(), b=pl.col("year").max()).row(0)
    lacks = find_measure(measure).lacks(first, last)
    return lacks and f" ({lacks})"


def _outcomes(
    triads: pl.DataFrame,
    strength: StrengthMeasure,
    comparable: Sequence[StrengthMeasure],
) -> pl.DataFrame:
    """Who might join whom, who did, and the strengths; missing unless all measures are known."""
    measured = [add_strength(triads, measure).select(_STRENGTHS) for measure in comparable]
    chosen = add_strength(triads, strength).select(
        *_UNIT, "crisno", "target", "partner", "join", "_h", "_r", *_STRENGTHS
    )
    for other in measured:
        # A leader without strength cannot be used, so that she does not count as known.
        known = {name: other[name].is_not_null() for name in _STRENGTHS}
        known["m_ell"] &= other["m_ell"] > 0
        chosen = chosen.with_columns(
            pl.when(known[name]).then(pl.col(name)).alias(name) for name in _STRENGTHS
        )
    return chosen


def _leave_out(
    rows: pl.DataFrame, columns: Sequence[str], unknown: str, *, drop: bool
) -> tuple[pl.DataFrame, dict[str, int]]:
    """Leave out sides and candidates that cannot be used; count them by reason."""
    account = {"leader sides": _units(rows)}

    def without(condition: pl.Expr, reason: str) -> pl.DataFrame:
        kept = rows.filter(~condition.fill_null(True))
        account[reason] = _units(rows) - _units(kept)
        return kept

    untold = pl.col("join").is_null()
    account["candidates of whom nobody tells whether they joined"] = rows.filter(untold).height
    rows = rows.filter(~untold)
    account["leader sides of which nobody tells"] = account["leader sides"] - _units(rows)
    rows = without(pl.col("_h").is_null(), unknown)
    weak = pl.col("m_ell").fill_null(0.0) <= 0.0
    rows = without(weak | pl.col("m_tee").is_null(), "strength of L or T not known")
    complete = pl.all_horizontal(pl.col(name).is_not_null() for name in ("m_pee", *columns))
    given = ~complete & (pl.col("join") == 1)
    if drop:
        rows = without(given.any().over(_UNIT), "a partner's covariates not known")
    account["candidates whose covariates are not known"] = rows.filter(~complete).height
    account["of whom joined, taken as given"] = rows.filter(given).height
    granted = pl.when(given).then(pl.col("m_pee").fill_null(0.0)).otherwise(0.0).sum().over(_UNIT)
    rows = rows.with_columns(m_ell=pl.col("m_ell") + granted)
    return without(~complete, "sides without a candidate left"), account


def _units(rows: pl.DataFrame) -> int:
    return rows.select(_UNIT).n_unique() if rows.height else 0


def _indicate(columns: pl.DataFrame) -> pl.DataFrame:
    """Put the mean where a value is missing, and mark it by a column ``<name>_unknown``."""
    marks = [c.is_null().cast(pl.Float64).alias(f"{c.name}{UNKNOWN}") for c in columns]
    return columns.with_columns(pl.all().fill_null(strategy="mean")).with_columns(marks)


def _distinct_marks(rows: pl.DataFrame) -> list[str]:
    """Name the marks that tell candidates apart; columns missing together are marked once."""
    marks = [n for n in rows.columns if n.endswith(UNKNOWN) and rows[n].n_unique() > 1]
    first = {rows[name].to_numpy().tobytes(): name for name in reversed(marks)}
    return sorted(first.values(), key=marks.index)


def _require_outcomes(rows: pl.DataFrame, account: Mapping[str, int], *, some: bool) -> None:
    joined = int(rows["join"].cast(pl.Int64).sum()) if rows.height else 0
    if joined == 0 and (some or not rows.height):
        raise EmptyOutcomesError(
            f"{rows.height:,} candidates are left and none of them joined "
            f"({describe_account(account)}). Take more years, another leader rule, or leave out a "
            "term that is missing for those who joined"
        )


def _arrays(
    rows: pl.DataFrame,
    names: Sequence[str],
    account: Mapping[str, int],
    *,
    every: bool,
    checked: bool,
) -> Sides:
    order = ["crisno", "target", "leader", "m_pee", "partner"]
    rows = rows.sort(order, descending=[name == "m_pee" for name in order])
    # The design of a pooled logit of joining is this model's too, and so are its checks.
    design = build_design(rows, outcome="join", mean=names, cluster="crisno", checked=checked)
    first = rows.with_row_index("_row").unique(_UNIT, keep="first", maintain_order=True)
    label = pl.col("side") if not every else pl.format("{}-{}", "side", "leader")
    return Sides(
        names=tuple(first.select(label).to_series()),
        crisis=first["crisno"].to_numpy(),
        start=np.append(first["_row"].to_numpy().astype(np.int64), rows.height),
        partner=rows["partner"].to_numpy(),
        strength=rows["m_pee"].to_numpy(),
        design=design.X,
        joined=design.y == 1,
        terms=design.terms,
        leader=first["leader"].to_numpy(),
        target=first["target"].to_numpy(),
        leader_strength=first["m_ell"].to_numpy(),
        target_strength=first["m_tee"].to_numpy(),
        insecurity=first["_h"].to_numpy(),
        retention=first["_r"].to_numpy(),
        account=account,
    )
