"""The first stage of the estimates, insecurity, ready to be estimated again on redrawn leaders."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from willing.errors import DataError
from willing.files import replacing
from willing.record.store import Record
from willing.security.features import add_features
from willing.security.folds import cross_fit
from willing.security.model import SurvivalModel
from willing.security.scores import DIGITS, LeaderSurvival
from willing.security.units import leaders_on
from willing.sources.keys import look_up

EMBEDDED = Path(__file__).parent / "embedded"
QUARTERS, DATED = "leaders_quarters.parquet", "leaders_dated.parquet"

# What the survival model does not look at.
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
    "quarter",
    "year_end",
    "known",
)


@dataclass(frozen=True, eq=False)
class FirstStage:
    """Leaders with everything that the survival model looks at.

    Attributes
    ----------
    quarters
        The rows the model is estimated from: leader-quarters with covariates and outcome, the
        leaders numbered in ``leadid``.
    dated
        Leaders of the record's states on the day before each crisis, with covariates, ``ccode``
        and ``date``.
    """

    quarters: pl.DataFrame
    dated: pl.DataFrame

    @property
    def leaders(self) -> list[str]:
        """Numbers of the leaders in the sample."""
        return self.quarters["leadid"].unique().sort().to_list()

    def redraw(self, rng: np.random.Generator) -> pl.DataFrame:
        """Estimate insecurity from leaders drawn with replacement.

        A leader drawn twice counts twice; the cross-fit deals whole persons to folds, so that
        nobody's own exit trains her score, however often she is drawn.

        Returns
        -------
        polars.DataFrame
            ``ccode``, ``date`` and ``insecurity``.
        """
        leaders = self.leaders
        return self.score(rng.multinomial(len(leaders), np.full(len(leaders), 1 / len(leaders))))

    def score(self, counts: ArrayLike) -> pl.DataFrame:
        """Estimate insecurity with each leader counted as often as `counts` says, (leaders,)."""
        times = pl.DataFrame({"leadid": self.leaders, "_times": np.asarray(counts, dtype=float)})
        weighted = look_up(self.quarters, times, ["leadid"]).with_columns(
            exposure=pl.col("exposure") * pl.col("_times")
        )
        scores = pl.Series(
            "insecurity", cross_fit(weighted, SurvivalModel()).score(self.dated)
        ).round(DIGITS)
        return self.dated.select("ccode", "date", scores)

    def write(self, folder: Path) -> None:
        """Write the two tables as Parquet files."""
        for name, frame in ((QUARTERS, self.quarters), (DATED, self.dated)):
            with replacing(folder / name) as path:
                frame.write_parquet(
                    path, compression="zstd", compression_level=19, statistics=False
                )


def load_first_stage(folder: Path = EMBEDDED) -> FirstStage:
    """Load the first stage, by default the one that belongs to the embedded record.

    Raises
    ------
    DataError
        If a file is not there or is damaged.
    """
    try:
        return FirstStage(pl.read_parquet(folder / QUARTERS), pl.read_parquet(folder / DATED))
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DataError(
            f"the leaders of the first stage cannot be read from {folder} ({error}); "
            "write them with willing.structural.first_stage"
        ) from error


def first_stage_of(survival: LeaderSurvival, record: Record) -> FirstStage:
    """Take what the survival model knows of all leaders, and of those of the record's crises.

    Parameters
    ----------
    survival
        What `willing.security.scores.survival_of_leaders` gave.
    record
        The record with every leader rule.
    """
    keys = pl.concat(
        record.triads.select(ccode=state, date="start") for state in ("leader", "partner")
    )
    dated = add_features(
        leaders_on(survival.files.spells, keys.unique().sort("ccode", "date")), survival.files
    )
    known = survival.quarters["leadid"].unique().sort()
    number = pl.DataFrame({"leadid": known, "_number": pl.int_range(len(known), eager=True)})

    def slim(frame: pl.DataFrame) -> pl.DataFrame:
        # Padded, so that the numbers sort as the identifiers and are dealt to the same folds.
        return (
            look_up(frame, number, ["leadid"])
            .filter(pl.col("_number").is_not_null())
            .with_columns(
                pl.col("_number").cast(pl.String).str.zfill(5).alias("leadid"),
                pl.col(pl.Float64).cast(pl.Float32),
            )
            .drop("_number", *_UNUSED, strict=False)
        )

    return FirstStage(slim(survival.quarters), slim(dated))


def with_insecurity(record: Record, scores: pl.DataFrame, column: str) -> Record:
    """Put other scores of insecurity in a record, in `column` for L and ``PinsecYoung`` for P."""
    triads = record.triads
    for state, name in (("leader", column), ("partner", "PinsecYoung")):
        found = scores.rename({"ccode": state, "date": "start", "insecurity": "_score"})
        triads = look_up(triads, found, [state, "start"])
        triads = triads.with_columns(pl.col("_score").alias(name)).drop("_score")
    return replace(record, triads=triads)
