"""Everything that the package derives, in the order in which one thing stands on another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from willing.record.contents import CONTENTS
from willing.record.store import FRAMES
from willing.renewal.derived import PACKAGE, Step
from willing.sources.catalogue import INPUTS, SOURCES

_RECORD = "record/data"
_LEADERS = tuple(
    f"security/embedded/{name}.parquet"
    for name in ("quarters", "years", "country_years", "actors", "dated")
)
_DIVERGENCE = tuple(
    f"divergence/embedded/{name}"
    for name in ("states.parquet", "commitments.parquet", "checks.json")
)
_KNOWN = tuple(
    f"forecast/embedded/known_{name}.parquet"
    for name in ("states", "capitals", "contiguous", "allies", "rivals", "leaders", "years")
)
_SIDES = ("structural/sides.parquet", "structural/sides.json")
_ESTIMATES = "structural/estimates.json"
_SCORES = "forecast/embedded/scores.json"
_SCENARIOS = tuple(
    f"casebook/cases/scenarios/{name}.toml" for name in ("libya-2011", "islamic-state-2014")
)
_PAIRS = "aftermath/embedded/aftermath.parquet"
_BY_MEASURE = "replication/embedded/tests_by_measure.parquet"


def _tables(*names: str) -> tuple[str, ...]:
    return tuple(f"{_RECORD}/{name}.parquet" for name in names)


def _files(*keys: str) -> tuple[str, ...]:
    return tuple(SOURCES[key].file for key in keys)


def _record(raw: Path) -> None:
    from willing.record.build import build_record

    build_record(raw, PACKAGE / _RECORD)


def _performance(raw: Path) -> None:
    from willing.security.performance import write_performance

    write_performance(raw)


def _first_stage(raw: Path) -> None:
    from willing.record.store import load_record
    from willing.security.leader_scores import survival_of_leaders
    from willing.security.stored_leaders import EMBEDDED
    from willing.structural.first_stage import leaders_of

    leaders_of(survival_of_leaders(raw), load_record(leader="every", years="all")).write(EMBEDDED)


def _intervals(_: Path) -> None:
    import polars as pl

    from willing.files import replacing
    from willing.record.retention import DRAWN, INTERVALS
    from willing.record.store import load_record
    from willing.security.leader_draws import draw_leaders, intervals
    from willing.security.stored_leaders import load_leaders

    stored = load_leaders()
    triads = load_record(leader="every", years="all").triads
    led = triads.select(ccode=pl.col("leader").cast(stored.dated.schema["ccode"]), date="start")
    rows = stored.dated.join(led.unique(), on=["ccode", "date"], how="semi")
    found = intervals(draw_leaders(stored.sample, DRAWN), rows, DRAWN)
    with replacing(INTERVALS) as path:
        found.write_parquet(path, compression="zstd", compression_level=19, statistics=False)


def _opposing_sides(raw: Path) -> None:
    from willing.contest.contests import renew_opposing_sides

    renew_opposing_sides(raw)


def _pairs(raw: Path) -> None:
    from willing.aftermath.pairs import build_pairs, write_pairs
    from willing.record.store import load_record

    write_pairs(build_pairs(raw, load_record(years="all")))


def _divergence(raw: Path) -> None:
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    from willing.divergence.completion import write_completed
    from willing.divergence.predictors import crisis_acts
    from willing.record.store import load_record

    with threadpool_limits(1):
        write_completed(raw, crisis_acts(load_record(years="all").triads))


def _known_states(raw: Path) -> None:
    from willing.forecast.known_states import write_known_states

    write_known_states(raw)


def _sides(_: Path) -> None:
    from willing.structural.stored_sides import renew_sides

    renew_sides()


def _estimates(_: Path) -> None:
    from willing.structural.stored import renew_estimates

    renew_estimates()


def _scores(_: Path) -> None:
    from willing.forecast.kept_scores import renew_scores

    renew_scores()


def _scores_options() -> Mapping[str, Any]:
    from willing.forecast.rolling import LEARNED_FROM, SPAN

    return {"learned from": LEARNED_FROM, "years from an origin": SPAN, "stacks": "without each"}


def _sides_options() -> Mapping[str, Any]:
    from willing.structural.coalition_model import CoalitionModel
    from willing.structural.stored import FIRST_YEAR

    return {"model": asdict(CoalitionModel()), "first year": FIRST_YEAR}


def _estimates_options() -> Mapping[str, Any]:
    from willing.structural.coalition_model import CoalitionModel
    from willing.structural.stored import DRAWS, FIRST_YEAR

    return {"model": asdict(CoalitionModel()), "draws": DRAWS, "first year": FIRST_YEAR}


def _scenarios(_: Path) -> None:
    from willing.casebook.made_scenarios import write_scenarios

    write_scenarios()


def _tests_by_measure(_: Path) -> None:
    from willing.replication.tests_by_measure import write_tests_by_measure

    write_tests_by_measure()


def _pages(_: Path) -> None:
    from willing.casebook.casebook import Casebook
    from willing.files import replacing
    from willing.record.pages import codebook_page, sources_page
    from willing.renewal.page_tables import page_tables
    from willing.renewal.shown_pages import CHECKOUT, pages_with_output, refresh, write_page
    from willing.replication.first_screen import forest_figure
    from willing.report.page import rendered

    pages = pages_with_output()
    for name, text in (
        ("codebook", codebook_page()),
        ("sources", sources_page()),
        ("casebook", Casebook.load().to_markdown()),
    ):
        write_page(CHECKOUT / "docs" / f"{name}.md", text)
    figure = CHECKOUT / "docs" / "_static" / "forest.png"
    with replacing(figure) as path:
        path.write_bytes(rendered(forest_figure().plot, "png")[0])
    tables = page_tables()
    for page in pages:
        write_page(page, refresh(page.read_text(encoding="utf-8"), tables))


def _theory_pictures(_: Path) -> None:
    from willing.renewal.theory_pictures import draw_theory

    draw_theory()


def _theory_scenarios() -> Mapping[str, Any]:
    from willing.renewal.theory_pictures import scenarios

    return scenarios()


def _payment_pictures(_: Path) -> None:
    from willing.renewal.page_tables import payment_pictures
    from willing.renewal.shown_pages import save_shown

    for name, draw in payment_pictures().items():
        save_shown(draw(), name)


STEPS = (
    Step(
        name="record",
        raw=_files(*INPUTS),
        inputs=(),
        outputs=(*_tables(*FRAMES), f"{_RECORD}/{CONTENTS}"),
        make=_record,
    ),
    Step(
        name="performance of the measures of security",
        raw=_files(*INPUTS),
        inputs=(),
        outputs=("security/performance.json",),
        make=_performance,
    ),
    Step(
        name="first stage",
        raw=_files(*INPUTS),
        inputs=_tables("triads"),
        outputs=_LEADERS,
        make=_first_stage,
    ),
    Step(
        name="intervals of sigma and r",
        raw=(),
        inputs=(*_tables("triads"), *_LEADERS),
        outputs=("security/embedded/intervals.parquet",),
        make=_intervals,
    ),
    Step(
        name="sides of wars and disputes",
        raw=_files(
            "icb_actors", "mid_disputes", "mid_participants", "wars_interstate", "capabilities"
        ),
        inputs=(),
        outputs=("contest/embedded/opposing_sides.parquet",),
        make=_opposing_sides,
    ),
    Step(
        name="pairs after a crisis",
        raw=_files("mid_participants"),
        inputs=_tables("crises", "triads", "states"),
        outputs=(_PAIRS,),
        make=_pairs,
    ),
    Step(
        name="divergence of every pair",
        raw=_files(
            "ideal_points", "atop", "capabilities", "democracy", "polity", "gdp", "contiguity"
        ),
        inputs=_tables("triads"),
        outputs=_DIVERGENCE,
        make=_divergence,
    ),
    Step(
        name="what is known of states, year by year",
        raw=_files(*INPUTS),
        inputs=(),
        outputs=_KNOWN,
        make=_known_states,
    ),
    Step(
        name="leader sides of the structural model",
        raw=(),
        inputs=(*_tables("crises", "triads", "security"), *_DIVERGENCE),
        outputs=_SIDES,
        make=_sides,
        options=_sides_options,
    ),
    Step(
        name="structural estimates",
        raw=(),
        inputs=(*_tables("crises", "sides", "triads"), *_LEADERS, *_DIVERGENCE),
        outputs=(_ESTIMATES,),
        make=_estimates,
        options=_estimates_options,
    ),
    Step(
        name="pictures of payments",
        raw=(),
        inputs=(
            *_tables("crises", "sides", "members", "triads", "states", "payments", "arms"),
            _ESTIMATES,
        ),
        outputs=(),
        make=_payment_pictures,
    ),
    Step(
        name="pictures of the theory",
        raw=(),
        inputs=(),
        outputs=(),
        make=_theory_pictures,
        options=_theory_scenarios,
    ),
    Step(
        name="scenarios of the casebook",
        raw=(),
        inputs=(*_tables("crises", "sides", "members"), *_KNOWN, _ESTIMATES),
        outputs=_SCENARIOS,
        make=_scenarios,
    ),
    Step(
        name="both hypotheses by measure of security",
        raw=(),
        inputs=(*_tables("crises", "sides", "triads"), *_LEADERS, *_DIVERGENCE),
        outputs=(_BY_MEASURE,),
        make=_tests_by_measure,
    ),
    Step(
        name="scores of forecasts, and the stack of the best model",
        raw=(),
        inputs=(*_tables("crises", "sides", "triads"), *_DIVERGENCE, _ESTIMATES),
        outputs=(_SCORES,),
        make=_scores,
        options=_scores_options,
    ),
    Step(
        name="pages of the documentation",
        raw=(),
        inputs=(
            _BY_MEASURE,
            *_tables("crises", "sides", "triads", "attrition"),
            *_tables("payments", "arms", "episodes", "episode_partners"),
            _PAIRS,
            _ESTIMATES,
            _SCORES,
            *_KNOWN,
            *_SCENARIOS,
        ),
        outputs=(),
        make=_pages,
    ),
)
