"""The declared tests of rivals' insecurity and of violence, on the record."""

from __future__ import annotations

import json

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from willing.cli import app
from willing.evidence.rivals_and_violence import (
    RIVAL,
    RivalsAndViolence,
    _verdict,
    rivals_and_violence,
    with_rival,
)
from willing.evidence.sample import Sample
from willing.record.store import Record, load_record

IRAQ, GULF = 645, 393
# Coefficients of a second fit by statsmodels, which stops at its own tolerance.
CLOSE = 1e-5
# Three draws spread by no more than a few standard errors, unless rows and leaders are mixed up.
SPREAD = 8.0


@pytest.fixture(scope="module")
def record() -> Record:
    """Give the record of every leader."""
    return load_record(leader="every", years="all")


@pytest.fixture(scope="module")
def found(record: Record) -> RivalsAndViolence:
    """Give the declared tests."""
    return rivals_and_violence(record)


def test_rival_is_the_leader_of_the_target(record: Record) -> None:
    """In the Gulf crisis the rival is Saddam Hussein, with his hazard of that day."""
    triads = with_rival(Sample(measure="hazard").take(record.triads), record, "hazard")
    gulf = triads.filter(pl.col("crisno") == GULF, pl.col("target") == IRAQ)
    known = record.security.filter(pl.col("ccode") == IRAQ, pl.col("date") == gulf["start"][0]).row(
        0, named=True
    )
    assert "Hussein" in known["leader_name"]
    assert gulf[RIVAL].unique().to_list() == [known["hazard"]]
    assert triads.height == Sample(measure="hazard").take(record.triads).height


def test_logit_agrees_with_statsmodels(found: RivalsAndViolence) -> None:
    """The coefficients of the side test are those of another program on the same rows."""
    import statsmodels.api as sm

    fit = found.rivals["coalition built"]
    again = sm.Logit(fit.design.y, fit.design.X).fit(disp=False)
    assert np.abs(again.params - fit.params).max() < CLOSE


def test_every_side_counts_once(found: RivalsAndViolence, record: Record) -> None:
    """Sides are no more than those of the record, triads many more."""
    built, joined = (fit.design.n for fit in found.rivals.values())
    assert built <= record.sides.height
    assert joined > 50 * built


@pytest.mark.parametrize(
    ("coefficients", "sign", "said"),
    [
        ([(-1.0, 0.01), (-2.0, 0.04)], -1, "supported"),
        ([(-1.0, 0.01), (-2.0, 0.06)], -1, "undetermined"),
        ([(1.0, 0.01), (2.0, 0.04)], -1, "contradicted"),
        ([(-1.0, 0.01), (2.0, 0.01)], -1, "undetermined"),
        ([(1.0, 0.01)], 1, "supported"),
    ],
)
def test_verdict_follows_the_declared_rule(
    coefficients: list[tuple[float, float]], sign: int, said: str
) -> None:
    """All coefficients of one sign, each significant, or the question stays open."""
    assert _verdict(coefficients, sign=sign) == said


def test_both_stages_are_given_where_draws_are_asked_for(
    record: Record, found: RivalsAndViolence
) -> None:
    """Estimates stay; each row has the spread over redrawn leaders and crises beside its own."""
    drawn = rivals_and_violence(record, draws=3, workers=1)
    for row, before in zip(drawn.rows(), found.rows(), strict=True):
        assert row["estimate"] == before["estimate"]
        assert row["std_error"] == before["std_error"]
        assert row["low"] < row["high"]
        assert 0.0 < row["both"] < SPREAD * row["std_error"]
    assert "both stages" in str(drawn)


def test_the_tests_draw_themselves(found: RivalsAndViolence) -> None:
    """Each coefficient is drawn in the panel of its model, between the ends of its interval."""
    figure = found.plot()
    drawn = figure.data
    assert set(drawn["model"]) == {*found.rivals, *found.violence}
    assert (drawn["estimate"] - drawn["low"]).tolist() == pytest.approx(
        [1.959964 * row["std_error"] for row in found.rows()], rel=CLOSE
    )
    assert figure.draw() is not None


def test_command_prints_what_was_found(found: RivalsAndViolence) -> None:
    """`willing wider rivals` prints the tests, and as JSON the same numbers."""
    done = CliRunner().invoke(app, ["wider", "rivals", "--json"])
    assert done.exit_code == 0
    assert json.loads(done.output) == json.loads(json.dumps(found.to_dict()))


def test_unknown_measure_is_refused() -> None:
    """A measure that does not exist ends in exit code 2 or a message, never a traceback."""
    done = CliRunner().invoke(app, ["wider", "rivals", "--measure", "charm"])
    assert done.exit_code != 0
    assert "charm" in str(done.exception or done.output)
