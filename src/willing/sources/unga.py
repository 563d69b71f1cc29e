"""Read what states revealed of their preferences by their votes in the UN General Assembly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from willing.errors import DataError
from willing.sources.catalogue import SOURCES
from willing.sources.keys import require_unique
from willing.sources.reading import read_table, require_columns

IdealPoints = Literal["all", "final_passage", "legacy", "2020"]

# The release of July 2025 carries three series.
_SERIES = {
    "all": "idealpointall",
    "final_passage": "idealpointfp",
    "legacy": "idealpointlegacy",
}

YES, ABSTAIN, NO = 1, 2, 3


@dataclass(frozen=True)
class VotingSimilarity:
    """How alike the voters of one session voted.

    Attributes
    ----------
    s_score : (n, n) float64
        Signorino and Ritter's S with equal weights, -1 to 1; NaN without a common roll call.
    joint : (n, n) int64
        Number of roll calls on which both cast a vote.
    """

    s_score: NDArray[np.float64]
    joint: NDArray[np.int64]


def read_ideal_points(raw: Path, *, series: IdealPoints = "all") -> pl.DataFrame:
    """Read the ideal points of Bailey, Strezhnev and Voeten.

    Members that voted only: none for South Vietnam, the Koreas before 1991, the Germanies before
    1973 or Switzerland before 2002. The 19th session (1964) took no recorded votes to speak of,
    and no series has it.

    Parameters
    ----------
    raw
        The folder of published files.
    series
        ``"all"``: from all votes, the method of the published article, release of July 2025;
        ``"final_passage"``: from votes on final passage; ``"legacy"``: from the roll calls of the
        older releases; ``"2020"``: all votes in the release of April 2020.

    Returns
    -------
    polars.DataFrame
        One row a state-year: ``ccode``, ``year`` (the year in which the session opened),
        ``ideal_point`` (about -3 to 3, higher is closer to the liberal West).

    Raises
    ------
    DataError
        If the file cannot be read, lacks a column or repeats a state-year, or if `series` is none
        of the four.
    """
    if series == "2020":
        path = SOURCES["ideal_points_2020"].path(raw)
        table = read_table(
            path,
            {"ccode": pl.Int64, "session": pl.Int64, "IdealPoint": pl.Float64},
            encoding="latin-1",
        ).select("ccode", year=pl.col("session") + 1945, ideal_point="IdealPoint")
    elif series in _SERIES:
        path = SOURCES["ideal_points"].path(raw)
        table = _read_stata(path, ["ccode", "year", _SERIES[series]]).select(
            pl.col("ccode", "year").cast(pl.Int64), ideal_point=_SERIES[series]
        )
    else:
        raise DataError(f"series={series!r}; choose one of {', '.join([*_SERIES, '2020'])}")
    points = table.drop_nulls("ideal_point")
    require_unique(points, ["ccode", "year"], what=path)
    return points.sort("ccode", "year")


def read_votes(raw: Path) -> pl.DataFrame:
    """Read the votes cast in the UN General Assembly: yes, abstention or no.

    Absences and the cells of states that were not members are left out: the published file is a
    full grid of states by roll calls.

    Parameters
    ----------
    raw
        The folder of published files.

    Returns
    -------
    polars.DataFrame
        One row a vote cast: ``rcid`` (roll call), ``year`` (in which the session opened),
        ``ccode``, ``vote`` (1 yes, 2 abstention, 3 no).

    Raises
    ------
    DataError
        If the file cannot be read or lacks a column, or if a state votes twice on a roll call.
    """
    path = SOURCES["un_votes"].path(raw)
    columns = ("rcid", "year", "ccode", "vote")
    try:
        table = pl.read_parquet(path)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise DataError(f"{path} cannot be read ({error}); fetch the file again") from error
    require_columns(path, table.columns, columns)
    votes = table.select(pl.col(columns).cast(pl.Int64)).filter(
        pl.col("vote").is_in([YES, ABSTAIN, NO])
    )
    require_unique(votes, ["rcid", "ccode"], what=path)
    return votes


def voting_similarity(votes: NDArray[np.integer]) -> VotingSimilarity:
    """Compare every pair of voters of one session.

    Parameters
    ----------
    votes : (n, r) int
        Vote of each of n states on each of r roll calls: 1 yes, 2 abstention, 3 no; any other
        number is no vote.

    Returns
    -------
    VotingSimilarity
        ``S = 1 - 2 sum |v_i - v_j| / (d_max joint)`` with ``d_max = 2``, over the roll calls on
        which both voted (Signorino and Ritter 1999, International Studies Quarterly 43: 115-144).
    """
    yes, abstain, no = ((votes == kind).astype(np.float64) for kind in (YES, ABSTAIN, NO))
    cast = yes + abstain + no
    joint = cast @ cast.T
    # |v_i - v_j| is 1 between an abstention and a yes or a no, 2 between a yes and a no.
    apart = abstain @ (yes + no).T + 2 * (yes @ no.T)
    distance = apart + apart.T
    s_score = np.full_like(joint, np.nan)
    np.divide(distance, joint, out=s_score, where=joint > 0)
    return VotingSimilarity(s_score=1 - s_score, joint=joint.astype(np.int64))


def voting_affinity(
    votes: pl.DataFrame, dyads: pl.DataFrame, *, minimum_votes: int = 5
) -> pl.DataFrame:
    """Give the S score of pairs of states in the session of a year.

    Parameters
    ----------
    votes
        As `read_votes` gives them.
    dyads
        Columns ``ccode1``, ``ccode2``, ``year``, whole numbers; missing ones match no session.
    minimum_votes
        Least number of roll calls on which both must have voted. The default keeps out the single
        roll call of 1964 and states that hardly took part.

    Returns
    -------
    polars.DataFrame
        `dyads`, same rows and order, with ``affinity`` (-1 to 1; missing below `minimum_votes`) and
        ``joint_votes`` (missing where a state cast no vote in the session). Both are symmetric.
    """
    affinity = np.full(len(dyads), np.nan)
    joint = np.full(len(dyads), np.nan)
    sessions = votes.partition_by("year", as_dict=True)
    rows = dyads.select("ccode1", "ccode2", "year").with_row_index("row").drop_nulls()
    for year, asked in rows.partition_by("year", as_dict=True).items():
        if year not in sessions:
            continue
        states, ballots = _ballots(sessions[year])
        similarity = voting_similarity(ballots)
        i, j = (np.searchsorted(states, asked[code]) for code in ("ccode1", "ccode2"))
        i, j = np.minimum(i, len(states) - 1), np.minimum(j, len(states) - 1)
        voted = (states[i] == asked["ccode1"].to_numpy()) & (
            states[j] == asked["ccode2"].to_numpy()
        )
        row, i, j = asked["row"].to_numpy()[voted], i[voted], j[voted]
        affinity[row], joint[row] = similarity.s_score[i, j], similarity.joint[i, j]
    affinity[~(joint >= minimum_votes)] = np.nan
    return dyads.with_columns(
        pl.Series("affinity", affinity, nan_to_null=True),
        pl.Series("joint_votes", joint, nan_to_null=True).cast(pl.Int64),
    )


def _ballots(session: pl.DataFrame) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The states that voted in one session, ordered, and their votes: states by roll calls."""
    states, row = np.unique(session["ccode"].to_numpy(), return_inverse=True)
    roll_calls, column = np.unique(session["rcid"].to_numpy(), return_inverse=True)
    ballots = np.zeros((len(states), len(roll_calls)), dtype=np.int64)
    ballots[row, column] = session["vote"].to_numpy()
    return states, ballots


def _read_stata(path: Path, columns: list[str]) -> pl.DataFrame:
    """Read the named columns of a Stata file; Stata's missing values become null."""
    import pyreadstat

    try:
        _, header = pyreadstat.read_dta(path, metadataonly=True)
        require_columns(path, header.column_names, columns)
        data, _ = pyreadstat.read_dta(path, usecols=columns, output_format="dict")
    except (OSError, pyreadstat.PyreadstatError, pyreadstat.ReadstatError) as error:
        raise DataError(f"{path} cannot be read ({error}); fetch the file again") from error
    return pl.DataFrame(data, nan_to_null=True)
