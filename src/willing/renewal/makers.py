"""What makes each thing that the package derives, from the folder of raw files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from willing.renewal.derived import PACKAGE, RECORD_FOLDER


def make_record(raw: Path) -> None:
    from willing.record.build import build_record

    build_record(raw, PACKAGE / RECORD_FOLDER)


def make_performance(raw: Path) -> None:
    from willing.security.performance import write_performance

    write_performance(raw)


def make_first_stage(raw: Path) -> None:
    from willing.record.store import load_record
    from willing.security.leader_scores import survival_of_leaders
    from willing.security.stored_leaders import EMBEDDED
    from willing.structural.first_stage import leaders_of

    leaders_of(survival_of_leaders(raw), load_record(leader="every", years="all")).write(EMBEDDED)


def make_intervals(_: Path) -> None:
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


def make_opposing_sides(raw: Path) -> None:
    from willing.contest.contests import renew_opposing_sides

    renew_opposing_sides(raw)


def make_pairs(raw: Path) -> None:
    from willing.aftermath.pairs import build_pairs, write_pairs
    from willing.record.store import load_record

    write_pairs(build_pairs(raw, load_record(years="all")))


def make_divergence(raw: Path) -> None:
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    from willing.divergence.completion import write_completed
    from willing.divergence.predictors import crisis_acts
    from willing.record.store import load_record

    with threadpool_limits(1):
        write_completed(raw, crisis_acts(load_record(years="all").triads))


def make_known_states(raw: Path) -> None:
    from willing.forecast.known_states import write_known_states

    write_known_states(raw)


def make_sides(_: Path) -> None:
    from willing.structural.stored_sides import renew_sides

    renew_sides()


def make_estimates(_: Path) -> None:
    from willing.structural.stored import renew_estimates

    renew_estimates()


def make_scores(_: Path) -> None:
    from willing.forecast.kept_scores import renew_scores

    renew_scores()


def scores_options() -> Mapping[str, Any]:
    from willing.forecast.rolling import LEARNED_FROM, SPAN

    return {"learned from": LEARNED_FROM, "years from an origin": SPAN, "stacks": "without each"}


def sides_options() -> Mapping[str, Any]:
    from willing.structural.coalition_model import CoalitionModel
    from willing.structural.stored import FIRST_YEAR

    return {"model": asdict(CoalitionModel()), "first year": FIRST_YEAR}


def estimates_options() -> Mapping[str, Any]:
    from willing.structural.coalition_model import CoalitionModel
    from willing.structural.stored import DRAWS, FIRST_YEAR

    return {"model": asdict(CoalitionModel()), "draws": DRAWS, "first year": FIRST_YEAR}


def make_scenarios(_: Path) -> None:
    from willing.casebook.made_scenarios import write_scenarios

    write_scenarios()


def make_tests_by_measure(_: Path) -> None:
    from willing.replication.tests_by_measure import write_tests_by_measure

    write_tests_by_measure()


def make_pages(_: Path) -> None:
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


def make_theory_pictures(_: Path) -> None:
    from willing.renewal.theory_pictures import draw_theory

    draw_theory()


def theory_scenarios() -> Mapping[str, Any]:
    from willing.renewal.theory_pictures import scenarios

    return scenarios()


def make_aftermath_pictures(_: Path) -> None:
    from willing.renewal.theory_pictures import draw_aftermath

    draw_aftermath()


def make_web_picture(_: Path) -> None:
    from willing.renewal.web_picture import draw_web_page

    draw_web_page()


def make_payment_pictures(_: Path) -> None:
    from willing.renewal.page_tables import payment_pictures
    from willing.renewal.shown_pages import save_shown

    for name, draw in payment_pictures().items():
        save_shown(draw(), name)
