"""The state of the page as the part of its address after `#`, which stays in the browser.

A copied address shows the same crisis, rules and securities to somebody else; a reload or a lost
connection loses nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from willing.web.draft import Draft, Rules, rows_from
from willing.web.limits import MOST_FILE_CHARACTERS

TABS = ("game", "forecast")
_SIDES = ("title", "leader", "leader_strength", "target", "target_strength")
_WHOM = ("without", "join")
# Characters that a list of states in a link may have.
_MOST_NAMED = 2_000
_RULES = tuple(each.name for each in fields(Rules))


@dataclass(frozen=True)
class Link:
    """What a link says beyond the crisis as it is in the list.

    Attributes
    ----------
    crisis
        Key of the crisis.
    tab
        The tab shown.
    compare
        Whether two settings are compared.
    settings
        By setting, ``a`` or ``b``: its security and rules as typed, where they are not
        those that the crisis starts with.
    edited
        The crisis itself, if the reader has changed it or opened it from a file.
    security
        The leader's security in the forecast, if moved.
    without, join
        In the forecast, who is left out and who joins for certain, as typed.
    """

    crisis: str
    tab: str = "game"
    compare: bool = False
    settings: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    edited: Draft | None = None
    security: float | None = None
    without: str = ""
    join: str = ""

    def draft(self, chosen: Draft) -> Draft:
        """Give the crisis with the reader's changes."""
        if self.edited is None:
            return chosen
        sides = {name: getattr(self.edited, name) for name in (*_SIDES, "rows")}
        known = self.edited.title == chosen.title
        return replace(
            chosen,
            **sides,
            about=chosen.about if known else "",
            joined=chosen.joined if known else None,
        )

    def start(self, setting: str, security: float, rules: Rules) -> tuple[float, Rules]:
        """Give what a setting starts with: security and rules."""
        moved = self.settings.get(setting, {})
        level = _level(moved.get("security", ""))
        rules = replace(rules, **{k: v for k, v in moved.items() if k in _RULES})
        return security if level is None else level, rules


def write_link(link: Link) -> str:
    """Write a link as the end of an address."""
    words = {"crisis": link.crisis}
    if link.tab != TABS[0]:
        words["tab"] = link.tab
    if link.compare:
        words["compare"] = "1"
    if link.security is not None:
        words["security"] = f"{link.security:g}"
    words |= {name: text for name in _WHOM if (text := getattr(link, name))}
    for setting, moved in link.settings.items():
        words |= {f"{setting}.{name}": text for name, text in moved.items()}
    if link.edited is not None:
        rows = [list(asdict(row).values()) for row in link.edited.rows]
        sides = [getattr(link.edited, name) for name in _SIDES]
        words["edit"] = json.dumps([*sides, rows], ensure_ascii=False, separators=(",", ":"))
    return urlencode(words, errors="replace")


def read_link(text: object) -> Link | None:
    """Read the end of an address; None if it says nothing that the page understands."""
    if not isinstance(text, str) or len(text) > 3 * MOST_FILE_CHARACTERS:
        return None
    try:
        words = dict(parse_qsl(text, max_num_fields=100))
    except ValueError:
        return None
    if "crisis" not in words:
        return None
    settings: dict[str, dict[str, str]] = {}
    for name, value in words.items():
        setting, _, key = name.partition(".")
        if setting in ("a", "b") and key in ("security", *_RULES):
            settings.setdefault(setting, {})[key] = value
    return Link(
        crisis=words["crisis"],
        tab=words["tab"] if words.get("tab") in TABS else TABS[0],
        compare=words.get("compare") == "1",
        settings=settings,
        edited=_edited(words.get("edit", "")),
        security=_level(words.get("security", "")),
        **{name: words.get(name, "")[:_MOST_NAMED] for name in _WHOM},
    )


def moved_from(start: tuple[float, Rules], now: Mapping[str, str]) -> dict[str, str]:
    """Give those of a setting's fields that are not as it started."""
    security, rules = start
    begun = {name: str(value) for name, value in asdict(rules).items()}
    begun["security"] = f"{round(security, 2):g}"
    return {name: text for name, text in now.items() if text != begun.get(name, "")}


def _edited(text: str) -> Draft | None:
    try:
        *sides, table = json.loads(text)
    except (ValueError, TypeError, RecursionError):
        return None
    if len(sides) != len(_SIDES) or not all(isinstance(side, str) for side in sides):
        return None
    named: dict[str, Any] = dict(zip(_SIDES, sides, strict=True))
    return Draft(**named, rows=rows_from(table), security=0.5)


def _level(text: str) -> float | None:
    try:
        level = float(text)
    except ValueError:
        return None
    return level if 0.0 <= level <= 1.0 else None
