"""Which crises and partners the test is run on, declared before it was run."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from willing.payments.panel import Series
from willing.sources.states import EGYPT, ISRAEL, SOUTH_VIETNAM

# The files begin in 1946 and 1950, and the first to end does in 2021. Crises of these years have
# the years before and the three years after inside all of them, also with half a year's shift.
YEARS = (1954, 2016)
PRIMARY = "first join"
TESTED: tuple[Series, ...] = ("aid", "tiv")
# A gain that would be a payment by anybody's measure, in millions of 2019 dollars.
LARGE_GAIN = 500.0

_VIETNAM = (1961, 1973)

SAMPLES: Mapping[str, pl.Expr] = MappingProxyType(
    {
        PRIMARY: ~pl.col("recent"),
        "all joins": pl.col("join").is_not_null(),
        "third parties": ~pl.col("actor"),
        "without 1961-73": ~pl.col("year").is_between(*_VIETNAM),
        "without South Vietnam": pl.col("partner") != SOUTH_VIETNAM,
        "without Egypt, Israel": ~pl.col("partner").is_in((EGYPT, ISRAEL)),
        "without 1990": pl.col("year") != 1990,
        "to 1999": pl.col("year") <= 1999,
        "from 2000": pl.col("year") >= 2000,
    }
)
