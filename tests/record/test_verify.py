"""A rebuild says what moved and why; an explanation says how a crisis came to be."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import polars as pl
import pytest

from willing.errors import DataError
from willing.record.build import build_record
from willing.record.choices import Choices, Override
from willing.record.explain import explain_crisis
from willing.record.store import Record, load_record
from willing.record.verify import compare_frames, verify_record
from willing.record.writing import write_record
from willing.sources.catalogue import INPUTS
from willing.sources.fetch import CACHE_VARIABLE

GRENADA = 343
SOURCES = pl.DataFrame(
    {
        "key": ["capabilities", "icb_crises"],
        "file": ["nmc/NMC_7.0_abridged.csv", "icb/icb1v15.csv"],
        "recorded": ["converted"] * 2,
        "found": ["unknown"] * 2,
        "same": [True, True],
    }
)


@pytest.fixture(scope="module")
def built(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> Record:
    """The record of one crisis with everything chosen otherwise than by default."""
    said = Override(GRENADA, 54, joined=False, reason="r", citation="c", target=55)
    choices = Choices(
        outcome="hewitt", leader="first", pool="region", crises=(GRENADA,), overrides=(said,)
    )
    folder = tmp_path_factory.mktemp("record")
    build_record(raw, folder, choices=choices)
    return load_record(folder, years="all")


@pytest.fixture(scope="module", autouse=True)
def _fitted_once(fitted_once: Callable[[], AbstractContextManager[None]]) -> Iterator[None]:
    with fitted_once():
        yield


def test_a_record_is_built_as_chosen(built: Record) -> None:
    """One crisis, its first leader, partners of the target's region, the user's word."""
    assert built.crises["crisno"].to_list() == [GRENADA]
    usa = built.triads.filter(pl.col("target") == 55)
    assert set(usa["leader"]) == {2}
    assert usa["partner"].max() < 200  # type: ignore[operator]
    assert set(usa.filter(pl.col("join") == 1)["partner"]) == {51, 53, 56, 57, 58}
    pool = built.attrition.row(by_predicate=pl.col("kept").str.contains("pool"), named=True)
    assert pool["lost"] > 100
    assert pool["joins"] == built.triads.filter("first")["join"].sum()
    for line in ("outcome hewitt", "leader first", "pool region", "crises 343", "override:"):
        assert line in str(built)


def test_a_record_keeps_to_what_it_was_built_with(built: Record, tmp_path: Path) -> None:
    """A leader rule or a coding that is not in it is refused, not made up."""
    manifest = built.manifest
    write_record(
        built.frames(),
        tmp_path,
        years=manifest.years,
        inputs=manifest.inputs,
        choices=manifest.choices,
    )
    for rule in (None, "first", "every"):
        loaded = load_record(tmp_path, leader=rule, years="all")  # type: ignore[arg-type]
        assert loaded.manifest.choices == manifest.choices
        assert loaded.triads.equals(built.triads)
    with pytest.raises(DataError, match="built with the first leader only"):
        load_record(tmp_path, leader="strongest", years="all")
    with pytest.raises(DataError, match="built with acts and hewitt"):
        load_record(tmp_path, outcome="gml", years="all")


def test_a_record_agrees_with_the_files_it_was_built_from(built: Record, raw: Path) -> None:
    """Nothing moves, whatever was chosen."""
    found = verify_record(built, raw)
    assert found.same
    assert found.sources["same"].all()
    assert "32 of 32 files the same" in str(found)


def test_what_moved_is_put_down_to_the_file_that_changed() -> None:
    """A changed value is found in its column, and its changed source named."""
    frames = load_record(leader="every", years="all").frames()
    changed = {
        **frames,
        "triads": frames["triads"].with_columns(
            cinc_pee=pl.when(pl.col("partner") == 200).then(pl.col("cinc_pee") + 0.5)
            .otherwise("cinc_pee"),
            pcw=pl.lit(0, pl.Int8),
        ),
        "crises": frames["crises"].head(-2),
    }  # fmt: skip
    sources = SOURCES.with_columns(same=pl.col("key") != "capabilities")
    found = compare_frames(frames, changed, sources)
    moved = {(row["table"], row["column"]): row for row in found.columns.iter_rows(named=True)}
    assert set(moved) == {("triads", "cinc_pee"), ("triads", "pcw"), ("crises", "(rows)")}
    assert moved["triads", "cinc_pee"]["largest"] == pytest.approx(0.5)
    assert moved["triads", "cinc_pee"]["why"] == "changed: capabilities"
    assert moved["triads", "pcw"]["why"] == "none of its own sources changed, but capabilities did"
    assert moved["crises", "(rows)"]["moved"] == 2
    assert not found.same
    assert "triads.cinc_pee" in str(found)


def test_without_a_changed_file_it_is_the_program() -> None:
    """If every file is the same, what moved is due to versions."""
    frames = load_record(leader="every", years="all").frames()
    changed = {**frames, "states": frames["states"].with_columns(name=pl.lit("x"))}
    found = compare_frames(frames, changed, SOURCES)
    assert found.columns["why"].to_list() == [
        "no file changed: another version of willing or of its libraries"
    ]
    assert found.columns["largest"].to_list() == [None]


def test_grenada_is_explained_down_to_the_lines_of_the_files(raw: Path) -> None:
    """Actors, dyads, disputes, codings and the leader in office, each with its source."""
    account = explain_crisis(load_record(leader="every", years="all"), "grenada", raw=raw)
    assert account.title.startswith("343 INVASION OF GRENADA, 1983-10-19")
    dyads = next(table for heading, table in account.parts.items() if "icbdy" in heading)
    line = dyads.row(by_predicate=pl.col("namea") == "JAM", named=True)["line"]
    text = (raw / "icb/icbdy_v15.csv").read_text(encoding="utf-8-sig").splitlines()[line - 1]
    assert "343" in text
    assert "JAM" in text
    disputes = next(
        table for heading, table in account.parts.items() if heading.startswith("1. gml_mid")
    )
    assert set(disputes.filter(verdict="recent")["dispnum"]) == {3058}
    assert "Reagan" in str(account)
    assert account.note == ""


def test_without_the_files_the_lines_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The record still tells codings and leaders, and the note says what is missing."""
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path))
    account = explain_crisis(load_record(leader="every", years="all"), 343)
    assert len(account.parts) == 5
    assert f"{len(INPUTS)} published files are not in" in account.note


@pytest.mark.parametrize(
    ("crisis", "message"),
    [("berlin", "168 Berlin Deadline"), ("atlantis", "no crisis 'atlantis'"), ("9", "no crisis")],
)
def test_a_crisis_that_is_not_one_is_refused(crisis: str, message: str) -> None:
    """The message gives the crises that may be meant."""
    with pytest.raises(DataError, match=message):
        explain_crisis(load_record(leader="every", years="all"), crisis)
