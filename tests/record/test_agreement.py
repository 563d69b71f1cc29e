"""Agreement of codings, by Cohen's kappa."""

import polars as pl
import pytest

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
    table = coding_agreement(load_record().triads)
    pairs = table.filter(pl.col("first") != "join").sort("kappa")
    assert pairs.select("first", "second").row(-1) == ("join_gml", "join_mid")
    assert pairs["kappa"].min() > 0.3  # type: ignore[operator]
