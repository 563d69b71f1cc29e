"""Read Wolford and Ritter's own replication file, if a user has it."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import polars as pl

from willing.errors import DataError
from willing.evidence.formation import AFFINITY, AUTHORS, CLUSTER, CONTROLS, IDEAL_POINTS, OUTCOME
from willing.record.measured import INSECURITY
from willing.sources.reading import read_table, require_columns

REQUIRED = tuple(
    AUTHORS.get(name, name) for name in (OUTCOME, CLUSTER, INSECURITY, *IDEAL_POINTS, *CONTROLS)
)
OPTIONAL = AFFINITY
MISSING = ("", "NA", ".")
SEPARATORS = {".tab": "\t", ".tsv": "\t", ".csv": ","}


def read_wr(path: str | Path) -> pl.DataFrame:
    """Read the columns of the models from the authors' file (doi:10.7910/DVN/KFA3YG).

    Parameters
    ----------
    path
        ``WR_formation_LC`` as Stata (``.dta``), tab-separated (``.tab``, as Dataverse serves it)
        or comma-separated (``.csv``) text. Column names match whatever their case.

    Returns
    -------
    polars.DataFrame
        One row a triad: the outcome, the cluster and the covariates under the names of the
        models, and those of the affinity columns that the file has.

    Raises
    ------
    DataError
        If the file cannot be read, is of another kind, or lacks a column.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind != ".dta" and kind not in SEPARATORS:
        raise DataError(
            f"{path} is not a kind of file known here; give a .dta, .tab, .tsv or .csv file"
        )
    present = _stata_columns(path) if kind == ".dta" else _header(path, SEPARATORS[kind])
    own_name = {name.lower(): name for name in present}
    found = {c: own_name[c.lower()] for c in (*REQUIRED, *OPTIONAL) if c.lower() in own_name}
    require_columns(path, [*found, *present], REQUIRED)
    if kind == ".dta":
        frame = _read_stata(path, list(found.values()))
    else:
        frame = read_table(
            path,
            dict.fromkeys(found.values(), pl.Float64),
            missing=MISSING,
            separator=SEPARATORS[kind],
        )
    return frame.select(pl.col(own).alias(name) for name, own in found.items())


def _header(path: Path, separator: str) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file, delimiter=separator), [])
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read ({error}); download the file again") from error


def _stata_columns(path: Path) -> list[str]:
    import pyreadstat

    try:
        _, meta = pyreadstat.read_dta(str(path), metadataonly=True)
    except (OSError, pyreadstat.PyreadstatError, pyreadstat.ReadstatError) as error:
        raise DataError(f"{path} is not a readable Stata file ({error})") from error
    return list(meta.column_names)


def _read_stata(path: Path, columns: Sequence[str]) -> pl.DataFrame:
    import pyreadstat

    try:
        frame, _ = pyreadstat.read_dta(str(path), usecols=list(columns))
        return pl.from_pandas(frame).select(pl.col(columns).cast(pl.Float64).fill_nan(None))
    except (pyreadstat.PyreadstatError, pyreadstat.ReadstatError) as error:
        raise DataError(f"{path} is cut off or damaged ({error}); download it again") from error
    except pl.exceptions.PolarsError as error:
        raise DataError(f"{path} holds text where numbers are needed ({error})") from error
