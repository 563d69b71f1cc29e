"""Wolford and Ritter's models on triads, and on a file of theirs if a user has it."""

import numpy as np
import polars as pl
import pyreadstat
import pytest

from willing.errors import DataError, EstimationError
from willing.evidence.authors_file import read_wr
from willing.evidence.formation import MODELS, replicate_models
from willing.evidence.sample import select_triads

TRUTH_WITHIN = 4  # standard errors

# Stata keeps doubles as they are and text keeps seventeen digits, so estimates barely move.
SAME = 1e-9


@pytest.fixture(scope="module")
def formation(triads):
    """All models on the simulated triads."""
    return replicate_models(triads)


def test_every_model_is_estimated_on_complete_triads(formation):
    """With all columns present no model is left out."""
    assert list(formation.fits) == [model.name for model in MODELS]
    assert not formation.skipped


def test_insecurity_makes_joining_likelier_and_noisier(formation):
    """In triads drawn so, the heteroskedastic probit finds insecurity in both equations."""
    fit = formation.fits["hetprobit"]
    # The triads' noise is normed at the mean insecurity of the leaders, a factor on the mean.
    noise = fit.estimate("insecurity_leader", equation="variance")
    assert abs(noise.value - 0.8) < TRUTH_WITHIN * noise.std_error
    assert formation.fits["probit"].estimate("insecurity_leader").z > TRUTH_WITHIN


def test_regime_models_split_the_triads_by_the_leaders_regime(formation):
    """Triads of democratic and of autocratic leaders add up to all triads."""
    fits = formation.fits
    split = fits["probit_democratic"].design.n + fits["probit_autocratic"].design.n
    assert split == fits["probit"].design.n
    assert "demL" not in fits["probit_democratic"].design.terms


def test_regime_is_read_off_the_polity_scale_too(triads, formation):
    """A file with the Polity scale in `demL` splits at 6 like a dichotomy."""
    scale = triads.with_columns(pl.when("demL").then(8).otherwise(-7).alias("demL"))
    both = replicate_models(scale, models=[m for m in MODELS if m.name == "probit_democratic"])
    expected = formation.fits["probit_democratic"].params
    np.testing.assert_allclose(both.fits["probit_democratic"].params, expected)


def test_models_that_lack_a_column_are_skipped_with_a_word(triads):
    """Without affinity the other models stand, and the reason is given."""
    found = replicate_models(triads.drop("affLP", "affTP"))
    assert set(found.skipped) == {"probit_affinity", "hetprobit_affinity"}
    assert "affLP" in found.skipped["probit_affinity"]
    assert "probit_affinity was left out" in str(found)


def test_nothing_to_estimate_is_an_error(triads):
    """If no model can be estimated the reasons are raised."""
    with pytest.raises(EstimationError, match="join is 0"):
        replicate_models(triads.with_columns(join=0))


@pytest.mark.parametrize("kind", ["dta", "tab", "csv"])
def test_models_run_unchanged_on_a_file_with_the_authors_columns(triads, formation, tmp_path, kind):
    """A Stata or text file in any case of names gives the same estimates as the triads."""
    theirs = triads.drop("affLP", "affTP").rename(
        {
            "cinc_ell": "CINC_ELL",
            "demL": "deml",
            "insecurity_leader": "LinsecYoung",
            "insecurity_partner": "PinsecYoung",
        }
    )
    numbers = theirs.with_columns(pl.col(pl.Boolean).cast(pl.Int8))
    path = tmp_path / f"WR_formation_LC.{kind}"
    if kind == "dta":
        pyreadstat.write_dta(numbers.to_pandas(), str(path))
    else:
        numbers.write_csv(path, separator="\t" if kind == "tab" else ",")
    found = replicate_models(read_wr(path), models=MODELS[:4])
    for name in ("probit", "hetprobit"):
        np.testing.assert_allclose(found.fits[name].params, formation.fits[name].params, rtol=SAME)
    assert set(found.skipped) == {"probit_affinity", "hetprobit_affinity"}


def test_a_file_without_a_needed_column_names_file_column_and_nearest(triads, tmp_path):
    """The message says what is missing and what looks like it."""
    path = tmp_path / "WR_formation_LC.tab"
    triads.rename(
        {"insecurity_leader": "Linsec_Young", "insecurity_partner": "PinsecYoung"}
    ).write_csv(path, separator="\t")
    with pytest.raises(DataError, match=r"WR_formation_LC\.tab.*LinsecYoung.*Linsec_Young"):
        read_wr(path)


def test_files_that_cannot_be_read_are_refused(triads, tmp_path):
    """A missing, damaged, textual or unknown file is named."""
    with pytest.raises(DataError, match=r"none\.tab"):
        read_wr(tmp_path / "none.tab")
    with pytest.raises(DataError, match=r"\.xlsx"):
        read_wr(tmp_path / "file.xlsx")
    damaged = tmp_path / "damaged.dta"
    damaged.write_bytes(b"not a Stata file at all")
    with pytest.raises(DataError, match=r"damaged\.dta"):
        read_wr(damaged)
    whole, cut = tmp_path / "whole.dta", tmp_path / "cut.dta"
    theirs = {"insecurity_leader": "LinsecYoung", "insecurity_partner": "PinsecYoung"}
    numbers = triads.rename(theirs).with_columns(pl.col(pl.Boolean).cast(pl.Int8))
    pyreadstat.write_dta(numbers.to_pandas(), str(whole))
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    with pytest.raises(DataError, match=r"cut\.dta"):
        read_wr(cut)
    words = tmp_path / "words.csv"
    numbers.with_columns(pcw=pl.lit("after")).write_csv(words)
    with pytest.raises(DataError, match=r"pcw.*after"):
        read_wr(words)


def test_a_sample_takes_the_rows_and_measures_asked_for(triads):
    """Leader rule, years and victims pick rows; coding and measure pick columns."""
    sample = select_triads(
        triads,
        leader="first",
        coding="join_icb",
        measure="hazard_plain",
        years=(1960, 1970),
        victims=False,
    )
    assert sample["first"].all()
    assert not sample["victims_only"].any()
    assert sample["year"].is_between(1960, 1970).all()
    assert sample["join"].equals(sample["join_icb"], check_names=False)
    assert sample["insecurity_leader"].equals(sample["hazard_plain_leader"], check_names=False)


def test_a_sample_outside_the_record_is_refused(triads):
    """Years without a crisis and columns that do not exist are named."""
    with pytest.raises(DataError, match="1946-1999"):
        select_triads(triads, years=(1800, 1815))
    with pytest.raises(DataError, match="join_xyz"):
        select_triads(triads, coding="join_xyz")
