"""The rules of bidding: two leaders who fight each other, and the partners whom both want."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from willing.errors import ScenarioError
from willing.numbers import Floats, check_number
from willing.texts import check_name, check_title, quoted
from willing.theory.contest import LogisticContest, RatioContest


@dataclass(frozen=True)
class Bidder:
    """A leader who bids for partners.

    Parameters
    ----------
    name
        Her country.
    strength
        :math:`m > 0`.
    security
        :math:`\\sigma` in [0, 1], the probability that she keeps office after defeat.
    office
        :math:`\\Psi \\ge 0`, her value of office in units of her value of victory.

    Raises
    ------
    ScenarioError
        If a value is outside its range.
    """

    name: str
    strength: float = field(kw_only=True)
    security: float = field(kw_only=True)
    office: float = field(default=1.0, kw_only=True)

    def __post_init__(self) -> None:
        check_name(self.name, "bidder.name")
        check_number(self.strength, f"bidder '{self.name}': strength", above=0.0)
        check_number(self.security, f"bidder '{self.name}': security", least=0.0, most=1.0)
        check_number(self.office, f"bidder '{self.name}': office", least=0.0)

    @property
    def victory_value(self) -> float:
        """:math:`B = 1 + \\Psi (1 - \\sigma)`."""
        return 1.0 + self.office * (1.0 - self.security)


@dataclass(frozen=True)
class Courted:
    """A partner who may join either side or stay out.

    Parameters
    ----------
    name
        The country.
    strength
        :math:`m_i \\ge 0`.
    stake
        :math:`v_i`, what the first leader's victory is worth to her; negative if she would rather
        see the second win.
    cost
        :math:`k_i \\ge 0`, her cost of taking part on either side.

    Raises
    ------
    ScenarioError
        If a value is outside its range.
    """

    name: str
    strength: float = field(kw_only=True)
    stake: float = field(default=0.0, kw_only=True)
    cost: float = field(default=0.0, kw_only=True)

    def __post_init__(self) -> None:
        check_name(self.name, "partner.name")
        check_number(self.strength, f"partner '{self.name}': strength", least=0.0)
        check_number(self.stake, f"partner '{self.name}': stake")
        check_number(self.cost, f"partner '{self.name}': cost", least=0.0)


@dataclass(frozen=True, kw_only=True)
class BiddingRules:
    """Two leaders bid for the same partners, then fight each other.

    Each partner joins the first leader, joins the second or stays out. Victory of the first, with
    probability :math:`P`, is worth :math:`B_A` to her and :math:`v_i` to partner `i`; her defeat is
    worth :math:`B_B` to the second. Whoever joins is paid and bears her cost.

    `willing.theory.bidding.bidding_game.BiddingGame`, which solves it,
    describes the parameters.

    Raises
    ------
    ScenarioError
        If a value is outside its range, there is no partner or a name occurs twice.
    """

    first: Bidder
    second: Bidder
    partners: tuple[Courted, ...]
    contest: RatioContest | LogisticContest = field(default_factory=RatioContest)
    title: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "partners", tuple(self.partners))
        if not self.partners:
            raise ScenarioError("partners is empty; there must be somebody to bid for")
        check_title(self.title, "title")
        seen: set[str] = set()
        for name in (self.first.name, self.second.name, *(one.name for one in self.partners)):
            if name in seen:
                raise ScenarioError(
                    f"the name '{name}' occurs twice; leaders and partners need unique names"
                )
            seen.add(name)
        if not isinstance(self.contest, RatioContest | LogisticContest):
            raise ScenarioError(
                f"bidding.contest is {quoted(self.contest)}; it must be a ratio or a logistic "
                "contest, in which one side wins what the other loses"
            )

    def victory(self, first: ArrayLike, second: ArrayLike) -> Floats:
        """Give :math:`P` where partners add strength to the first and to the second leader."""
        theirs = self.second.strength + np.asarray(second, dtype=float)
        mine = self.first.strength + np.asarray(first, dtype=float)
        # Both contests take arrays for either side.
        p: Floats = np.asarray(self.contest(mine, theirs), dtype=float)  # type: ignore[arg-type]
        return p
