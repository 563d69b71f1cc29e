"""The whole test, on the crises around the end of the Cold War."""

import json

import polars as pl
import pytest

from willing.payments.account import findings, report, tables
from willing.payments.samples import PRIMARY, SAMPLES
from willing.payments.study import study_payments

ROUNDING = 1e-12


@pytest.fixture(scope="module")
def study(record):
    return study_payments(record, years=(1986, 2003), draws=99)


def test_every_sample_and_placebo_is_there(study):
    """Aid and arms in all samples, another alignment and placebos, with what each could see."""
    found = study.differences
    placebos = {"led by others", "before joining"}
    assert set(found.filter(series="aid")["sample"]) == {
        *SAMPLES,
        *placebos,
        "fiscal year of the start",
    }
    assert set(found.filter(series="tiv")["sample"]) == {*SAMPLES, *placebos}
    gap = found["detectable"] - 2.8 * found["se"]
    assert gap.abs().max() < ROUNDING
    assert found["p"].is_between(0.01, 1).all()
    assert (found["joins"] >= found["crises"]).all()


def test_the_words_that_must_be_said(study):
    """What cannot be seen and the least effect that could be; never that there are no payments."""
    said = " ".join(findings(study))
    assert "not separated in time: a payment agreed before the crisis" in said
    assert "outside the aid budget is invisible" in said
    assert "minimum detectable effect" in said
    assert "do not exist" not in said


def test_nothing_visible_is_said_only_where_the_interval_holds_zero(study):
    """The sentence on each series follows its interval."""
    for series, line in zip(("aid", "tiv"), findings(study), strict=False):
        row = study.primary(series)
        assert ("no payment is visible" in line) == (row["low"] <= 0 <= row["high"])
        assert f"{row['joins']} joins in {row['crises']} crises" in line


def test_the_study_can_be_written_and_drawn(study):
    """Tables, report and plain values are made of the same numbers."""
    content = json.loads(json.dumps(study.to_dict()))
    assert len(content["differences"]) == study.differences.height
    assert {table.name for table in tables(study)} == {table.name for table in report(study).tables}
    first = study.events.filter(pl.col("sample") == PRIMARY, pl.col("series") == "aid")
    assert first["year"].to_list() == [-5, -4, 0, 1, 2, 3, 4, 5]
    assert len(study.plot().data) == study.events.filter(pl.col("sample") == PRIMARY).height + 6
