"""Reading published tables: what is wrong with a file is said, by file and column."""

import gzip

import polars as pl
import pytest

from willing.errors import DataError
from willing.sources.reading import read_table

COLUMNS = {"crisno": pl.Int32, "crisname": pl.String, "score": pl.Float64}


def write(folder, text, name="table.csv"):
    path = folder / name
    path.write_bytes(gzip.compress(text) if name.endswith(".gz") else text)
    return path


@pytest.mark.parametrize("name", ["table.csv", "table.csv.gz"])
def test_plain_and_gzipped_tables_read_alike(tmp_path, name):
    """A byte-order mark, quotes, blanks and whole numbers written as 3.0 are all understood."""
    text = '\ufeffcrisname,crisno,score,other\n"SUEZ, CANAL",3.0,,x\nTET, 4 ,NA,y\n'.encode()
    frame = read_table(write(tmp_path, text, name), COLUMNS)
    assert frame.schema == pl.Schema(COLUMNS)
    assert frame.rows() == [(3, "SUEZ, CANAL", None), (4, "TET", None)]


def test_a_renamed_column_is_reported_with_the_nearest_names(tmp_path):
    """The message names the file, the column that is missing and the likeliest replacement."""
    path = write(tmp_path, b"cris_no,crisname,score\n1,A,2\n")
    with pytest.raises(DataError, match=r"table\.csv lacks the column 'crisno' \(nearest: cris_no"):
        read_table(path, COLUMNS)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"", "is empty"),
        (b"crisno,crisname,score\n1,A,2\n2,B", "looks truncated"),
        (b"crisno,crisname,score\n1.5,A,2\n", "column 'crisno': '1.5' is not a whole number"),
        (b"crisno,crisname,score\n1,A,high\n", "column 'score': 'high' is not a number"),
        (b"crisno,crisname,score\n1,\xff\xfe,2\n", "is not utf-8-sig text"),
    ],
)
def test_a_damaged_file_is_named(tmp_path, text, message):
    """Empty, truncated, mistyped and mis-encoded files each get their own message."""
    with pytest.raises(DataError, match=message):
        read_table(write(tmp_path, text), COLUMNS)


def test_a_gzipped_file_cut_short_is_named(tmp_path):
    """Half a download is an error, not half a table."""
    path = write(tmp_path, b"crisno,crisname,score\n" + b"1,A,2\n" * 1000, "table.csv.gz")
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(DataError, match="cannot be read"):
        read_table(path, COLUMNS)


def test_an_absent_file_is_named(tmp_path):
    """The message says which file is missing."""
    with pytest.raises(DataError, match=r"absent\.csv does not exist"):
        read_table(tmp_path / "absent.csv", COLUMNS)
