"""What a claim is, and what checking it gives."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from textwrap import fill
from typing import TYPE_CHECKING, Any, Literal, Protocol

from willing.manner import Result
from willing.theory.propositions.scenarios import complexity, scenario_text

if TYPE_CHECKING:
    import numpy as np
    import polars as pl
    from plotnine import ggplot

    from willing.theory.propositions.derivations import Derivation

Stated = Literal["holds", "fails"]

# Columns that a printed verdict takes.
WIDTH = 100


class Games(Protocol):
    """A class of games that a claim is made for; it says in words what it assumes."""

    def draw(self, rng: np.random.Generator, n: int, /) -> Any:
        """Draw a scenario of the class with `n` partners."""

    def met(self, scenario: Any, /) -> bool:
        """Say whether a scenario is of the class."""


@dataclass(frozen=True)
class Event:
    """What makes a game one that a claim is put to the test by.

    A claim that something never falls holds for nothing where it never moves. A game that
    contradicts the claim is always one in which the event happens.

    Attributes
    ----------
    words : str
        What happens, as the end of "in which".
    happens : callable
        Says whether it does in a scenario.
    """

    words: str
    happens: Callable[[Any], bool]


@dataclass(frozen=True)
class Claim:
    """A proposition about the game that can be run.

    Attributes
    ----------
    name : str
        A short name.
    statement : str
        What is claimed.
    assumptions : Games
        The games it is claimed for.
    source : str
        Where it comes from.
    stated : {"holds", "fails"}
        Whether it is put forward as true or as one that does not hold in general.
    violation : callable
        Says what contradicts the claim in a scenario, or gives None.
    partners : tuple of int
        The numbers of partners it is checked with, rising.
    condition : str
        What more is assumed of a change that it speaks of.
    replay : str
        The command that solves the file of a counterexample.
    derivation : callable or None
        Gives the symbolic derivation, where one exists.
    event : Event or None
        What must happen in a game for the claim to say anything about it.
    """

    name: str
    statement: str
    assumptions: Games
    source: str
    stated: Stated
    violation: Callable[[Any], str | None]
    partners: tuple[int, ...]
    condition: str = ""
    replay: str = "willing solve --path"
    derivation: Callable[[], Derivation] | None = None
    event: Event | None = None

    @property
    def conditions(self) -> str:
        """What it is claimed for, in words."""
        return f"{self.assumptions}, {self.condition}" if self.condition else str(self.assumptions)


@dataclass(frozen=True)
class Counterexample:
    """A scenario in which a claim fails.

    Attributes
    ----------
    scenario : Scenario or another kind that the claim is about
        The smallest one found: fewest partners, then shortest decimals.
    what : str
        What contradicts the claim in it.
    """

    scenario: Any
    what: str


@dataclass(frozen=True)
class Verdict:
    """What checking a claim on random games gave.

    Attributes
    ----------
    claim : Claim
        The claim.
    games : int
        How many random games it was checked on.
    violations : int
        In how many of them it failed.
    counterexample : Counterexample or None
        The smallest counterexample found, if it failed in any.
    events : int or None
        In how many of them the claim's event happens, if it names one.
    compared : int
        In how many of them the solvers were run as well.
    disagreement : Counterexample or None
        The first game in which a solver does not give what enumeration does.
    """

    claim: Claim
    games: int
    violations: int
    counterexample: Counterexample | None
    events: int | None = None
    compared: int = 0
    disagreement: Counterexample | None = None

    @property
    def as_stated(self) -> bool:
        """Whether the claim came out as it is put forward, and the solvers agree."""
        stated = (self.counterexample is None) == (self.claim.stated == "holds")
        return stated and self.disagreement is None

    def __str__(self) -> str:
        found, wrong = self.counterexample, self.disagreement
        result = (
            f"fails in {self.violations:,} of {self.games:,} games"
            if found
            else f"holds in {self.games:,} games"
        )
        if self.claim.event is not None and not found:
            result += f", {self.events:,} of them games in which {self.claim.event.words}"
        lines = [f"{self.claim.statement} For {self.claim.conditions}."]
        lines += [f"Counterexample: {found.what}."] if found else []
        if wrong:
            lines.append(f"A solver is wrong: {wrong.what}.")
        elif self.compared:
            lines.append(f"The solvers give the same in the {self.compared:,} games tried.")
        surprise = "" if self.as_stated else ": NOT AS STATED"
        return "\n".join(
            [
                f"{self.claim.name}: {result}{surprise}",
                *(fill(line, WIDTH, initial_indent="  ", subsequent_indent="  ") for line in lines),
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Give the verdict as plain values; the counterexample as the text of its scenario file."""
        found = self.counterexample
        return {
            "claim": self.claim.name,
            "statement": self.claim.statement,
            "assumptions": self.claim.conditions,
            "source": self.claim.source,
            "stated": self.claim.stated,
            "as_stated": self.as_stated,
            "games": self.games,
            "violations": self.violations,
            "event": self.claim.event and self.claim.event.words,
            "events": self.events,
            "compared": self.compared,
            "disagreement": self.disagreement and self.disagreement.what,
            "counterexample": found and {
                "what": found.what,
                "partners": complexity(found.scenario)[0],
                "scenario": scenario_text(found.scenario),
            },
        }  # fmt: skip


@dataclass(frozen=True, repr=False)
class Verdicts(Result):
    """What checking several claims gave, in their order."""

    verdicts: tuple[Verdict, ...]

    @property
    def as_stated(self) -> bool:
        """Whether every claim came out as it is put forward."""
        return all(verdict.as_stated for verdict in self.verdicts)

    def to_dict(self) -> dict[str, Any]:
        """Give all verdicts as plain values."""
        return {
            "as_stated": self.as_stated,
            "claims": [verdict.to_dict() for verdict in self.verdicts],
        }

    def to_frame(self) -> pl.DataFrame:
        """Give one row a claim."""
        import polars as pl

        rows = [verdict.to_dict() for verdict in self.verdicts]
        for row in rows:
            found = row.pop("counterexample")
            row["counterexample"] = found["what"] if found else None
        return pl.DataFrame(rows, infer_schema_length=None)

    def plot(self) -> ggplot:
        """Draw in what share of the random games each claim fails, and how it is put forward."""
        from willing.theory.propositions.claim_picture import draw_verdicts

        return draw_verdicts(self.to_frame())

    def __str__(self) -> str:
        return "\n\n".join(str(verdict) for verdict in self.verdicts)
