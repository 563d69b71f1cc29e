"""Seeded ways to break a text file, for the tests of what reads them."""

from __future__ import annotations

import random

HOSTILE = (
    "[]", "{}", "[[]]", "[1, 2]", "{ a = 1 }", '""', '" "', '"x"', "true", "false", "nan", "inf",
    "-inf", "-1", "0", "1e308", "-1e-300", "1e-320", "0x" + "f" * 6000, "9" * 4000, "1979-05-27",
    "07:32:00", '"\\u0000"', '"\\u001b[31m"', '"[/north]"', '"[bold]x"', '"' + "y" * 5000 + '"',
    "[" * 300 + "]" * 300, "{ a = " * 300, '"USA"', "1.0.0", "'", "\u2028", '"\\ud800"', "10_000",
)  # fmt: skip
"""Values where a scenario file, a case or an override expects a name, a number or a choice."""


def broken_lines(text: str, chance: random.Random) -> str:
    """Break a file of lines `key = value` in one to three places."""
    lines = text.splitlines()
    for _ in range(chance.randint(1, 3)):
        place = chance.randrange(len(lines))
        how = chance.randrange(6)
        if how <= 2 and "=" in lines[place]:
            lines[place] = f"{lines[place].split('=')[0]}= {chance.choice(HOSTILE)}"
        elif how == 3 and len(lines) > 1:
            del lines[place]
        elif how == 4:
            lines.insert(place, chance.choice(lines))
        else:
            lines.insert(
                place, f"{chance.choice(('title', 'x', 'name'))} = {chance.choice(HOSTILE)}"
            )
    return "\n".join(lines)


def broken_bytes(content: bytes, chance: random.Random) -> bytes:
    """Cut a file, or put other bytes into it."""
    broken = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(broken))
        how = chance.randrange(4)
        if how == 0:
            broken = broken[: max(place, 1)]
        elif how == 1:
            broken[place] = chance.randrange(256)
        elif how == 2:
            broken[place:place] = chance.randbytes(chance.randint(1, 8))
        else:
            broken[place:place] = broken[place : place + 20]
    return bytes(broken)
