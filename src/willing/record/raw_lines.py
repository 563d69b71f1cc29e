"""Lines of the published files, with their numbers, as a reader would find them there."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from willing.record.weighing import Evidence
from willing.sources.catalogue import SOURCES
from willing.sources.mid import FILES, MidSource

# What is shown of the published rows.
SHOWN: Mapping[str, tuple[str, ...]] = {
    "icb_crises": (
        "crisname",
        "yrtrig",
        "motrig",
        "datrig",
        "yrterm",
        "moterm",
        "daterm",
        "forout",
    ),
    "icb_actors": (
        "cracno",
        "cracid",
        "actor",
        "southv",
        "majres",
        "crismg",
        "outcom",
        "globact",
        "globfavr",
    ),
    "icb_dyads": (
        "year",
        "statea",
        "namea",
        "actnuma",
        "stateb",
        "nameb",
        "actnumb",
        "trgyrdy",
        "trgmody",
        "trgdady",
    ),
}
_WHAT = {
    "icb_crises": "the crisis",
    "icb_actors": "its crisis actors: southv is the source of threat; majres or crismg from 6 on a "
    "military response",
    "icb_dyads": "Hewitt's dyads: 9999 is no crisis actor",
}
_SPELL = ("ccode", "styear", "stmon", "stday", "endyear", "endmon", "endday", "sidea")


def crisis_lines(folder: Path, number: int) -> dict[str, pl.DataFrame]:
    """Give the lines of ICB's and Hewitt's files on a crisis, by heading."""
    parts = {}
    for key, what in _WHAT.items():
        lines = numbered_lines(folder, key).filter(pl.col("crisno").cast(pl.Int64) == number)
        parts[f"{SOURCES[key].file}: {what}"] = lines.select("line", *SHOWN[key])
    return parts


def dispute_lines(folder: Path, evidence: Evidence, source: MidSource) -> pl.DataFrame:
    """Give the lines of a file of disputes in those that belong to the crises of `evidence`."""
    rows = numbered_lines(folder, FILES[source]).with_columns(
        pl.col("dispnum", "ccode").cast(pl.Int64)
    )
    shown = rows.join(evidence.disputes[source], on="dispnum", how="semi")
    return shown.select("line", "dispnum", *_SPELL, "hiact", "orig")


def numbered_lines(folder: Path, key: str) -> pl.DataFrame:
    """Give the rows of a published file as they stand there, with the number of their line."""
    table = pl.read_csv(SOURCES[key].path(folder), infer_schema=False, encoding="utf8-lossy")
    return table.with_row_index("line", offset=2)
