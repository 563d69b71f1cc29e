"""Who joins the target, in the record."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from willing.aftermath.expansion_record import (
    COALITIONS,
    MODELS,
    TargetSupport,
    fit_poisson,
    target_joiners,
    target_support,
)
from willing.cli import app
from willing.errors import NoVariationError
from willing.record.store import load_record

DATA = Path(__file__).parents[1] / "data" / "aftermath"
# As for the hazard: 12 digits from R, and two Newton searches.
SAME_ESTIMATE = 1e-6


@pytest.fixture(scope="module")
def found() -> TargetSupport:
    """The table on the embedded record."""
    return target_support(load_record(years="all"))


def test_the_count_model_agrees_with_r() -> None:
    """Coefficients and clustered errors are those of glm and vcovCL."""
    table = fit_poisson(
        pl.read_csv(DATA / "coalitions.csv"), outcome="joiners", terms=COALITIONS, cluster="crisno"
    )
    reference = pl.read_csv(DATA / "joiners.csv").with_columns(
        pl.col("term").replace("(Intercept)", "constant")
    )
    both = table.join(reference, on="term", validate="1:1")
    assert both.height == len(COALITIONS) + 1
    for row in both.iter_rows(named=True):
        assert row["estimate"] == pytest.approx(row["estimate_right"], rel=SAME_ESTIMATE)
        assert row["std_error"] == pytest.approx(row["se"], rel=SAME_ESTIMATE)


def test_neither_the_target_nor_the_coalition_joins_the_target() -> None:
    """Who joins is counted among the states that acted, and against the leader among those."""
    record = load_record(years="all")
    sides = target_joiners(record)
    assert (sides["joiners_against_leader"] <= sides["joiners"]).all()
    assert (sides["widened"] == (sides["joiners"] > 0)).all()
    acted = record.members.filter(pl.col("acted") == 1, "in_system")
    others = acted.group_by("crisno").agg(states=pl.col("ccode").n_unique())
    bounded = sides.join(others, on="crisno", how="left").with_columns(
        pl.col("states").fill_null(0)
    )
    assert (bounded["joiners"] <= bounded["states"]).all()


def test_north_korea_does_not_stay_alone_in_the_war_of_1950() -> None:
    """In the second crisis of Korea others act against the coalition, and not only its target."""
    sides = target_joiners(load_record(years="all"))
    against_north_korea = sides.filter(pl.col("side") == "133-731")
    assert against_north_korea["widened"].to_list() == [1]


def test_a_count_that_never_varies_is_refused() -> None:
    """Nobody joins anybody: there is nothing to explain."""
    frame = pl.DataFrame({"joiners": [0, 0, 0], "x": [1.0, 2.0, 4.0], "g": [1, 2, 3]})
    with pytest.raises(NoVariationError, match="single value"):
        fit_poisson(frame, outcome="joiners", terms=("x",), cluster="g")


def test_every_model_is_in_the_table(found: TargetSupport) -> None:
    """Print, dictionary and frame hold all models."""
    headings = [heading for heading, *_ in MODELS]
    assert list(dict.fromkeys(found.to_frame()["model"])) == headings
    assert all(heading in str(found) for heading in headings)
    assert json.loads(json.dumps(found.to_dict()))["sides"] == found.sides.height


def test_the_command_line_prints_and_draws(tmp_path: Path) -> None:
    """`willing wider joiners --json --plot` prints the table."""
    picture = tmp_path / "joiners.png"
    result = CliRunner().invoke(app, ["wider", "joiners", "--json", "--plot", str(picture)])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["coefficients"]
    assert picture.stat().st_size > 0
