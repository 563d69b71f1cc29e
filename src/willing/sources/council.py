"""Read who held an elected seat in the UN Security Council."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.errors import DataError
from willing.sources.catalogue import SOURCES
from willing.sources.reading import read_table

# The file's names that the state system spells in another way, with their COW codes. Germany and
# Yemen are dated below.
_NAMES = {
    "Bolivia": 145,
    "Bosnia and Herzegovina": 346,
    "Cabo Verde": 402,
    "Congo": 484,
    "Côte d'Ivoire": 437,
    "Democratic Republic of the Congo": 490,
    "East Germany": 265,
    "Germany": 255,
    "Iran (Islamic Republic of)": 630,
    "Libyan Arab Jamahiriya": 620,
    "Republic of Korea": 732,
    "Syrian Arab Republic": 652,
    "United Arab Republic": 651,
    "United Republic of Tanzania": 510,
    "Venezuela (Bolivarian Republic of)": 101,
    "Viet Nam": 816,
    "Yemen": 679,
}


def read_council_seats(raw: Path, system: pl.DataFrame) -> pl.DataFrame:
    """Read the elected members of the UN Security Council.

    Parameters
    ----------
    raw
        The folder of published files.
    system
        The state system, as `willing.sources.states.state_system` gives it.

    Returns
    -------
    polars.DataFrame
        One row a (state, calendar year) with a seat on some day: ``ccode`` (COW) and ``year``.

    Raises
    ------
    DataError
        If the file is not as published or names a state that we do not know.
    """
    path = SOURCES["council"].path(raw)
    table = read_table(path, {"country": pl.String, "year": pl.Int64})
    names = dict(system.unique("ccode", keep="last").select("name", "ccode").iter_rows()) | _NAMES
    code = pl.col("country").replace_strict(names, default=None, return_dtype=pl.Int64)
    seats = table.with_columns(ccode=code)
    if stray := seats.filter(pl.col("ccode").is_null())["country"].to_list():
        raise DataError(f"{path}, column 'country': no state is called {stray[0]!r}")
    west = (pl.col("ccode") == 255) & (pl.col("year") < 1990)
    return (
        seats.select(ccode=pl.when(west).then(260).otherwise("ccode"), year="year")
        .unique()
        .sort("ccode", "year")
    )
