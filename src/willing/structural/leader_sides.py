"""Leader sides as the arrays of the structural model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from willing.numbers import Floats, Ints, Masks


@dataclass(frozen=True, eq=False)
class Sides:
    """Leader sides as arrays; the candidates of a side stand together, strongest first.

    Attributes
    ----------
    names
        Leader sides as ``crisno-target``, with ``-leader`` where every crisis actor leads, (S,).
    crisis
        ICB's number of each side's crisis, shape (S,).
    start
        Side `s` has the candidates from ``start[s]`` to ``start[s + 1]`` - 1, shape (S + 1,).
    partner
        COW codes of the candidates, shape (N,).
    strength
        :math:`m_i`, shape (N,).
    design
        :math:`z_i`, shape (N, k).
    joined
        Whether the candidate joined, shape (N,).
    terms
        Names of the k columns of the design, the constant last.
    leader, target
        Their COW codes, shape (S,).
    leader_strength, target_strength
        :math:`m_L` (with partners taken as given, see `Missing`) and :math:`m_T`, shape (S,).
    insecurity
        :math:`h`, shape (S,): :math:`r - \\sigma`, or another measure.
    retention
        :math:`r`, the probability of keeping office after victory, shape (S,); 1 by measures that
        do not tell victory from defeat.
    account
        What was left out of the record, by reason.
    """

    names: tuple[str, ...]
    crisis: Ints
    start: Ints
    partner: Ints
    strength: Floats
    design: Floats
    joined: NDArray[np.bool_]
    terms: tuple[str, ...]
    leader: Ints
    target: Ints
    leader_strength: Floats
    target_strength: Floats
    insecurity: Floats
    retention: Floats
    account: Mapping[str, int] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Number of sides S."""
        return len(self.names)

    @property
    def owner(self) -> Ints:
        """The side that each candidate belongs to, shape (N,)."""
        return np.repeat(np.arange(self.count), np.diff(self.start))

    @property
    def cluster(self) -> Ints:
        """Crises numbered from 0 without gaps, shape (S,)."""
        return np.asarray(np.unique(self.crisis, return_inverse=True)[1])

    @property
    def observed_totals(self) -> Floats:
        """Sum of :math:`z_i` over those who joined, shape (S, k)."""
        totals = np.zeros((self.count, self.design.shape[1]))
        np.add.at(totals, self.owner[self.joined], self.design[self.joined])
        return totals

    @property
    def observed_strength(self) -> Floats:
        """Sum of :math:`m_i` over those who joined, shape (S,)."""
        built = np.where(self.joined, self.strength, 0.0)
        return np.asarray(np.bincount(self.owner, weights=built, minlength=self.count))

    @property
    def security(self) -> Floats:
        """The theory's :math:`\\sigma`, or one less another measure, shape (S,)."""
        return np.asarray(self.retention - self.insecurity)

    @property
    def sizes(self) -> Ints:
        """Number of candidates who joined, shape (S,)."""
        return np.asarray(np.bincount(self.owner[self.joined], minlength=self.count))

    def rows(self, side: int) -> slice:
        """The candidates of a side."""
        return slice(int(self.start[side]), int(self.start[side + 1]))

    def take(self, chosen: Sequence[int] | Ints) -> Sides:
        """Give some of the sides, in the order asked for; one may be asked for repeatedly."""
        chosen = np.asarray(chosen, dtype=np.int64)
        lengths = np.diff(self.start)[chosen]
        rows = np.concatenate([np.arange(self.start[s], self.start[s + 1]) for s in chosen])
        return Sides(
            names=tuple(self.names[s] for s in chosen),
            crisis=self.crisis[chosen],
            start=np.concatenate([[0], np.cumsum(lengths)]),
            partner=self.partner[rows],
            strength=self.strength[rows],
            design=self.design[rows],
            joined=self.joined[rows],
            terms=self.terms,
            leader=self.leader[chosen],
            target=self.target[chosen],
            leader_strength=self.leader_strength[chosen],
            target_strength=self.target_strength[chosen],
            insecurity=self.insecurity[chosen],
            retention=self.retention[chosen],
            account=self.account,
        )

    def only(self, kept: Masks) -> Sides:
        """Give the sides with some of their candidates; those left with none are left out.

        The strength of a joiner who is not kept counts as the leader's.

        Parameters
        ----------
        kept
            Which candidates are kept, shape (N,).
        """
        granted = np.where(self.joined & ~kept, self.strength, 0.0)
        lengths = np.bincount(self.owner[kept], minlength=self.count)
        fewer = replace(
            self,
            start=np.concatenate([[0], np.cumsum(lengths)]),
            partner=self.partner[kept],
            strength=self.strength[kept],
            design=self.design[kept],
            joined=self.joined[kept],
            leader_strength=self.leader_strength
            + np.bincount(self.owner, weights=granted, minlength=self.count),
        )
        return fewer if lengths.all() else fewer.take(np.flatnonzero(lengths))

    @classmethod
    def together(cls, parts: Sequence[Sides]) -> Sides:
        """Put sides with the same terms one after another; the account is that of the first."""
        per_row = ("partner", "strength", "design", "joined")
        per_side = (
            *("crisis", "leader", "target", "leader_strength", "target_strength"),
            *("insecurity", "retention"),
        )
        lengths = np.concatenate([np.diff(part.start) for part in parts])
        joined = {
            name: np.concatenate([getattr(part, name) for part in parts])
            for name in (*per_row, *per_side)
        }
        return cls(
            names=tuple(name for part in parts for name in part.names),
            start=np.concatenate([[0], np.cumsum(lengths)]),
            terms=parts[0].terms,
            account=parts[0].account,
            **joined,
        )
