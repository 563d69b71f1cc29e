"""The leaders that the package carries, so that measures can be fitted again without raw files."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import polars as pl

from willing.errors import DataError
from willing.files import replacing
from willing.numbers import Ints
from willing.security.leader_files import LeaderFiles
from willing.security.leader_sample import LeaderSample, leaders_to_score
from willing.sources.keys import look_up

EMBEDDED = Path(__file__).parent / "embedded"
DATED = "dated"
# What no measure looks at.
_UNUSED = (
    "obsid",
    "gwcode",
    "leader_name",
    "start",
    "end",
    "exit",
    "lost_office",
    "forced_out",
    "fate",
    "born",
    "known",
    "number",
)


@dataclass(frozen=True, eq=False)
class StoredLeaders:
    """Leaders to estimate measures from, and leaders to score.

    Attributes
    ----------
    sample
        What measures are estimated from, persons numbered in ``leadid``.
    dated
        Leaders of the record's states on the day before each of its crises, with ``ccode`` and
        ``date`` and all that the measures look at.
    """

    sample: LeaderSample
    dated: pl.DataFrame

    def write(self, folder: Path) -> None:
        """Write a Parquet file a table."""
        tables = {f.name: getattr(self.sample, f.name) for f in fields(self.sample)}
        for name, frame in {**tables, DATED: self.dated}.items():
            with replacing(folder / f"{name}.parquet") as path:
                frame.write_parquet(
                    path, compression="zstd", compression_level=19, statistics=False
                )


def places_of(rows: pl.DataFrame, state: str, leaders: pl.DataFrame) -> Ints:
    """Find where in a table of leaders those of rows stand, shape (rows,).

    Parameters
    ----------
    rows
        With the day in ``start``.
    state
        The column with the leaders' states.
    leaders
        With ``ccode`` and ``date``, as `StoredLeaders.dated`.

    Returns
    -------
    numpy.ndarray
        Numbers of rows of `leaders`; its height where nobody is known to lead.
    """
    keyed = leaders.with_row_index("_at").select(
        pl.col("ccode").cast(pl.Int64), "date", pl.col("_at").cast(pl.Int64)
    )
    keys = rows.select(ccode=pl.col(state).cast(pl.Int64), date="start")
    return look_up(keys, keyed, ["ccode", "date"])["_at"].fill_null(leaders.height).to_numpy()


def load_leaders(folder: Path = EMBEDDED) -> StoredLeaders:
    """Load the leaders, by default those that belong to the embedded record.

    Raises
    ------
    DataError
        If a file is not there or is damaged.
    """
    try:
        tables = {
            f.name: pl.read_parquet(folder / f"{f.name}.parquet") for f in fields(LeaderSample)
        }
        return StoredLeaders(LeaderSample(**tables), pl.read_parquet(folder / f"{DATED}.parquet"))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DataError(
            f"the leaders cannot be read from {folder} ({error}); write them again with "
            "willing.security.stored_leaders"
        ) from error


def store_leaders(sample: LeaderSample, files: LeaderFiles, days: pl.DataFrame) -> StoredLeaders:
    """Take all leaders, and those in office on some days, with what the measures look at.

    Parameters
    ----------
    sample
        What `willing.security.leader_sample.sample_leaders` gave.
    files
        What `willing.security.leader_files.read_leader_files` gave.
    days
        ``ccode`` and ``date``, no pair twice: who is to be scored.
    """
    dated = leaders_to_score(files, days)
    # Leaders who came after the sample are scored, though nothing is fitted to them.
    persons = pl.concat([pl.Series("leadid", sample.leaders), dated["leadid"]]).unique().sort()
    number = pl.DataFrame({"leadid": persons}).with_row_index("_number")

    def slim(frame: pl.DataFrame) -> pl.DataFrame:
        # Padded, so that the numbers sort as the identifiers and are dealt to the same folds.
        return (
            look_up(frame, number, ["leadid"])
            .with_columns(
                pl.col("_number").cast(pl.String).str.zfill(5).alias("leadid"),
                pl.col(pl.Float64).cast(pl.Float32),
                pl.col(pl.Int64).cast(pl.Int32),
            )
            .drop("_number", *_UNUSED, strict=False)
        )

    tables = {f.name: slim(getattr(sample, f.name)) for f in fields(sample)}
    return StoredLeaders(LeaderSample(**tables), slim(dated))
