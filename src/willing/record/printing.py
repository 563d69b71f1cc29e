"""Print frames as plain columns of text."""

from __future__ import annotations

from typing import Any

import polars as pl


def plain_tables(**options: Any) -> pl.Config:
    """Give a context in which frames print whole and without rulers.

    Parameters
    ----------
    **options
        Further options of `polars.Config`.
    """
    return pl.Config(
        tbl_rows=-1,
        tbl_cols=-1,
        tbl_width_chars=200,
        tbl_hide_dataframe_shape=True,
        tbl_hide_column_data_types=True,
        tbl_formatting="NOTHING",
        **options,
    )
