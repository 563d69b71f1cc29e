"""A crisis: a leader who may build a coalition, her target and the potential partners."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from willing.errors import ScenarioError
from willing.numbers import Floats, Masks, check_number
from willing.texts import check_name, check_title, listed, quoted


@dataclass(frozen=True)
class Leader:
    """The leader `L` who decides on the coalition.

    Parameters
    ----------
    name
        Her country.
    strength
        Military strength :math:`m_L > 0`, in the unit of every other strength.
    security
        Probability :math:`\\sigma` in [0, 1] that she keeps office after defeat.

    Raises
    ------
    ScenarioError
        If a value is outside its range.
    """

    name: str
    strength: float = field(kw_only=True)
    security: float = field(kw_only=True)

    def __post_init__(self) -> None:
        check_name(self.name, "leader.name")
        check_number(self.strength, "leader.strength", above=0.0)
        check_number(self.security, "leader.security", least=0.0, most=1.0)


@dataclass(frozen=True)
class Target:
    """The target `T` of the crisis.

    Parameters
    ----------
    name
        The country.
    strength
        Military strength :math:`m_T > 0`.

    Raises
    ------
    ScenarioError
        If a value is outside its range.
    """

    name: str
    strength: float = field(kw_only=True)

    def __post_init__(self) -> None:
        check_name(self.name, "target.name")
        check_number(self.strength, "target.strength", above=0.0)


@dataclass(frozen=True)
class Partner:
    """A potential partner `i`.

    Parameters
    ----------
    name
        The country, unique within the crisis.
    strength
        Military strength :math:`m_i \\ge 0`.
    divergence
        Distance :math:`d_i \\ge 0` between its and the leader's foreign-policy preferences.
    cost
        Cost :math:`k_i \\ge 0` of taking part, in units of the value of victory.
    benefit
        Private benefit :math:`b_i \\ge 0` of taking part, in the same units.
    stake
        :math:`v_i`, what the leader's victory is worth to it, where that is known and need not be
        derived from its divergence: above 1 for one who cares more than the leader or whose own
        leader's office hangs on it, negative for one who would rather see the target win.

    Raises
    ------
    ScenarioError
        If a value is outside its range.
    """

    name: str
    strength: float = field(kw_only=True)
    divergence: float = field(default=0.0, kw_only=True)
    cost: float = field(default=0.0, kw_only=True)
    benefit: float = field(default=0.0, kw_only=True)
    stake: float | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        check_name(self.name, "partner.name")
        for quantity in ("strength", "divergence", "cost", "benefit"):
            check_number(getattr(self, quantity), f"partner '{self.name}': {quantity}", least=0.0)
        if self.stake is not None:
            check_number(self.stake, f"partner '{self.name}': stake")


@dataclass(frozen=True)
class Crisis:
    """A leader, her target and the `n` partners she may invite.

    Parameters
    ----------
    leader, target
        The two sides.
    partners
        At least one potential partner; names are unique, the leader's and target's included.
    title
        What to call the crisis in print.

    Raises
    ------
    ScenarioError
        If there is no partner or a name occurs twice.
    """

    leader: Leader
    target: Target
    partners: tuple[Partner, ...]
    title: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "partners", tuple(self.partners))
        check_title(self.title, "title")
        if not self.partners:
            raise ScenarioError("partners is empty; a crisis needs at least one potential partner")
        seen: set[str] = set()
        for name in (self.leader.name, self.target.name, *self.names):
            if name in seen:
                raise ScenarioError(
                    f"the name '{name}' occurs twice; leader, target and partners need unique names"
                )
            seen.add(name)

    def with_security(self, security: float) -> Crisis:
        """Give the same crisis under a leader of another security."""
        return replace(self, leader=replace(self.leader, security=security))

    def mask(self, coalition: Masks | Iterable[str]) -> Masks:
        """Give a coalition, named by its partners or a mask already, as a mask over `partners`.

        Raises
        ------
        ScenarioError
            If a name is not a partner's, or a mask is not one of the partners.
        """
        if not isinstance(coalition, np.ndarray):
            return self.coalition(coalition)
        if coalition.shape != (len(self.partners),) or coalition.dtype != np.bool_:
            raise ScenarioError(
                f"coalition is an array of {coalition.dtype} of shape {coalition.shape}; a mask "
                f"is one of bool of shape ({len(self.partners)},), the number of partners"
            )
        return coalition

    def coalition(self, names: Iterable[str]) -> NDArray[np.bool_]:
        """Give the coalition of the partners named, as a mask over `partners`.

        Raises
        ------
        ScenarioError
            If a name is not a partner's.
        """
        members = np.zeros(len(self.partners), dtype=np.bool_)
        for name in names:
            if name not in self._positions:
                raise ScenarioError(
                    f"{quoted(name)} is not a partner; partners are {listed(self.names)}"
                )
            members[self._positions[name]] = True
        return members

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the partners, in the order given."""
        return tuple(partner.name for partner in self.partners)

    @cached_property
    def strengths(self) -> Floats:
        """Strengths of the partners, shape (n,)."""
        return self._column("strength")

    @cached_property
    def divergences(self) -> Floats:
        """Divergences of the partners, shape (n,)."""
        return self._column("divergence")

    @cached_property
    def costs(self) -> Floats:
        """Costs of the partners, shape (n,)."""
        return self._column("cost")

    @cached_property
    def benefits(self) -> Floats:
        """Private benefits of the partners, shape (n,)."""
        return self._column("benefit")

    @cached_property
    def stakes(self) -> Floats:
        """Stakes of the partners, shape (n,), NaN where they follow from divergence."""
        given = [math.nan if one.stake is None else one.stake for one in self.partners]
        column = np.array(given, dtype=float)
        column.setflags(write=False)
        return column

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {name: position for position, name in enumerate(self.names)}

    def _column(self, quantity: str) -> Floats:
        column = np.array([getattr(partner, quantity) for partner in self.partners], dtype=float)
        column.setflags(write=False)
        return column
