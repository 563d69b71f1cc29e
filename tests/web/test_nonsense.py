"""What no page of ours would send: refused or answered with a message, and the page goes on."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("shiny")
pytest.importorskip("websockets")
from readers import complete, family, hard_crisis, held, reader, served, slide
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from willing.errors import ScenarioError
from willing.web.crises import matching
from willing.web.downloads import file_name
from willing.web.draft import Draft, Rules, read_crisis, read_rules, read_upload, rows_from
from willing.web.guard import understood

SEED, CHANGES = 21, 120
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=8,
)
typed = st.text(max_size=12) | st.sampled_from(["nan", "1e400", "-0", "\ud800", "٣", "1_0", "=1+1"])


@settings(deadline=None)  # the first loads the record
@given(anything, typed, typed, typed)
def test_fields_with_anything_in_them_are_read_or_named(
    table: object, leader: str, strength: str, rule: str
):
    """Tables, names and numbers of any kind give a crisis or problems, never an exception."""
    reading = read_crisis(Draft(rule, leader, strength, strength, leader, rows_from(table), 0.5))
    assert (reading.crisis is None) == bool(reading.problems)
    game, _, problems = read_rules(Rules(office=rule, contest=strength, noise=leader))
    assert (game is None) == bool(problems)
    matching(leader)
    assert file_name(leader, 0.5, rule, ".csv").isascii()


@settings(deadline=None)  # the first loads the record
@given(st.text(max_size=200))
def test_any_text_is_a_scenario_or_refused(text: str):
    """An opened file that is no scenario is refused with a message."""
    with pytest.raises(ScenarioError):
        read_upload(text)


@settings(deadline=None)  # the first loads the record
@given(st.text(max_size=60) | anything.map(json.dumps), st.booleans())
def test_only_messages_of_the_pages_script_are_passed_on(text: str, first: bool):
    """Whatever else arrives is told apart without an exception."""
    assert not understood(text, first=first)
    method = "init" if first else "update"
    assert understood(json.dumps({"method": method, "data": {"a-office": "3"}}), first=first)


def test_the_page_outlives_nonsense_and_a_hard_game(tmp_path: Path):
    """120 senseless changes (seed 21) and sockets that talk nonsense leave no trace in the log;
    a game that is hard on purpose holds nobody up, and what the page holds does not grow."""
    rng = random.Random(SEED)
    values = [
        "",
        "-1",
        "nan",
        "1e999",
        "ratio",
        None,
        [],
        {},
        [["a"] * 9] * 3,
        True,
        10**30,
        "\ud800",
    ]
    fields = ["a-office", "a-contest", "a-security", "a-pricing", "partners", "leader", "crisis",
              "a-partner", "upload", "search", "tab", "compare", "f-security"]  # fmt: skip

    async def nonsense(port: int) -> None:
        address, origin = f"ws://127.0.0.1:{port}/websocket/", f"http://127.0.0.1:{port}"
        with pytest.raises(InvalidStatus):
            await connect(address, origin="http://evil.example")
        for text in ("{}", "[", '{"method": "init"}', '{"method": "no", "data": {}}', "[]"):
            async with connect(address, origin=origin) as socket:
                await socket.send(text)
                with contextlib.suppress(ConnectionClosed):
                    while True:
                        await asyncio.wait_for(socket.recv(), 20.0)
        async with reader(port) as one:
            for _ in range(CHANGES):
                name = rng.choice(fields)
                await one.change(**{name.replace("-", "__"): rng.choice(values)})

    async def beside_a_hard_game(port: int) -> None:
        async with reader(port) as hard, reader(port) as other:
            await hard.change(**{k.replace("-", "__"): v for k, v in hard_crisis().items()})
            await asyncio.sleep(0.5)
            for level in (0.1, 0.9, 0.3):
                await slide(other, level)

    log = tmp_path / "log"
    with log.open("w") as file, served(file) as (port, pid):
        complete(nonsense(port))
        before, count = held(pid)[1], len(family(pid))
        complete(nonsense(port))
        complete(beside_a_hard_game(port))
        assert len(family(pid)) <= count + 1
        assert held(pid)[1] <= before + 5
    assert log.read_text() in ("preparing\n", "")
