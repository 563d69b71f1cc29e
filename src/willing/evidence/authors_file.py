"""Read Wolford and Ritter's own replication file, if a user has it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from string import ascii_lowercase

import polars as pl

from willing.errors import DataError
from willing.evidence.model_columns import (
    AFFINITY,
    AUTHORS,
    CLUSTER,
    CONTROLS,
    IDEAL_POINTS,
    OUTCOME,
)
from willing.record.measured import INSECURITY
from willing.sources.reading import read_table, require_columns
from willing.texts import quoted

_THEIRS = tuple(
    AUTHORS.get(name, name) for name in (OUTCOME, CLUSTER, INSECURITY, *IDEAL_POINTS, *CONTROLS)
)
REQUIRED = (OUTCOME, CLUSTER, AUTHORS[INSECURITY])
OPTIONAL = tuple(name for name in (*_THEIRS, *AFFINITY) if name not in REQUIRED)
# Stata's missing values, plain and extended, as its text exports have them.
MISSING = ("", "NA", ".", *(f".{letter}" for letter in ascii_lowercase))
# What each column holds. Polity's scale is an alternative to a dichotomy of regimes.
RANGES: Mapping[str, tuple[float, float]] = {
    CLUSTER: (0.0, 99_999.0),
    "LinsecYoung": (0.0, 1.0),
    "PinsecYoung": (0.0, 1.0),
    "difLPv": (0.0, 20.0),
    "difTPv": (0.0, 20.0),
    "cinc_ell": (0.0, 1.0),
    "cinc_tee": (0.0, 1.0),
    "cinc_pee": (0.0, 1.0),
    "LTdist": (0.0, 25_000.0),
    "PTdist": (0.0, 25_000.0),
    "affLP": (-1.0, 1.0),
    "affTP": (-1.0, 1.0),
}
DICHOTOMIES = (OUTCOME, "LPallies", "unsupport", "pcw", "Lmaj")
REGIMES = ("demL", "demP")
_WEIGHTS = ("weight", "weights", "pweight", "fweight", "aweight", "iweight", "wt", "wgt", "pw")
# Correlates of War codes missing values so.
_COW_MISSING = -9.0
# What is the same in all triads of a leader and her target.
_OF_SIDES = (INSECURITY, "cinc_ell", "cinc_tee", "LTdist", "unsupport", "demL", "pcw", "Lmaj")
SEPARATORS = {".tab": "\t", ".tsv": "\t", ".csv": ","}


def read_wr(path: str | Path, *, note: Callable[[str], object] = lambda _: None) -> pl.DataFrame:
    """Read the columns of the models from the authors' file (doi:10.7910/DVN/KFA3YG).

    Parameters
    ----------
    path
        ``WR_formation_LC`` as Stata (``.dta``), tab-separated (``.tab``, as Dataverse serves it)
        or comma-separated (``.csv``) text, also by semicolons. Column names match whatever their
        case; ``TRUE`` and ``FALSE`` are 1 and 0.
    note
        Told of what is in the file and not used, such as weights.

    Returns
    -------
    polars.DataFrame
        One row a triad: the outcome, the cluster and the covariates under the names of the
        models, and those of the affinity columns that the file has.

    Raises
    ------
    DataError
        If the file cannot be read, is of another kind, lacks the columns of every model, has one
        twice, or a value outside the column's range.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind != ".dta" and kind not in SEPARATORS:
        raise DataError(
            f"{path} is not a kind of file known here; give a .dta, .tab, .tsv or .csv file"
        )
    if not path.is_file():
        raise DataError(f"{path} {'is no regular file' if path.exists() else 'does not exist'}")
    if kind != ".dta":
        _require_text(path)
    separator = "" if kind == ".dta" else _separator(path, SEPARATORS[kind])
    present = _stata_columns(path) if kind == ".dta" else _header(path, separator)
    found = _own_names(path, present)
    # A model that lacks a column is left out; without those of the simplest there is none.
    needed = REQUIRED if len(found) > len(_THEIRS) // 2 else _THEIRS
    require_columns(path, dict.fromkeys([*found, *present]), needed)
    for name in present:
        if name.lower() in _WEIGHTS:
            note(f"the column '{name}' is not used: the models are estimated without weights")
    if kind == ".dta":
        frame = _read_stata(path, list(found.values()))
    else:
        texts = dict.fromkeys(found.values(), pl.String)
        frame = read_table(path, texts, missing=MISSING, separator=separator)
    if not frame.height:
        raise DataError(f"{path} has no rows, only the names of columns")
    taken = pl.DataFrame([_numbers(path, frame[own]).alias(name) for name, own in found.items()])
    for name in taken.columns:
        _check_values(path, taken[name])
    return taken


