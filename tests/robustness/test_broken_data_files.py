"""Data of a user's own: what is wrong with a column is said, and never estimated with."""

from __future__ import annotations

import math
import random

import numpy as np
import polars as pl
import pyreadstat
import pytest
from typer.testing import CliRunner

from willing.cli import app
from willing.errors import DataError, EstimationError, WillingError
from willing.evidence.authors_file import read_wr
from willing.evidence.formation import MODELS, Formation, replicate_models

ROWS = 600
FILES = 60
# Only two of the nine models: the others read the same columns.
FEW = MODELS[:2]


def their_data(rows=ROWS):
    """Triads with the authors' columns, in which insecurity and alliances matter."""
    rng = np.random.default_rng(21)
    shares = {name: rng.random(rows) * 0.2 for name in ("cinc_ell", "cinc_tee", "cinc_pee")}
    dummies = {
        name: rng.integers(0, 2, rows)
        for name in ("LPallies", "unsupport", "demL", "demP", "pcw", "Lmaj")
    }
    insecurity = rng.random(rows)
    index = insecurity + 0.6 * dummies["LPallies"] - 1.0 + rng.normal(size=rows)
    return pl.DataFrame(
        {
            "crisno": np.repeat(np.arange(1, rows // 6 + 1), 6),
            "join": (index > 0).astype(int),
            "LinsecYoung": insecurity,
            "PinsecYoung": rng.random(rows),
            "difLPv": rng.random(rows) * 3,
            "difTPv": rng.random(rows) * 3,
            "LTdist": rng.random(rows) * 9000,
            "PTdist": rng.random(rows) * 9000,
            **shares,
            **dummies,
        }
    )


def estimate(frame, path, *, separator=",", models=FEW) -> Formation:
    frame.write_csv(path, separator=separator)
    return replicate_models(read_wr(path), models=models)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"LPallies": -9}, r"'LPallies': has -9 in 1 of 600.*must be 0 or 1.*leave it empty"),
        ({"demL": -9}, r"'demL': has -9"),
        ({"LinsecYoung": 37.5}, r"'LinsecYoung': has 37.5.*from 0 to 1"),
        ({"cinc_ell": math.inf}, r"'cinc_ell': has inf"),
        ({"difLPv": -1.0}, r"'difLPv': has -1"),
        ({"crisno": -9}, r"'crisno': has -9"),
        ({"join": 2}, r"'join': has 2"),
    ],
)
def test_a_value_outside_its_column_is_named(change, message, tmp_path):
    """Codes for missing values, percentages and infinities are not estimated with."""
    ((name, value),) = change.items()
    frame = their_data().with_columns(pl.col(name).cast(pl.Float64))
    frame[5, name] = float(value)
    with pytest.raises(DataError, match=message):
        estimate(frame, tmp_path / "data.csv")


def test_forms_of_a_file_that_mean_the_same_give_the_same(tmp_path):
    """Semicolons, Stata's missing values, R's truth values, texts of numbers are understood."""
    frame = their_data().with_columns(
        pcw=pl.when(pl.int_range(ROWS) == 3).then(None).otherwise(pl.col("pcw"))
    )
    plain = estimate(frame, tmp_path / "plain.csv").fits["probit"].params
    semicolon = estimate(frame, tmp_path / "semicolon.csv", separator=";")
    np.testing.assert_array_equal(semicolon.fits["probit"].params, plain)
    extended = estimate(
        frame.with_columns(pl.col("pcw").cast(pl.String).fill_null(".a")), tmp_path / "a.csv"
    )
    np.testing.assert_array_equal(extended.fits["probit"].params, plain)
    truths = frame.with_columns(pl.col("join", "pcw") == 1)
    from_r = estimate(truths, tmp_path / "truths.csv")
    np.testing.assert_array_equal(from_r.fits["probit"].params, plain)
    texts = frame.with_columns(pl.col("crisno").cast(pl.String)).to_pandas()
    pyreadstat.write_dta(texts, str(tmp_path / "texts.dta"))
    from_stata = replicate_models(read_wr(tmp_path / "texts.dta"), models=FEW)
    np.testing.assert_allclose(from_stata.fits["probit"].params, plain)
    texts["crisno"] = "Gulf"
    pyreadstat.write_dta(texts, str(tmp_path / "words.dta"))
    with pytest.raises(DataError, match=r"'crisno': 'Gulf' is not a number"):
        read_wr(tmp_path / "words.dta")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"data.csv is empty; its first line names the columns"),
        (",".join(their_data().columns).encode() + b"\n", r"data.csv has no rows"),
        (b"crisno,join,note\n1,0,Qu\xe9bec\n", r"data.csv is not UTF-8 text; save it as UTF-8"),
    ],
)
def test_a_file_without_rows_or_in_another_encoding(content, message, tmp_path):
    """A user's own file is saved again, not fetched."""
    (tmp_path / "data.csv").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_wr(tmp_path / "data.csv")


