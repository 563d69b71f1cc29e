"""What punished exits say of the value of office."""

import polars as pl
import pytest

from willing.record.office_at_stake import office_at_stake
from willing.record.store import load_record


def test_the_share_punished_is_that_of_the_exits_that_a_defeat_adds() -> None:
    """Counted by hand from the record: differences of rates after defeat and after victory."""
    outcomes = load_record(years="all").outcomes
    found = office_at_stake(outcomes)
    rates = (
        outcomes.filter(
            pl.col("source") == "icb", pl.col("lost_office").is_not_null(), punished_known
        )
        .group_by("outcome")
        .agg(
            lost=pl.col("lost_office").mean(),
            both=(pl.col("lost_office") * pl.col("punished_after")).mean(),
        )
    )
    by = {row["outcome"]: row for row in rates.to_dicts()}
    added = by["defeat"]["lost"] - by["victory"]["lost"]
    harsh = by["defeat"]["both"] - by["victory"]["both"]
    assert found.share == pytest.approx(harsh / added)
    assert 0.0 < found.share_error < 0.5
    assert f"{found.share:.2f} are punished" in str(found)


punished_known = pl.col("punished_after").is_not_null()
