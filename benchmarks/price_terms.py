"""What further terms of the price would gain on forecasts before 2000, and what they would cost.

Run with ``python benchmarks/price_terms.py``. A logit on insecurity and the columns of the
structural model but the one that was chosen here, `other_side`, with a shock that the candidates of
a side share, forecasts five years at a time from all before; each term is put in by itself. Nothing
after 1999 is looked at.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from willing.forecast.forecast_scores import Predictions, average_precision, difference
from willing.forecast.forecasters import Logit
from willing.forecast.rolling import LEARNED_FROM, SPAN, Rolled, stack_of, years_of
from willing.numbers import Floats, Ints
from willing.record.histories import add_past_action, with_leads
from willing.record.store import Record, load_record
from willing.sources.keys import look_up
from willing.structural.coalition_model import CoalitionModel
from willing.structural.leader_sides import Sides
from willing.structural.stored import sample_of
from willing.structural.terms import DEFAULT_TERMS

BEFORE = 2000
SPANS = (1960, 1980)
FORGETTING = 10.0
CHOSEN = "other_side"


def _faded(years: float) -> pl.Expr:
    """Opposition of leader and candidate, fading by a factor e in some years."""
    return (-pl.col("LPopposed_years") / years).exp().fill_null(0.0)


_BOUND = (pl.col("PTallies") * pl.col("Tmaj")).fill_null(0)
TERMS = {
    **{f"P faced the leader, fading in {y:g}": _faded(y) for y in (2.0, 5.0, 10.0)},
    **{
        f"on the other side, fading in {y:g}": pl.max_horizontal(_faded(y), _BOUND)
        for y in (2.0, 5.0, 10.0)
    },
    "P allied with the target": pl.col("PTallies"),
    "P rival of the target": pl.col("PTrival"),
    "P of the target's region": pl.col("PTregion"),
    "P of the leader's region": pl.col("LPregion"),
    "P rival of the leader": pl.col("LPrival"),
    "P and leader opposed before": pl.col("LPopposed").log1p(),
    "P and leader joint before": pl.col("LPjoint").log1p(),
    "P and target joint lately": (-pl.col("PTjoint_years") / FORGETTING).exp().fill_null(0.0),
    "P and target opposed before": pl.col("PTopposed").log1p(),
    "P nearer to target than leader": (pl.col("difLPv") - pl.col("difTPv")).fill_null(0.0),
    "P joined before": pl.col("Pjoins").log1p(),
    "leader joined before": pl.col("Ljoined").log1p(),
    "leader a major power": pl.col("Lmaj").fill_null(0),
    "leader's regime": pl.col("demL").fill_null(0),
    "distance times P's power": (pl.col("PTdist") / 1000.0).log1p()
    * pl.col("cinc_pee").clip(1e-6).log(),
    "distance from the leader": (pl.col("LPdist") / 1000.0).log1p(),
}


def columns(record: Record, sides: Sides) -> pl.DataFrame:
    """Give the terms of every candidate, one row each."""
    triads = record.triads
    turned = triads.select("crisno", "start", "partner", leader="target", target="leader")
    past = add_past_action(turned, with_leads(record.members, record.sides), record.crises)
    known = triads.with_columns(PTjoint_years=past["LPjoint_years"], PTopposed=past["LPopposed"])
    keys = ["crisno", "leader", "target", "partner"]
    owner = sides.owner
    wanted = pl.DataFrame(
        {
            "crisno": sides.crisis[owner],
            "leader": sides.leader[owner],
            "target": sides.target[owner],
            "partner": sides.partner,
        }
    ).cast({key: known.schema[key] for key in keys})
    chosen = known.unique(keys).select(*keys, **TERMS)
    return look_up(wanted, chosen, keys).select(pl.col(name).cast(pl.Float64) for name in TERMS)


def rolled(
    sides: Sides, years: Ints, names: tuple[str, ...]
) -> dict[int, tuple[Sides, Predictions]]:
    """Forecast five years at a time, with the shock learned from the forecasts before."""
    logit, done, found = Logit("logit", (*names, "insecurity")), list[Rolled](), {}
    for origin in range(LEARNED_FROM, BEFORE, SPAN):
        inside = np.flatnonzero((years >= origin) & (years < origin + SPAN))
        test = sides.take(inside)
        told = logit.forward(sides.take(np.flatnonzero(years < origin)), test)
        found[origin] = (test, stack_of(done, ["logit"]).predict([told.join], test))
        done.append(Rolled(origin, test, {"logit": told}))
    return found


def since(year: int, found: dict[int, tuple[Sides, Predictions]]) -> tuple[Sides, Predictions]:
    """Put the forecasts from a year on together."""
    parts = [pair for origin, pair in found.items() if origin >= year]
    told = [each for _, each in parts]
    return Sides.together([sides for sides, _ in parts]), Predictions(
        join=np.concatenate([each.join for each in told]),
        set_log=np.concatenate([each.set_log for each in told]),
        size=tuple(size for each in told for size in each.size),
        likeliest=np.concatenate([each.likeliest for each in told]),
    )


def main() -> None:
    """Print a row a term: gains over the model without it, and the average precision."""
    record = sample_of(load_record(years="all"), (1951, BEFORE - 1))
    before = tuple(term for term in DEFAULT_TERMS if term != CHOSEN)
    sides = CoalitionModel(terms=before).sides(record, checked=False)
    years, extra = years_of(record, sides), columns(record, sides)
    own = tuple(term for term in sides.terms if term != "constant")
    base = rolled(sides, years, own)
    print("| term | " + " | ".join(f"gain from {y} | s.e." for y in SPANS) + " | precision |")
    for name in (None, *TERMS):
        wider = sides if name is None else _with(sides, name, extra[name].to_numpy())
        found = base if name is None else rolled(wider, years, (*own, name))
        cells = []
        for year in SPANS:
            happened, without = since(year, base)
            _, told = since(year, found)
            gain, error = difference(told, without, happened)
            cells += [f"{gain:+.3f}", f"{error:.3f}"]
        precision = average_precision(told.join, happened.joined)
        print("| " + " | ".join([name or "none", *cells, f"{precision:.3f}"]) + " |", flush=True)


def _with(sides: Sides, name: str, column: Floats) -> Sides:
    design = np.column_stack([sides.design, column])
    return replace(sides, terms=(*sides.terms, name), design=design)


if __name__ == "__main__":
    main()