def test_what_models_cannot_be_estimated_for_is_said_once(tmp_path):
    """Models that fail for one reason share it in the message."""
    with pytest.raises(EstimationError, match=r"^probit, hetprobit: all 600 complete rows") as told:
        estimate(their_data().with_columns(crisno=pl.lit(1)), tmp_path / "data.csv")
    assert str(told.value).count("one cluster") == 1


def test_two_columns_of_one_name_are_refused(tmp_path):
    """Which is meant only the user knows."""
    frame = their_data().with_columns(JOIN=1 - pl.col("join"))
    with pytest.raises(DataError, match="has both join and JOIN"):
        estimate(frame, tmp_path / "twice.csv")


def test_weights_are_not_passed_over_in_silence(tmp_path):
    """The command says that it does not use them."""
    notes = []
    their_data().with_columns(weight=1.0).write_csv(tmp_path / "weighted.csv")
    read_wr(tmp_path / "weighted.csv", note=notes.append)
    assert notes == ["the column 'weight' is not used: the models are estimated without weights"]


def test_a_missing_file_is_said_to_be_missing(tmp_path):
    """It need not be downloaded again."""
    done = CliRunner().invoke(app, ["replicate", "--data", str(tmp_path / "none.dta")])
    assert str(done.exception).endswith("none.dta does not exist")


def test_one_cluster_is_too_few(tmp_path):
    """Errors clustered by crisis need several."""
    with pytest.raises(EstimationError, match="in one cluster"):
        estimate(their_data().with_columns(crisno=1), tmp_path / "one.csv")


def test_a_control_without_a_finite_coefficient_is_left_out_and_said(tmp_path):
    """A constant goes; a dichotomy that predicts goes with its rows, as in Stata's probit."""
    frame = their_data()
    constant = estimate(frame.with_columns(pcw=1), tmp_path / "constant.csv")
    assert constant.dropped["probit"] == ("pcw was left out: it is 1 in all complete rows",)
    assert "pcw was left out" in str(constant)
    predicts = frame.with_columns(
        unsupport=((pl.col("join") == 1) & (pl.int_range(ROWS) % 3 == 0)).cast(int)
    )
    found = estimate(predicts, tmp_path / "predicts.csv")
    count = predicts["unsupport"].sum()
    assert f"unsupport was left out with {count} rows" in found.dropped["probit"][0]
    assert found.fits["probit"].design.n == ROWS - count
    rest = predicts.filter(pl.col("unsupport") == 0).drop("unsupport").with_columns(unsupport=0)
    np.testing.assert_allclose(
        found.fits["probit"].params, estimate(rest, tmp_path / "rest.csv").fits["probit"].params
    )


def test_a_control_that_others_make_up_is_left_out_and_said(tmp_path):
    """Of an exact linear combination the last goes, as in Stata, and the fit is that without it."""
    frame = their_data()
    made_up = frame.with_columns(Lmaj=pl.col("demP"))
    found = estimate(made_up, tmp_path / "twice.csv")
    assert found.dropped["probit"] == (
        "Lmaj was left out: it is a linear combination of the other terms",
    )
    rest = estimate(frame.with_columns(Lmaj=0), tmp_path / "rest.csv")
    np.testing.assert_allclose(found.fits["probit"].params, rest.fits["probit"].params)


def test_a_missing_column_leaves_models_that_do_not_need_it(tmp_path):
    """Models of one regime cannot do without demL, nor can those it is a control of."""
    found = replicate_models(their_data(), models=FEW)
    assert len(found.fits) == 2
    with pytest.raises(EstimationError, match="no column demL"):
        estimate(their_data().drop("demL"), tmp_path / "no.csv")
    without = estimate(their_data().drop("PinsecYoung"), tmp_path / "no.csv", models=MODELS)
    assert set(without.fits) == {"probit_institutions"}


def test_broken_data_files_give_estimates_or_a_message(tmp_path):
    """Cells, columns and bytes changed at random: never another exception."""
    chance = random.Random(21)
    text = their_data(120).write_csv()
    refused = 0
    for _ in range(FILES):
        lines = [line.split(",") for line in text.splitlines()]
        column = chance.randrange(len(lines[0]))
        value = chance.choice(["", ".", ".z", "-9", "inf", "nan", "1e400", "x", '"', "0", "1", "é"])
        rows = range(1, len(lines)) if chance.random() < 0.5 else [chance.randrange(len(lines))]
        for row in rows:
            lines[row][column] = value
        content = "\n".join(map(",".join, lines)).encode()
        if chance.random() < 0.2:
            content = content[: chance.randrange(len(content))]
        (tmp_path / "broken.csv").write_bytes(content)
        try:
            replicate_models(read_wr(tmp_path / "broken.csv"), models=MODELS[:1])
        except WillingError:
            refused += 1
    assert 0 < refused < FILES
