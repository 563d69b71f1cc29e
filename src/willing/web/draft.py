"""A scenario as it stands in the page's fields, and what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from willing.errors import DataError, ScenarioError
from willing.numbers import check_number
from willing.texts import check_name, check_title
from willing.theory.crisis import Crisis, Leader, Partner, Target
from willing.theory.game import CoalitionGame
from willing.theory.scenario import CONTESTS, crisis_and_game
from willing.toml_files import parse_toml
from willing.web.limits import (
    LEAST_NUMBER,
    MOST_FILE_CHARACTERS,
    MOST_NAME,
    MOST_NUMBER,
    MOST_PARTNERS,
)

QUANTITIES = ("strength", "divergence", "cost", "benefit")
RULES = ("office", "decisiveness", "aversion", "friction", "retention")
# Reading problems by field: "leader_strength", or "partners:3:cost" for a cell of the table.
Problems = dict[str, str]


@dataclass(frozen=True)
class Row:
    """A line of the table of partners, as typed."""

    name: str
    strength: str
    divergence: str
    cost: str
    benefit: str = "0"


@dataclass(frozen=True)
class Rules:
    """The rules of the game, as typed."""

    office: str = "3"
    contest: str = "ratio"
    decisiveness: str = "1"
    pricing: str = "pivotal"
    aversion: str = "0.5"
    friction: str = "0.01"
    retention: str = "1"
    noise: str = "0.01"


@dataclass(frozen=True)
class Draft:
    """A scenario as it stands in the page's fields.

    Attributes
    ----------
    title
        What to call the crisis.
    leader, target, leader_strength, target_strength
        The two sides.
    rows
        The potential partners.
    security
        Where the leader's security starts.
    rules
        The rules to start from.
    about
        Where the numbers come from, for the reader.
    joined
        Names of those who joined in fact, where that is known.
    """

    title: str
    leader: str
    leader_strength: str
    target: str
    target_strength: str
    rows: tuple[Row, ...]
    security: float
    rules: Rules = field(default_factory=Rules)
    about: str = ""
    joined: frozenset[str] | None = None


@dataclass(frozen=True)
class Reading:
    """A crisis as read from fields.

    Attributes
    ----------
    crisis
        The crisis, its leader's security at 0.5; None if a problem stands in the way.
    problems
        What is wrong, by field.
    left_out
        Names of the candidates of unknown strength or divergence.
    """

    crisis: Crisis | None
    problems: Problems
    left_out: tuple[str, ...]


def read_number(text: str, name: str, **allowed: float) -> float:
    """Read a number from a field.

    Raises
    ------
    ScenarioError
        If the text is no number in the range allowed, which is that of `check_number` within
        what the page takes.
    """
    try:
        number = float(text.strip())
    except ValueError:
        got = f"'{text}'" if text.strip() else "empty"
        raise ScenarioError(f"{name} is {got}; write a number such as 0.25") from None
    check_number(number, name, **allowed)
    if number != 0.0 and not LEAST_NUMBER <= abs(number) <= MOST_NUMBER:
        raise ScenarioError(
            f"{name} is {number:g}; the page takes {LEAST_NUMBER:g} to {MOST_NUMBER:g}, and 0"
        )
    return number


def read_crisis(draft: Draft) -> Reading:
    """Read a crisis from the fields, with a message for each field that is wrong."""
    problems: Problems = {}
    seen: dict[str, str] = {}

    def number(place: str, text: str, name: str, **allowed: float) -> float:
        try:
            return read_number(text, name, **allowed)
        except ScenarioError as error:
            problems[place] = str(error)
            return 1.0

    def new_name(place: str, text: str) -> str:
        name = text.strip()
        if not name:
            problems[place] = "the name is empty; give one"
        elif len(name) > MOST_NAME:
            problems[place] = f"the name has {len(name)} characters; at most {MOST_NAME} fit"
        elif name in seen:
            problems[place] = f"'{name}' occurs twice; names must differ"
        else:
            try:
                check_name(name, "the name")
            except ScenarioError as error:
                problems[place] = str(error)
        seen[name] = place
        return name

    leader = new_name("leader", draft.leader)
    target = new_name("target", draft.target)
    leader_strength = number("leader_strength", draft.leader_strength, "strength", above=0.0)
    target_strength = number("target_strength", draft.target_strength, "strength", above=0.0)
    partners: list[Partner] = []
    left_out: list[str] = []
    if len(draft.rows) > MOST_PARTNERS:
        problems["partners"] = f"there are {len(draft.rows)} partners; at most {MOST_PARTNERS}"
    for position, row in enumerate(draft.rows[:MOST_PARTNERS]):
        place = f"partners:{position}:"
        if not (row.name + row.strength + row.divergence).strip():
            continue  # a line just added
        name = new_name(f"{place}name", row.name)
        if not row.strength.strip() or not row.divergence.strip():
            left_out.append(name)
            continue
        before = len(problems)
        quantities = {
            quantity: number(f"{place}{quantity}", getattr(row, quantity), quantity, least=0.0)
            for quantity in QUANTITIES
        }
        if len(problems) == before and name:
            partners.append(Partner(name, **quantities))
    if not partners and not problems:
        problems["partners"] = "nobody is left to invite; give at least one partner all numbers"
    if problems:
        return Reading(None, problems, tuple(left_out))
    try:
        check_title(draft.title, "the title")
    except ScenarioError as error:
        return Reading(None, {"partners": str(error)}, tuple(left_out))
    crisis = Crisis(
        leader=Leader(leader, strength=leader_strength, security=0.5),
        target=Target(target, strength=target_strength),
        partners=tuple(partners),
        title=draft.title,
    )
    return Reading(crisis, {}, tuple(left_out))


def read_rules(rules: Rules) -> tuple[CoalitionGame | None, float, Problems]:
    """Read the rules: the game, the noise and, by field, what is wrong."""
    problems: Problems = {}

    def number(name: str, **allowed: float) -> float:
        try:
            return read_number(getattr(rules, name), name, **allowed)
        except ScenarioError as error:
            problems[name] = str(error)
            return 1.0

    values = {
        "office": number("office", least=0.0),
        "aversion": number("aversion", least=0.0),
        "friction": number("friction", least=0.0),
        "retention": number("retention", least=0.0, most=1.0),
    }
    decisiveness = number("decisiveness", above=0.0)
    noise = number("noise", above=0.0)
    if rules.contest not in CONTESTS:
        problems["contest"] = f"'{rules.contest}' is no contest; choose {' or '.join(CONTESTS)}"
    if problems:
        return None, noise, problems
    try:
        contest = CONTESTS[rules.contest](decisiveness)
        game = CoalitionGame(contest=contest, pricing=rules.pricing, **values)  # type: ignore[arg-type]
    except ScenarioError as error:
        # Each number is right by itself; only the retention can be wrong for the office.
        return None, noise, {"retention": str(error)}
    return game, noise, {}


def read_upload(text: str) -> Draft:
    """Read the text of a scenario file into fields.

    Raises
    ------
    ScenarioError
        If it is too long, no TOML, no scenario, or one that the page does not show.
    """
    if len(text) > MOST_FILE_CHARACTERS:
        raise ScenarioError(
            f"the file has {len(text):,} characters; the page takes {MOST_FILE_CHARACTERS:,}"
        )
    try:
        content = parse_toml(text.removeprefix("\ufeff"), "the file")
    except DataError as error:
        raise ScenarioError(str(error)) from error
    crisis, game = crisis_and_game(content)
    if len(crisis.partners) > MOST_PARTNERS:
        raise ScenarioError(
            f"the file has {len(crisis.partners)} partners; the page takes {MOST_PARTNERS}"
        )
    if game.implementation != "partial":
        raise ScenarioError(
            "the page shows partial implementation; use `willing solve` for the unique one"
        )
    if game.power > 0.0:
        raise ScenarioError(
            "the page shows partners without bargaining power; use `willing solve` for the others"
        )
    return draft_of(crisis, rules_of(game, content.get("game", {})))


def rules_of(game: CoalitionGame, written: Mapping[str, Any]) -> Rules:
    """Give the rules of a game as fields, the contest as its scenario file has it."""
    numbers = {name: plain(getattr(game, name)) for name in RULES if name != "decisiveness"}
    return Rules(
        **numbers,
        contest=written.get("contest", Rules.contest),
        decisiveness=plain(written.get("decisiveness", 1.0)),
        pricing=game.pricing,
    )


def draft_of(crisis: Crisis, rules: Rules, *, about: str = "") -> Draft:
    """Give a crisis as fields."""
    return Draft(
        title=crisis.title,
        leader=crisis.leader.name,
        leader_strength=plain(crisis.leader.strength),
        target=crisis.target.name,
        target_strength=plain(crisis.target.strength),
        rows=tuple(
            Row(
                partner.name,
                **{quantity: plain(getattr(partner, quantity)) for quantity in QUANTITIES},
            )
            for partner in crisis.partners
        ),
        security=crisis.leader.security,
        rules=rules,
        about=about,
    )


def rows_from(table: Any) -> tuple[Row, ...]:
    """Take the table of partners as the browser sends it: a list of lists of texts.

    Anything else than that is taken for an empty table; the page's own script does not send it.
    """
    width = len(fields(Row))
    if not isinstance(table, list | tuple):
        return ()
    return tuple(
        Row(*map(str, line))
        for line in table
        if isinstance(line, list | tuple) and len(line) == width
    )


def plain(number: float | None, *, digits: int = 12) -> str:
    """Write a number for a field to so many digits, and nothing where there is none."""
    return "" if number is None else f"{number:.{digits}g}"
