"""What is known about a leader and her state on a day: the covariates of the survival model."""

from __future__ import annotations

import polars as pl

from willing.security.elections import add_elections, latest
from willing.security.history import add_history
from willing.security.leader_files import LeaderFiles
from willing.security.leader_units import YEAR
from willing.sources.keys import look_up

# CHISOLS and Archigos differ by some days on when a leader entered.
ENTRY_TOLERANCE = "10d"
# A dispute or war still counts for a year after it ended.
AFTERMATH_DAYS = 365


def add_features(rows: pl.DataFrame, files: LeaderFiles) -> pl.DataFrame:
    """Add the covariates, none of which depends on anything after the day ``known``.

    Parameters
    ----------
    rows
        Units: columns of Archigos, ``ccode``, ``date`` and ``known``, as
        `willing.security.leader_units` gives them.
    files
        What `willing.security.leader_files.read_leader_files` gave.

    Returns
    -------
    polars.DataFrame
        `rows`, same order, with the covariates that `willing.security.survival_design` names.
        Yearly scores are those of the year before.
    """
    years = pl.col("date") - pl.col("start")
    rows = rows.with_columns(
        tenure=years.dt.total_days() / YEAR, age=pl.col("date").dt.year() - pl.col("born")
    )
    rows = look_up(rows, files.careers, ["obsid"])
    rows = _add_support(rows, files.support)
    rows = add_regime(rows, files.regimes)
    rows = add_last_year(rows, files)
    rows = add_elections(rows, files.elections)
    rows = add_history(rows, files.spells)
    return _add_conflict(rows, files)


def _add_support(rows: pl.DataFrame, support: pl.DataFrame) -> pl.DataFrame:
    """Add whose support a leader had when she entered, known from that day on."""
    entries = rows.select("obsid", "ccode", "start").unique("obsid").sort("start", "obsid")
    affiliation = pl.col("affiliation")
    matched = entries.join_asof(
        support.sort("entered"),
        left_on="start",
        right_on="entered",
        by="ccode",
        strategy="nearest",
        tolerance=ENTRY_TOLERANCE,
        check_sortedness=False,
    ).select(
        "obsid",
        "support_changed",
        military_support=affiliation.str.starts_with("Mil"),
        non_party=affiliation.str.starts_with("Non-party"),
        coalition_partners=affiliation.str.count_matches("/"),
    )
    return look_up(rows, matched, ["obsid"])


def add_regime(rows: pl.DataFrame, regimes: pl.DataFrame) -> pl.DataFrame:
    """Add the kind of ``regime`` on the day ``known``; missing where REIGN has none."""
    rows = latest(rows, regimes, on="since")
    lasts = pl.col("until") >= pl.col("known")
    return rows.with_columns(regime=pl.when(lasts).then("regime")).drop("since", "until")


def add_last_year(rows: pl.DataFrame, files: LeaderFiles) -> pl.DataFrame:
    """Add democracy (two scores), income and growth of the year before ``date``, by ``ccode``."""
    rows = rows.with_columns(_year=(pl.col("date").dt.year() - 1).cast(pl.Int64))
    for table in (files.democracy, files.income):
        rows = look_up(rows, table.rename({"year": "_year"}), ["ccode", "_year"])
    return rows.drop("_year")


def _add_conflict(rows: pl.DataFrame, files: LeaderFiles) -> pl.DataFrame:
    """Add civil war on the day, and use of force between states in the year before it."""
    return rows.with_columns(
        civil_war=_touched(rows, files.civil_wars, aftermath=0),
        interstate_force=_touched(rows, files.disputes, aftermath=AFTERMATH_DAYS),
    )


def _touched(rows: pl.DataFrame, spells: pl.DataFrame, *, aftermath: int) -> pl.Series:
    """Say whether a spell of the state lasts, or ended at most `aftermath` days ago.

    A list covers the years up to the one in which its last spell began; later on it is missing.
    """
    keyed = rows.select("ccode", "known").with_row_index("_row")
    until = pl.col("until").fill_null(pl.col("known")) + pl.duration(days=aftermath)
    touched = (
        keyed.join(spells.select("ccode", "since", "until"), on="ccode")
        .filter(pl.col("since") <= pl.col("known"), pl.col("known") <= until)["_row"]
        .unique()
    )
    covered = pl.col("known").dt.year() <= spells["since"].dt.year().max()
    return keyed.select(pl.when(covered).then(pl.col("_row").is_in(touched.implode()))).to_series()
