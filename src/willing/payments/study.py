"""Does joining pay? The whole test, with what it could and could not have seen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from willing.numbers import Floats
from willing.payments.account import account
from willing.payments.difference import design, permute
from willing.payments.dollars import poisson_ratio
from willing.payments.dose import EXPECTED, dose_response, insecurity_response
from willing.payments.event_study import draw_events, event_study
from willing.payments.panel import AFTER, BEFORE, Panel, build_panel
from willing.payments.samples import LARGE_GAIN, PRIMARY, SAMPLES, TESTED, YEARS
from willing.payments.study_numbers import StudyNumbers
from willing.record.measured import insecurity
from willing.record.store import Record
from willing.security.leader_draws import draw_leaders
from willing.security.stored_leaders import StoredLeaders, load_leaders, places_of

if TYPE_CHECKING:
    from plotnine import ggplot

from willing.payments.twoway import Effect, absorbed_effects

_EVERY = "all joins"


@dataclass(frozen=True, eq=False, repr=False)
class PaymentStudy(StudyNumbers):
    """What the record and the files say about payments for joining; see `StudyNumbers`."""

    def plot(self) -> ggplot:
        """Draw payments year by year around a first join."""
        return draw_events(self)

    def __str__(self) -> str:
        return account(self)


def study_payments(
    record: Record,
    *,
    years: tuple[int, int] = YEARS,
    draws: int = 1000,
    leader_draws: int = 0,
    rng: np.random.Generator | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> PaymentStudy:
    """Test whether those who join the United States in a crisis are paid.

    Parameters
    ----------
    record
        The record, with one leader a side.
    years
        First and last year of the crises.
    draws
        Permutations of each test.
    leader_draws
        Draws of leaders, then of crises, for the standard error of both stages where the leader's
        insecurity stands; none by default.
    rng
        Their randomness; seeded with 0 by default, so that figures repeat.
    progress
        Told what was just done.

    Raises
    ------
    DataError
        If nobody joined in these years.
    """
    rng = np.random.default_rng(0) if rng is None else rng
    leaders = _redraw(record, leader_draws, progress) if leader_draws else None
    differences: list[dict[str, Any]] = []
    events: list[pl.DataFrame] = []
    rest: dict[str, list[dict[str, Any]]] = {"dollars": [], "doses": [], "insecurity": []}
    for series in TESTED:
        panel = build_panel(record, series, years=years)
        differences += _differences(record, panel, years, draws, rng)
        progress(f"differences in {series}")
        for sample in (PRIMARY, _EVERY):
            chosen, at = panel.filter(SAMPLES[sample]), {"series": series, "sample": sample}
            names = {name: pl.lit(value) for name, value in at.items()}
            events.append(event_study(chosen).select(**names, **_same("year effect se low high")))
            rest["dollars"].append(at | _dollars(chosen))
            rest["doses"] += [at | row for row in _doses(chosen, draws, rng)]
            rest["insecurity"].append(at | _insecurity(chosen, leaders))
            progress(f"{sample}, {series}")
    return PaymentStudy(
        differences=pl.DataFrame(differences),
        events=pl.concat(events),
        council=council_effect(record.payments),
        large_gains=_large_gains(build_panel(record, "aid", years=years)),
        elsewhere=_elsewhere(record.payments),
        years=years,
        **{name: pl.DataFrame(rows) for name, rows in rest.items()},
    )


def _same(names: str) -> dict[str, pl.Expr]:
    return {name: pl.col(name) for name in names.split()}


def _differences(
    record: Record, panel: Panel, years: tuple[int, int], draws: int, rng: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """The rows of `PaymentStudy.differences` of one series."""
    cases: list[tuple[str, Panel, bool, bool]] = []
    for sample, keep in SAMPLES.items():
        cases.append((sample, panel.filter(keep), True, False))
        if sample in (PRIMARY, _EVERY):
            cases.append((sample, panel.filter(keep), False, False))
    first = SAMPLES[PRIMARY]
    if panel.series == "aid":
        early = build_panel(record, "aid", years=years, alignment="of_start")
        cases.append(("fiscal year of the start", early.filter(first), True, False))
    others = build_panel(record, panel.series, years=years, led_by_us=False)
    cases.append(("led by others", others, True, False))
    cases.append(("before joining", panel.filter(first), False, True))
    for sample, chosen, before, placebo in cases:
        one = design(chosen, before=before, placebo=placebo)
        effect, chance = one.effect(), permute(one, draws=draws, rng=rng)
        yield {
            "series": panel.series,
            "sample": sample,
            "before": before,
            "joins": one.n_joins,
            "crises": one.n_crises,
            "n": effect.n,
            "effect": effect.value,
            "se": effect.se,
            "low": effect.low,
            "high": effect.high,
            "detectable": effect.detectable,
            "null": chance.null,
            "centred": chance.centred,
            "p": chance.p,
        }


def _dollars(panel: Panel) -> dict[str, Any]:
    found = poisson_ratio(panel)
    return {
        "effect": found.value,
        "se": found.se,
        "factor": float(np.exp(found.value)),
        "n": found.n,
    }


def _doses(panel: Panel, draws: int, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    for dose, sign in EXPECTED.items():
        found = dose_response(panel, dose, draws=draws, rng=rng)
        yield {
            "dose": dose,
            "expected": sign,
            "slope": found.slope.value,
            "se": found.slope.se,
            "detectable": found.slope.detectable,
            "p": found.p,
            "joins": found.joins,
            "crises": found.crises,
        }


@dataclass(frozen=True, eq=False)
class _Redrawn:
    """Leaders of the record, and their insecurity by each draw, shape (draws, leaders + 1)."""

    stored: StoredLeaders
    insecurity: Floats


def _redraw(record: Record, draws: int, progress: Callable[[str], None]) -> _Redrawn:
    """Redraw leaders for the record's measure; the last column, missing, is of those unknown."""
    stored, measure = load_leaders(), record.manifest.choices.measure
    drawn = draw_leaders(stored.sample, (measure,), draws=draws, progress=progress)
    values = [
        scores.select(insecurity(measure)).to_series().to_numpy()
        for scores in drawn.scores(stored.dated)
    ]
    return _Redrawn(stored, np.pad(values, ((0, 0), (0, 1)), constant_values=np.nan))


