"""`willing data` prints what it did, or what is wrong, and exits accordingly."""

import json
from pathlib import Path

import polars as pl
import pytest

from command_line import run as willing
from willing.cli.data.data_options import SAMPLE, parse_record_years, parse_years
from willing.errors import DataError
from willing.record.choices import SAMPLE_YEARS


def test_describe_a_column() -> None:
    """One column is described in a few lines."""
    done = willing("data", "describe", "unsupport")
    assert done.returncode == 0
    assert "United Nations" in done.stdout


def test_describe_the_record_as_json() -> None:
    """With --json there is JSON and nothing else on standard output."""
    content = json.loads(willing("data", "describe", "--json").stdout)
    assert content["rows"]["crises"] == 387
    assert {"name", "meaning", "missing"} <= set(content["columns"]["triads"][0])


def test_an_unknown_column_is_bad_input() -> None:
    """The nearest name is given, the exit code is 2, and there is no traceback."""
    done = willing("data", "describe", "jion")
    assert done.returncode == 2
    assert "nearest: join" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_folder_is_bad_input(tmp_path: Path) -> None:
    """The file that is not there is named, the exit code is 2, and nothing is written."""
    out = tmp_path / "out"
    done = willing("data", "build", "--raw", str(tmp_path), "--out", str(out))
    assert done.returncode == 2
    assert "icb1v15.csv does not exist" in done.stderr
    assert not out.exists()


def test_years_are_two_numbers() -> None:
    """First and last year with a colon between, nothing else."""
    assert parse_years("1951:1999") == (1951, 1999)
    for text in ("1951", "1951-1999", "a:b", ":", "1951:1999:2001"):
        with pytest.raises(DataError, match="as 1946:1999"):
            parse_years(text)


def test_export_writes_what_it_names(tmp_path: Path) -> None:
    """Each path printed is a file."""
    done = willing("data", "export", "sides", "--format", "stata", "--out", str(tmp_path))
    assert done.returncode == 0
    assert [Path(line).name for line in done.stdout.split()] == ["sides.dta", "references.bib"]
    assert all(Path(line).is_file() for line in done.stdout.split())


def test_the_command_line_has_the_years_of_the_record(tmp_path: Path) -> None:
    """What is exported is by default what is loaded; `all` gives every year."""
    assert parse_record_years(SAMPLE) == SAMPLE_YEARS
    for years, last in ((), 1999), (("--years", "all"), 2019):
        assert willing("data", "export", "crises", "--out", str(tmp_path), *years).returncode == 0
        assert pl.read_parquet(tmp_path / "crises.parquet")["year"].max() == last


def test_cite_gives_text_and_bibtex() -> None:
    """The publications behind a table, as sentences or as entries."""
    assert "A Study of Crisis" in willing("data", "cite", "crises").stdout
    assert "@book{brecher2000," in willing("data", "cite", "crises", "--bibtex").stdout


def test_agree_prints_agreement_confusion_and_disagreements() -> None:
    """Each as a table or as JSON."""
    assert "kappa" in willing("data", "agree").stdout
    crises = json.loads(willing("data", "agree", "--by-crisis", "icb", "gml", "--json").stdout)
    assert crises[0]["crisname"] == "KOREAN WAR III"
    assert "JAM" in willing("data", "agree", "--list").stdout


def test_audit_prints_cases_and_rows_and_lists_changes() -> None:
    """As JSON there are agreement, cases and rows; with --changes the joins lost and gained."""
    audit = json.loads(willing("data", "audit", "--sample", "2", "--json").stdout)
    assert all(case["holds"] for case in audit["cases"])
    assert len(audit["rows"]) == 4
    changes = json.loads(willing("data", "audit", "--changes", "--json").stdout)
    assert {row["change"] for row in changes} == {"lost", "gained"}
    assert "sample=0" in willing("data", "audit", "--sample", "0").stderr


def test_explain_prints_a_crisis() -> None:
    """Codings side by side, whether the published files are there or not."""
    done = willing("data", "explain", "grenada", "--json")
    parts = json.loads(done.stdout)["parts"]
    assert any(heading.startswith("6. who joined") for heading in parts)


def test_fetch_says_what_must_be_got_by_hand(tmp_path: Path) -> None:
    """Page and place are named, and the exit code is 0: nothing failed."""
    done = willing("data", "fetch", "icb_crises", "--cache", str(tmp_path))
    assert done.returncode == 0
    assert "to be got by hand (1)" in done.stdout
    assert str(tmp_path / "icb/icb1v15.csv") in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fetch", "nmc"), "no source 'nmc'"),
        (("export", "dyads", "--out", "x"), "no table 'dyads'"),
        (("explain", "atlantis"), "no crisis 'atlantis'"),
        (("agree", "--by-crisis", "icb", "cow"), "no coding 'cow'"),
        (("agree", "--years", "every"), "or all"),
        (("build", "--raw", ".", "--out", "x", "--outcome", "cow"), "outcome='cow'"),
        (
            ("build", "--raw", ".", "--out", "x", "--overrides", "x.toml"),
            "x.toml cannot be read: No such file",
        ),
    ],
)
def test_bad_input_is_named(arguments: tuple[str, ...], message: str) -> None:
    """What was got and what is allowed, exit code 2, no traceback."""
    done = willing("data", *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
