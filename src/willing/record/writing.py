"""Write a record: Parquet files and their manifest."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from willing.files import replacing_all
from willing.record.choices import Choices
from willing.record.codebook import check_columns
from willing.record.contents import CONTENTS, Contents
from willing.record.lazy_tables import Table
from willing.record.manifest import MANIFEST, Input, Manifest, Output
from willing.record.measured import compact, without_measures
from willing.record.store import FRAMES, Record, measured_record
from willing.sources.catalogue import checksum


def write_record(
    frames: Mapping[str, pl.DataFrame],
    out: str | Path,
    *,
    years: tuple[int, int],
    inputs: tuple[Input, ...],
    choices: Choices | None = None,
) -> Record:
    """Write a record as Parquet files and a manifest.

    The same frames give the same bytes. Nothing is put in place before everything is written,
    the manifest last; a record whose files are not those of its manifest is refused on loading.

    Parameters
    ----------
    frames
        The frames of `Record` by name.
    out
        The folder to write to; made if it does not exist.
    years
        First and last year of the crises.
    inputs
        The published files.
    choices
        What was chosen otherwise than by default.

    Returns
    -------
    Record
        What was written.

    Raises
    ------
    DataError
        If a frame does not agree with the codebook, or the folder cannot be written to.
    """
    for name, frame in frames.items():
        check_columns(frame, name)
    kept = {name: without_measures(frames[name]) for name in FRAMES}
    kept["security"] = compact(kept["security"])
    outputs = {}
    with replacing_all(Path(out), failures=(pl.exceptions.PolarsError,)) as place:
        for name in FRAMES:
            frame, file = kept[name], f"{name}.parquet"
            path = place(file)
            frame.write_parquet(path, compression="zstd", compression_level=9, statistics=False)
            outputs[name] = Output(file, frame.height, tuple(frame.columns), checksum(path))
        manifest = Manifest(years, inputs, outputs, choices or Choices())
        record = measured_record({name: Table.of(kept[name]) for name in FRAMES}, manifest)
        contents = Contents.of(record.frames()).to_json(manifest)
        place(CONTENTS).write_text(contents, encoding="utf-8")
        place(MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    return record