def own_terms(triads: pl.DataFrame) -> pl.DataFrame:
    """Give the columns of the authors' file the record's names, and tell its leader sides apart.

    Parameters
    ----------
    triads
        What :func:`read_wr` gave.

    Returns
    -------
    polars.DataFrame
        The same rows with the record's names of both insecurities and with ``side``. The file
        names neither leaders nor targets: triads of a crisis belong to one side if all that is L's
        and T's own is the same in them.
    """
    named = triads.rename({old: new for new, old in AUTHORS.items() if old in triads.columns})
    own = [name for name in (CLUSTER, *_OF_SIDES) if name in named.columns]
    return named.with_columns(side=pl.struct(own).rank("dense").cast(pl.Int64) - 1)


def _own_names(path: Path, present: Sequence[str]) -> dict[str, str]:
    """Find the columns of the models, whatever their case, and each of them once."""
    found = {}
    for column in (*REQUIRED, *OPTIONAL):
        alike = [name for name in present if name.lower() == column.lower()]
        if len(alike) > 1:
            raise DataError(f"{path} has both {' and '.join(alike)}; keep the one that is meant")
        if alike:
            found[column] = alike[0]
    return found


def _check_values(path: Path, column: pl.Series) -> None:
    """Raise a `DataError` if a column holds what it cannot, such as a code for missing values."""
    name, values = column.name, column.drop_nulls()
    if name in RANGES:
        low, high = RANGES[name]
        allowed = f"from {low:g} to {high:g}"
        wrong = values.filter(~values.is_between(low, high))
    else:
        allowed = "0 or 1"
        wrong = values.filter(~values.is_in([0.0, 1.0]))
        rest = [value for value in wrong.unique().to_list() if value != _COW_MISSING]
        if name in REGIMES and rest and values.is_between(-10, 10).all():
            return  # Polity's scale, of which -9 is a point
    if len(wrong):
        raise DataError(
            f"{path}, column '{name}': has {wrong[0]:g} in {len(wrong):,} of {len(values):,} rows, "
            f"first in row {int((column == wrong[0]).arg_max() or 0) + 1:,}; it must be {allowed}. "
            "If that stands for a missing value, leave it empty"
        )


def _separator(path: Path, usual: str) -> str:
    """Give what separates the fields: what the ending says, unless the header says otherwise."""
    counts = {separator: len(_header(path, separator)) for separator in (usual, ",", ";", "\t")}
    return max(counts, key=lambda separator: counts[separator])


def _require_text(path: Path) -> None:
    try:
        empty = not path.read_text(encoding="utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise DataError(f"{path} is not UTF-8 text; save it as UTF-8") from error
    except OSError as error:
        raise DataError(f"{path} cannot be read ({error.strerror})") from error
    if empty:
        raise DataError(f"{path} is empty; its first line names the columns")


def _header(path: Path, separator: str) -> list[str]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return next(csv.reader(file, delimiter=separator), [])
    except csv.Error as error:
        raise DataError(f"{path} cannot be read ({error}); save or download it again") from error


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
    except (pyreadstat.PyreadstatError, pyreadstat.ReadstatError) as error:
        raise DataError(f"{path} is cut off or damaged ({error}); download it again") from error
    return pl.DataFrame([pl.Series(name, frame[name].to_list(), strict=False) for name in columns])


def _numbers(path: Path, column: pl.Series) -> pl.Series:
    """Read a column as numbers, also where it holds texts of numbers, or R's TRUE and FALSE."""
    if column.dtype == pl.String:
        words = column.str.strip_chars().str.to_lowercase()
        missing = [word.lower() for word in MISSING]
        column = column.set(words.is_in(missing).fill_null(False), None)
        column = column.set((words == "true").fill_null(False), "1")
        column = column.set((words == "false").fill_null(False), "0").str.strip_chars()
    cast = column.cast(pl.Float64, strict=False)
    lost = column.filter(column.is_not_null() & cast.is_null())
    if len(lost):
        raise DataError(f"{path}, column '{column.name}': {quoted(lost[0])} is not a number")
    return cast.fill_nan(None)
