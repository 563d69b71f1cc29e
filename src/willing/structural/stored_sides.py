"""The leader sides of the stored estimates, kept so that a forecast need not lay them out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from willing.divergence.completion import EMBEDDED
from willing.files import replacing_all
from willing.record.manifest import Manifest
from willing.record.store import Record, load_record
from willing.sources.catalogue import checksum
from willing.structural.coalition_model import CoalitionModel
from willing.structural.leader_sides import Sides
from willing.structural.stored import sample_of

STORED_SIDES = Path(__file__).with_name("sides.parquet")
# What sides are laid out from: tables of the record, and positions of states.
_TABLES, _POSITIONS = ("crises", "triads", "security"), EMBEDDED / "states.parquet"
_OF_SIDES = (
    *("crisis", "leader", "target", "leader_strength", "target_strength"),
    *("insecurity", "retention"),
)
_OF_CANDIDATES = ("partner", "strength", "joined")


def renew_sides(*, path: Path = STORED_SIDES) -> None:
    """Lay out the leader sides of the embedded record for the default model, and keep them."""
    sample = sample_of(load_record(years="all"))
    store_sides(CoalitionModel().sides(sample, checked=False), sample, path=path)


def store_sides(sides: Sides, sample: Record, *, path: Path) -> None:
    """Write leader sides, a row a candidate, and beside them what they were laid out from."""
    owner = sides.owner
    named = {"name": np.array(sides.names)[owner]}
    of_side = {name: getattr(sides, name)[owner] for name in _OF_SIDES}
    of_candidate = {name: getattr(sides, name) for name in _OF_CANDIDATES}
    design = {term: sides.design[:, place] for place, term in enumerate(sides.terms)}
    rows = pl.DataFrame({**named, **of_side, **of_candidate}).hstack(pl.DataFrame(design))
    kept = {"of": _sources(sample.manifest), "account": dict(sides.account)}
    with replacing_all(path.parent) as place_of:
        rows.write_parquet(
            place_of(path.name), compression="zstd", compression_level=9, statistics=False
        )
        text = json.dumps(kept, indent=1) + "\n"
        place_of(path.with_suffix(".json").name).write_text(text, encoding="utf-8")


def stored_sides(manifest: Manifest, *, path: Path = STORED_SIDES) -> Sides | None:
    """Give the leader sides of a record for the default model; None if others are kept.

    Parameters
    ----------
    manifest
        That of the record, whose tables must be as they are stored.
    path
        Where they are kept.
    """
    about = path.with_suffix(".json")
    kept = json.loads(about.read_text(encoding="utf-8")) if about.exists() else {}
    if kept.get("of") != _sources(manifest):
        return None
    rows = pl.read_parquet(path)
    first = rows.with_row_index("_row").unique("name", keep="first", maintain_order=True)
    terms = tuple(rows.columns[1 + len(_OF_SIDES) + len(_OF_CANDIDATES) :])
    arrays: dict[str, Any] = {name: first[name].to_numpy() for name in _OF_SIDES}
    arrays |= {name: rows[name].to_numpy() for name in _OF_CANDIDATES}
    return Sides(
        names=tuple(first["name"]),
        start=np.append(first["_row"].to_numpy().astype(np.int64), rows.height),
        design=rows.select(terms).to_numpy(order="c"),
        terms=terms,
        account=kept["account"],
        **arrays,
    )


def _sources(manifest: Manifest) -> dict[str, str]:
    """Identify the tables of a record and the positions of states that sides are made from."""
    tables = {name: manifest.outputs[name].sha256 for name in _TABLES}
    return {**tables, "positions": checksum(_POSITIONS)}
