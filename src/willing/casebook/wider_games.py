"""What the games around the main one say of a case: bids, refusals, demands, balancers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from willing.texts import check_choice
from willing.theory.wider_scenario import (
    read_bidding,
    read_crisis,
    read_expansion,
    read_invitations,
)

GAMES = Path(__file__).parent / "cases" / "games"
TITLES = {
    "bidding": "Both sides bid",
    "invitations": "Partners may refuse",
    "crisis": "Demands before a war",
    "expansion": "Third parties may balance",
}


@dataclass(frozen=True)
class WiderGame:
    """A game around the main one that a case is an example of.

    Attributes
    ----------
    game
        Which: a subcommand of `willing wider`, one of `TITLES`.
    scenario
        Name of the file in `GAMES`, a stylised version of the case.
    reading
        What it adds to what the main game says, in a few sentences.
    """

    game: str
    scenario: str
    reading: str

    def __post_init__(self) -> None:
        check_choice(self.game, "wider.game", tuple(TITLES))

    @property
    def file(self) -> Path:
        """The scenario file."""
        return GAMES / f"{self.scenario}.toml"

    def solve(self) -> str:
        """Give the solution as `willing wider` prints it, of a demand also by security.

        Raises
        ------
        ScenarioError
            If the scenario cannot be read or solved.
        """
        if self.game == "bidding":
            bidding = read_bidding(self.file)
            return f"{bidding.bids()}\n{bidding.menus()}"
        if self.game == "invitations":
            crisis, invitations = read_invitations(self.file)
            return f"{invitations.solve(crisis)}"
        if self.game == "crisis":
            crisis, bargaining = read_crisis(self.file)
            return f"{bargaining.solve(crisis)}\n{bargaining.path(crisis)}"
        crisis, balancers, expansion = read_expansion(self.file)
        return f"{expansion.solve(crisis, balancers)}"
