"""Agreement of codings, by Cohen's kappa."""

import polars as pl
import pytest

from willing.errors import DataError
from willing.record.agreement import coding_agreement, cohen_kappa
from willing.record.store import load_record


def test_kappa_of_cohens_table() -> None:
    """Twenty joint yeses, fifteen joint noes and fifteen differences in fifty give kappa 0.4."""
    first = pl.Series([True] * 25 + [False] * 25)
    second = pl.Series([True] * 20 + [False] * 5 + [True] * 10 + [False] * 15)
    assert cohen_kappa(first, second) == pytest.approx(0.4)


def test_kappa_is_one_for_equal_and_missing_for_constant_codings() -> None:
    """Full agreement beyond chance is 1; where chance agrees always there is nothing to say."""
    mixed = pl.Series([True, False, True])
    assert cohen_kappa(mixed, mixed) == pytest.approx(1)
    assert cohen_kappa(mixed | True, mixed | True) is None


def test_the_two_codings_of_disputes_agree_best() -> None:
    """GML corrects COW, so the two agree more than either with ICB or Hewitt."""
    table = coding_agreement(load_record(years="all").triads)
    pairs = table.filter(pl.col("first") != "join").sort("kappa")
    assert pairs.select("first", "second").row(-1) == ("join_gml", "join_mid")
    assert pairs["kappa"].min() > 0.3  # type: ignore[operator]


def test_confusion_adds_up_to_agreement() -> None:
    """Over all crises, the counts are those of the table of agreement; so is kappa in each."""
    record = load_record(years="all")
    table = record.confusion("icb", "gml")
    pair = record.agreement().row(
        by_predicate=(pl.col("first") == "join_icb") & (pl.col("second") == "join_gml"),
        named=True,
    )
    total = table.sum().row(0, named=True)
    assert total["both_join"] == pair["both_join"]
    assert total["both_join"] + total["only_first"] == pair["first_joins"]
    assert total["both_join"] + total["only_second"] == pair["second_joins"]
    cells = ("both_join", "only_first", "only_second", "neither")
    assert sum(total[cell] for cell in cells) == pair["triads"]
    gulf = record.triads.filter(
        pl.col("crisno") == 393, pl.col("join_icb").is_not_null() & pl.col("join_gml").is_not_null()
    )
    kappa = cohen_kappa(gulf["join_icb"] == 1, gulf["join_gml"] == 1)
    found = table.row(by_predicate=pl.col("crisno") == 393, named=True)
    assert found["kappa"] == pytest.approx(kappa)


def test_disagreements_are_what_a_scholar_may_argue_with() -> None:
    """Jamaica over Grenada is undisputed but for ICB; nobody agreed upon is listed."""
    record = load_record(years="all")
    table = record.disagreements()
    codings = table.select("join_icb", "join_hewitt", "join_gml", "join_mid")
    assert (codings.max_horizontal() == 1).all()
    assert (codings.min_horizontal() == 0).all()
    jamaica = table.row(
        by_predicate=(pl.col("crisno") == 343) & (pl.col("partner") == "JAM"), named=True
    )
    assert (jamaica["leader"], jamaica["target"], jamaica["join_icb"]) == ("USA", "GRN", 0)


def test_an_unknown_coding_is_refused() -> None:
    """The message gives the codings there are."""
    with pytest.raises(DataError, match="the codings are icb, hewitt, gml, mid"):
        load_record(years="all").confusion("icb", "cow")  # type: ignore[arg-type]