def _insecurity(panel: Panel, leaders: _Redrawn | None) -> dict[str, Any]:
    redrawn: Iterable[Floats] = ()
    if leaders is not None:
        at = places_of(panel.rows, "leader", leaders.stored.dated)
        redrawn = (values[at] for values in leaders.insecurity)
    found = insecurity_response(panel, redrawn)
    return {
        "effect": found.effect.value,
        "se": found.effect.se,
        "both": found.both,
        "detectable": found.effect.detectable,
        "levels": found.levels,
    }


def _large_gains(panel: Panel) -> pl.DataFrame:
    """The share that gained a large sum, of those who joined and of those who did not."""
    change = panel.total(AFTER) - panel.total(BEFORE)
    gains = panel.rows.select(joined=pl.col("join") == 1).with_columns(change=pl.Series(change))
    return (
        gains.filter(pl.col("change").is_finite())
        .group_by("joined")
        .agg(states=pl.len(), share=(pl.col("change") > LARGE_GAIN).mean())
        .sort("joined", descending=True)
    )


def _elsewhere(payments: pl.DataFrame) -> float:
    """The share of aid that went to no state, over all years."""
    nobody = float(payments.select("fy", "aid_elsewhere").unique()["aid_elsewhere"].sum())
    return nobody / (nobody + float(payments["aid"].sum()))


def council_effect(payments: pl.DataFrame) -> Effect:
    """Estimate what an elected seat adds to ``log(1 + aid)`` of a state.

    Kuziemko and Werker (2006, Journal of Political Economy 114(5): 905-930) found that a seat
    raises US aid by 59 per cent. If a test on country totals cannot see that, it may be too blunt
    to see what joining brings.

    Parameters
    ----------
    payments
        The frame `payments` of the record.

    Returns
    -------
    Effect
        With effects of states and of fiscal years, clustered by both.
    """
    rows = payments.filter("member", "covered_aid").drop_nulls("seat")
    y = np.log1p(rows["aid"].clip(lower_bound=0.0).to_numpy())
    state, year = rows["ccode"].to_numpy(), rows["fy"].to_numpy()
    seat = rows["seat"].cast(pl.Float64).to_numpy()
    clusters = np.column_stack([state, year])
    return absorbed_effects(y, seat[:, None], absorb=[state, year], clusters=clusters)[0]
