"""H1, H2 and forecasts on coalitions against rebels."""

import json

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import DataError
from willing.evidence.rebel_coalitions import CONTROLS, candidates, study_rebel_coalitions
from willing.forecast.rebel_forecasts import (
    FROM_CRISES,
    MODELS,
    _leave_out,
    forecast_rebel_coalitions,
)
from willing.record.store import load_record

CLIMBED = 1e-5  # two programs climb the same likelihood


@pytest.fixture(scope="module")
def record():
    return load_record(years="all")


def test_joining_is_the_probit_of_statsmodels(record):
    """Coefficients of H2 under the strongest state are those of another program."""
    fit = study_rebel_coalitions(record).joining["strongest leads"]
    rows = candidates(record).filter("strongest_leads")
    crossed = pl.col("insecurity_leader") * pl.col("difLPv")
    X = rows.select("join", "insecurity_leader", "difLPv", crossed.alias("crossed"), *CONTROLS)
    values = X.cast(pl.Float64).drop_nulls().to_numpy()
    other = sm.Probit(values[:, 0], sm.add_constant(values[:, 1:])).fit(disp=False)
    mine = dict(zip(fit.design.terms, fit.params, strict=True))
    assert mine["insecurity_leader:difLPv"] == pytest.approx(other.params[3], abs=CLIMBED)


def test_every_sample_says_how_large_it_is(record):
    """The table gives both hypotheses, with hosts as clusters."""
    table = study_rebel_coalitions(record).table()
    assert table["hypothesis"].unique().sort().to_list() == ["H1", "H2"]
    assert (table["clusters"] < table["n"]).all()
    assert (table["joins"] > 0).all()


def test_both_stages_stand_beside_the_clustered_errors(record):
    """Redrawn leaders and hosts move no estimate and give each a spread."""
    plain, drawn = (study_rebel_coalitions(record, draws=draws) for draws in (0, 2))
    assert drawn.table().drop("both").equals(plain.table())
    assert (drawn.table()["both"] > 0).all()
    assert "both stages" in str(drawn)
    assert "both stages" not in str(plain)


def test_a_country_is_forecast_from_others(record):
    """Turning the outcomes of one host around does not change its own forecast."""
    rows = candidates(record).filter("strongest_leads").drop_nulls(MODELS["long-run factors"])
    iraq = (rows["host"] == 645).to_numpy()
    turned = rows.with_columns(
        pl.when(pl.Series(iraq)).then(1 - pl.col("join")).otherwise("join").alias("join")
    )
    plain, other = (_leave_out(frame, MODELS["long-run factors"]) for frame in (rows, turned))
    assert np.array_equal(plain[iraq], other[iraq])
    assert not np.array_equal(plain[~iraq], other[~iraq])


def test_models_are_scored_on_the_same_rows(record):
    """One number of candidates a sample, and the base rate as the baseline."""
    table = forecast_rebel_coalitions(record).table
    assert set(table["model"]) == {*MODELS, FROM_CRISES}
    assert (table.group_by("sample").agg(pl.col("candidates").n_unique())["candidates"] == 1).all()
    assert table["brier"].is_between(0, 1).all()


def test_the_command(record):
    """Who was in Iraq in 2014, by name; an unknown episode is an error that names others."""
    shown = CliRunner().invoke(app, ["episodes", "259-2014"])
    assert shown.exit_code == 0
    assert "Jordan" in shown.stdout
    content = json.loads(CliRunner().invoke(app, ["episodes", "259-2014", "--json"]).stdout)
    assert len(content["partners"]) == 12
    with pytest.raises(DataError, match="259-2004, 259-2014"):
        CliRunner().invoke(app, ["episodes", "259-1999"], catch_exceptions=False)
