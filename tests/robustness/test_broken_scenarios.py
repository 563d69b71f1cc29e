"""Whatever stands in a scenario file, its readers give what it describes or say what is wrong."""

from __future__ import annotations

import os
import random
from pathlib import Path

import numpy as np
import pytest
from breaking import broken_bytes, broken_lines

from willing.casebook.cases import FOLDER
from willing.errors import DataError, ScenarioError, WillingError
from willing.escapes import printable
from willing.forecast.forecast_scenario import read_forecast_scenario
from willing.record.choices import read_overrides
from willing.record.store import load_record
from willing.structural.stored import estimates_of, sample_of
from willing.theory.scenario import read_scenario
from willing.theory.wider_scenario import read_expansion, read_signaling
from willing.web.draft import read_upload

EXAMPLES = Path(__file__).parents[2] / "examples"
FILES_OF_EACH_KIND = 120
# A forecast's terms are computed anew for each file.
FILES_OF_FORECASTS = 12
# A message quotes some 80 characters of a value, and lists at most some dozens of names.
LONGEST_MESSAGE = 1500
OVERRIDES = """[[override]]
crisis = 393
target = 645
state = 663
joined = true
reason = "for the sake of argument"
citation = "nobody"
"""


def solve(path):
    crisis, game = read_scenario(path)
    return game.solve(crisis)


def solve_expansion(path):
    crisis, balancers, game = read_expansion(path)
    return game.solve(crisis, balancers)


def upload(path):
    return read_upload(path.read_bytes().decode("utf-8", errors="replace"))


@pytest.fixture(scope="module")
def forecast_scenario():
    estimates = estimates_of(sample_of(load_record(years="all")))
    return lambda path: read_forecast_scenario(path, estimates)


@pytest.mark.parametrize(
    ("example", "reader"),
    [
        (EXAMPLES / "gulf.toml", solve),
        (EXAMPLES / "gulf.toml", upload),
        (EXAMPLES / "wider" / "expansion-korea.toml", solve_expansion),
        (EXAMPLES / "wider" / "signals-weak.toml", read_signaling),
        (next((FOLDER / "scenarios").glob("libya*.toml")), "forecast_scenario"),
        (OVERRIDES, read_overrides),
    ],
    ids=["solve", "page", "expansion", "signals", "forecast", "overrides"],
)
def test_a_broken_file_gives_a_result_or_a_message(example, reader, tmp_path, request):
    """Other values, lines gone, doubled or new, bytes cut or changed: never another exception."""
    text = example if isinstance(example, str) else example.read_text(encoding="utf-8")
    chance = random.Random(21)
    file = tmp_path / "broken.toml"
    messages = []
    files = FILES_OF_EACH_KIND
    if isinstance(reader, str):
        reader, files = request.getfixturevalue(reader), FILES_OF_FORECASTS
    for number in range(files):
        if number % 3:
            content = broken_lines(text, chance).encode("utf-8", "surrogatepass")
        else:
            content = broken_bytes(text.encode(), chance)
        file.write_bytes(content)
        try:
            with np.errstate(all="ignore"):
                reader(file)
        except WillingError as error:
            messages.append(str(error))
    assert len(messages) > files // 3
    assert max(map(len, messages)) < LONGEST_MESSAGE
    assert all(printable(message) == message for message in messages)


def test_only_regular_files_of_a_few_megabytes_are_read(tmp_path):
    """A pipe is not waited for, a device not read, a folder not taken for a file."""
    os.mkfifo(tmp_path / "pipe")
    for place in (tmp_path / "pipe", Path("/dev/zero"), tmp_path):
        with pytest.raises(ScenarioError, match="give a file"):
            read_scenario(place)
    large = tmp_path / "large.toml"
    large.write_bytes(b"#" * 4_000_001)
    with pytest.raises(ScenarioError, match="more than 4,000,000 bytes"):
        read_scenario(large)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 3000, "levels deep"),
        ("a = " + "{a=" * 3000, "levels deep"),
        (".".join("a" * 30_000) + " = 1", "more than 60 parts"),
        ("\n".join(f"[{'.'.join('a' * depth)}]" for depth in range(1, 50)), "levels deep"),
        ("a = " + "9" * 5000, "not a TOML file"),
        ("a = \udcff", "not UTF-8"),
    ],
)
def test_deep_and_endless_values_are_refused(text, message, tmp_path):
    """Nesting, keys and numbers have bounds, and a stray byte is placed."""
    file = tmp_path / "deep.toml"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ScenarioError, match=message):
        read_scenario(file)


def test_a_byte_order_mark_is_no_part_of_a_file(tmp_path):
    """Editors under Windows write one, and the page gets it too."""
    text = (EXAMPLES / "gulf.toml").read_text(encoding="utf-8")
    file = tmp_path / "windows.toml"
    file.write_text(text.replace("\n", "\r\n"), encoding="utf-8-sig")
    assert read_scenario(file) == read_scenario(EXAMPLES / "gulf.toml")
    assert read_upload("\ufeff" + text) == read_upload(text)


def test_more_partners_than_a_file_may_have_are_built_in_python(tmp_path):
    """The message says how many are allowed and how to go beyond."""
    head = (EXAMPLES / "gulf.toml").read_text(encoding="utf-8").split("[[partners]]")[0]
    rows = (f'[[partners]]\nname="p{i}"\nstrength=1\ndivergence=0\n' for i in range(10_001))
    file = tmp_path / "many.toml"
    file.write_text(head + "".join(rows), encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"10,001 partners; a file may have 10,000.*Python"):
        read_scenario(file)


@pytest.mark.parametrize(
    "table", ["override = [1]", "override = [[]]", "override = 3", "[[override]]\ncrisis = 1"]
)
def test_overrides_are_tables(table, tmp_path):
    """Anything else is named."""
    (tmp_path / "o.toml").write_text(table, encoding="utf-8")
    with pytest.raises(DataError, match="override"):
        read_overrides(tmp_path / "o.toml")
