"""Read what the United States obligated in aid, by country and fiscal year."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from willing.errors import DataError
from willing.sources.catalogue import SOURCES
from willing.sources.reading import read_table

CODES = Path(__file__).with_name("aid_codes.csv")
# The fiscal year began on 1 July to 1976 and on 1 October from 1977; the quarter between is
# counted with 1976.
TRANSITION = "1976tq"
# The file gives former states one code, the text NULL, and tells them apart by name.
BY_NAME = "NULL"
_MILLION = 1e6


def read_aid(raw: Path) -> pl.DataFrame:
    """Read the obligations of US aid, economic and military.

    An obligation is a promise with money behind it; loans count at face value in the year they
    are signed. Disbursements, which the file has from about 2001 only, are left out.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a (state, fiscal year) with an obligation or its cancellation: ``ccode`` (COW;
        missing for regions, territories, West Berlin and Germany under occupation), ``fy``,
        ``aid`` (millions of dollars of fiscal year 2019, signed), ``aid_current`` (of the year's
        own dollars), ``rows`` (lines of the file), ``negative_rows`` (those that cancel), ``tq``
        (the transition quarter of 1976 is in it) and ``shared_code`` (the file's code is not the
        state's own: shared with another state, or one of several). Ordered by state and year.

    Raises
    ------
    DataError
        If the file is not as published, or has a country that we cannot place.
    """
    path = SOURCES["us_aid"].path(raw)
    table = read_table(
        path,
        {
            "country_code": pl.String,
            "country_name": pl.String,
            "transaction_type_name": pl.String,
            "fiscal_year": pl.String,
            "current_amount": pl.Float64,
            "constant_amount": pl.Float64,
        },
    ).filter(pl.col("transaction_type_name") == "Obligations")
    placed = _place(path, table.with_columns(fy=_fiscal_year(path, table["fiscal_year"])))
    return (
        placed.group_by("ccode", "fy")
        .agg(
            aid=pl.col("constant_amount").sum() / _MILLION,
            aid_current=pl.col("current_amount").sum() / _MILLION,
            rows=pl.len().cast(pl.Int64),
            negative_rows=(pl.col("constant_amount") < 0).sum().cast(pl.Int64),
            tq=(pl.col("fiscal_year") == TRANSITION).any(),
            shared_code=pl.col("shared").any(),
        )
        .sort("ccode", "fy")
    )


def aid_codes() -> pl.DataFrame:
    """Give the file's codes of countries with the states they stand for.

    Returns
    -------
    polars.DataFrame
        One row a (code, name, spell of fiscal years): ``code``, ``name``, ``since`` and ``until``
        (first and last fiscal year, missing where open), ``ccode`` (COW; missing where the code
        is no state's) and ``shared`` (other states have the code, or the state has others).
    """
    codes = pl.read_csv(
        CODES,
        schema={
            "code": pl.String,
            "name": pl.String,
            "since": pl.Int64,
            "until": pl.Int64,
            "ccode": pl.Int64,
        },
    )
    several = pl.col("code").n_unique().over("ccode") > 1
    return codes.with_columns(
        shared=(pl.col("code") == BY_NAME)
        | (pl.len().over("code", "name") > 1)
        | (several & pl.col("ccode").is_not_null())
    )


def _fiscal_year(path: Path, text: pl.Series) -> pl.Series:
    """The fiscal year as a number, the transition quarter with 1976."""
    years = text.str.strip_suffix("tq").cast(pl.Int64, strict=False)
    bad = text.filter(years.is_null() | (text.str.ends_with("tq") & (text != TRANSITION)))
    if len(bad):
        raise DataError(f"{path}, column 'fiscal_year': {bad[0]!r} is neither a year nor 1976tq")
    return years


def _place(path: Path, table: pl.DataFrame) -> pl.DataFrame:
    """Put every line to the state that its code and name stand for in its year."""
    by_name = pl.col("code") == BY_NAME
    key = [pl.col("code"), pl.when(by_name).then("name").alias("name")]
    codes = aid_codes().with_columns(key)
    lines = table.rename({"country_code": "code", "country_name": "name"}).with_columns(key)
    lines = lines.with_row_index("line")
    placed = lines.join(codes, on=["code", "name"], how="inner", nulls_equal=True).filter(
        pl.col("fy") >= pl.col("since").fill_null(pl.col("fy")),
        pl.col("fy") <= pl.col("until").fill_null(pl.col("fy")),
    )
    if stray := lines.join(placed, on="line", how="anti").rows(named=True):
        raise DataError(
            f"{path}, column 'country_code': cannot place {stray[0]['code']!r} "
            f"({stray[0]['name'] or 'no name asked'}) in fiscal year {stray[0]['fy']}; "
            f"add it to {CODES.name}"
        )
    return placed
