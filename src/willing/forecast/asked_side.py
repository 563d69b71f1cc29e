"""One leader side, asked: what every draw of the parameters says of it, also after changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, get_args

import numpy as np

from willing.errors import ScenarioError
from willing.estimation.delta import Band
from willing.forecast.cautions import cautions
from willing.forecast.forecasters import same_columns
from willing.forecast.held_out import without_crisis
from willing.forecast.kept_scores import stored_stack
from willing.forecast.result import Forecast, Likely
from willing.forecast.stacking import Stack, combined
from willing.forecast.subject import Subject, subject_of_side
from willing.forecast.what_if import TOTALS, WhatIf
from willing.numbers import Floats
from willing.structural.counterfactual import change_side, size_probabilities
from willing.structural.estimates import Estimates
from willing.structural.leader_sides import Sides
from willing.structural.likeliest import likeliest_coalitions
from willing.structural.likelihood import Likelihood

ForecastModel = Literal["structural", "best"]
LIKELIEST = 5
_INTERVAL = (0.025, 0.975)


@dataclass(frozen=True)
class Changes:
    """What is changed of a leader side: her office, who cannot join, who joins for certain."""

    security: float | None = None
    without: tuple[str, ...] = ()
    join: tuple[str, ...] = ()
    retention: float | None = None

    def then(self, more: Changes) -> Changes:
        """Make further changes."""
        return Changes(
            self.security if more.security is None else more.security,
            (*self.without, *more.without),
            (*self.join, *more.join),
            self.retention if more.retention is None else more.retention,
        )

    def __str__(self) -> str:
        office = {"security": self.security, "retention": self.retention}
        parts = [f"{name} {value:g}" for name, value in office.items() if value is not None]
        parts += [f"without {name}" for name in self.without]
        return ", ".join([*parts, *(f"{name} joins for certain" for name in self.join)])


@dataclass(frozen=True, eq=False)
class AskedSide:
    """A leader side and the draws of the parameters that it is forecast by."""

    estimates: Estimates
    used: Estimates
    subject: Subject
    thetas: Floats
    first_stage: bool
    held_out: bool
    model: ForecastModel

    @classmethod
    def of(
        cls,
        estimates: Estimates,
        subject: Subject | str,
        *,
        draws: int,
        seed: int,
        bootstrapped: Floats | None,
        hold_out: bool,
        model: ForecastModel,
    ) -> AskedSide:
        if model not in get_args(ForecastModel):
            raise ScenarioError(
                f"model='{model}'; a forecast is by {' or '.join(get_args(ForecastModel))}"
            )
        if isinstance(subject, str):
            subject = subject_of_side(estimates.sides, subject)
        crisis = int(subject.sides.crisis[0])
        held_out = hold_out and crisis in estimates.sides.crisis
        used = without_crisis(estimates, crisis) if held_out else estimates
        if bootstrapped is None:
            rng = np.random.default_rng(seed)
            thetas = rng.multivariate_normal(
                used.params, used.covariance, size=draws, method="eigh"
            )
        else:
            thetas = bootstrapped + (used.params - estimates.params)
        first_stage = bootstrapped is not None
        return cls(estimates, used, subject, thetas, first_stage, held_out, model)

    def changed(self, changes: Changes) -> Sides:
        """Give the side after changes."""
        barred, certain = self.subject.codes(changes.without), self.subject.codes(changes.join)
        if both := set(barred) & set(certain):
            listed = ", ".join(sorted(self.subject.states[code] for code in both))
            raise ScenarioError(f"{listed} cannot both be kept out and join for certain")
        return change_side(
            self.subject.sides,
            security=changes.security,
            retention=changes.retention,
            without=barred,
            with_=certain,
        )

    def forecast(self, changes: Changes) -> tuple[Forecast, Floats]:
        """Forecast after changes; the second is what each draw says, as `_numbers` lays it out."""
        subject, used, sides = self.subject, self.used, self.changed(changes)
        likelihood = used.model.likelihood(sides, threads=1)
        numbers = _numbers(likelihood, np.vstack([used.params, self.thetas]))
        size, stack = size_probabilities(used, sides), None
        if self.model == "best":
            crisis = int(subject.sides.crisis[0])
            rest = np.flatnonzero(self.estimates.sides.crisis != crisis)
            trained = self.estimates.sides.take(rest) if self.held_out else self.estimates.sides
            others = [each.forward(trained, sides).join for each in same_columns(self.estimates)]
            stack = stored_stack(self.estimates, subject.year)
            numbers, size = combined(numbers, others, stack or Stack.mean(1 + len(others)))
        centre, *drawn = numbers
        low, high = np.quantile(drawn, _INTERVAL, axis=0)
        n = len(sides.partner)
        bands = [Band(*map(float, each)) for each in zip(centre, low, high, strict=True)][n:]
        build, expected_size, victory, bill, victory_value = bands
        names = tuple(subject.states[int(code)] for code in sides.partner)
        structural = self.model == "structural"
        told = subject.survival
        found = Forecast(
            title=subject.title,
            leader=subject.leader,
            target=subject.target,
            security=float(sides.security[0]),
            retention=float(sides.retention[0]),
            security_range=None
            if told is None or changes.security is not None
            else told.security_range,
            retention_range=None
            if told is None or changes.retention is not None
            else told.retention_range,
            held_out=self.held_out,
            first_stage=self.first_stage,
            draws=len(self.thetas),
            code=sides.partner,
            partner=names,
            join=centre[:n],
            low=low[:n],
            high=high[:n],
            price=sides.design @ used.params[2:],
            joined=sides.joined if subject.observed else None,
            certain=tuple(subject.states[code] for code in subject.codes(changes.join)),
            barred=tuple(subject.states[code] for code in subject.codes(changes.without)),
            build=build,
            size=size,
            expected_size=expected_size,
            alone=float(likelihood.table.alone[0]),
            victory=victory,
            bill=bill,
            victory_value=victory_value,
            likeliest=_likeliest(likelihood, used.params, names) if structural else (),
            model=self.model,
            stacked=stack is not None,
            pool=subject.pool,
            facing=tuple(subject.states[code] for code in subject.facing),
            backed=used.model.backed,
            cautions=cautions(used, sides, names),
            ask=partial(self._what_if, changes, numbers),
        )
        return found, numbers

    def _what_if(
        self,
        base: Changes,
        before: Floats,
        actual: Forecast,
        *,
        security: float | None = None,
        without: Sequence[str] = (),
        join: Sequence[str] = (),
        retention: float | None = None,
    ) -> WhatIf:
        """Compare a forecast after some changes, and what its draws said, with that after more."""
        changes = Changes(security, tuple(without), tuple(join), retention)
        if changes == Changes():
            raise ScenarioError(
                "nothing is changed; give another security, states without whom or states that join"
            )
        hypothetical, after = self.forecast(base.then(changes))
        n, codes = len(actual.partner), actual.code.tolist()
        joined = [_joining(after, hypothetical, code, self.subject.states[code]) for code in codes]
        then = np.column_stack([*joined, after[:, len(hypothetical.partner) :]])
        difference = then - before
        low, high = np.quantile(difference[1:], _INTERVAL, axis=0)
        bands = [Band(*map(float, each)) for each in zip(difference[0], low, high, strict=True)]
        return WhatIf(
            actual=actual,
            hypothetical=hypothetical,
            change=str(changes),
            after=then[0, :n],
            join=tuple(bands[:n]),
            totals=dict(zip(TOTALS, bands[n:], strict=True)),
        )


def _numbers(likelihood: Likelihood, thetas: Floats) -> Floats:
    """Joining (n), then building, expected size, victory, bill and value of victory, by draw."""
    found, sides = likelihood.expectations_of_draws(thetas), likelihood.sides
    nobody = likelihood.weights[0] @ thetas[:, :2].T * likelihood.table.alone[0]
    price = sides.design @ thetas[:, 2:].T
    rest = [
        -np.expm1(nobody - found.log_partition),
        found.join.sum(axis=0),
        found.victory,
        (found.join * price).sum(axis=0),
        thetas[:, 0] + thetas[:, 1] * sides.insecurity[0],
    ]
    return np.vstack([found.join, rest]).T


def _likeliest(
    likelihood: Likelihood, theta: Floats, names: Sequence[str], count: int = LIKELIEST
) -> tuple[Likely, ...]:
    sides = likelihood.sides
    members, utility = likeliest_coalitions(
        likelihood.contest,
        float(sides.leader_strength[0]),
        float(sides.target_strength[0]),
        sides.strength,
        -likelihood.appeal(theta),
        float(likelihood.weights[0] @ theta[:2]),
        count=count,
    )
    probability = np.exp(utility - likelihood.expectations(theta).log_partition[0])
    return tuple(
        Likely(tuple(np.array(names)[mask].tolist()), float(chance))
        for mask, chance in zip(members, probability, strict=True)
    )


def _joining(numbers: Floats, found: Forecast, code: int, name: str) -> Floats:
    """What each draw says of a candidate's joining; certain of those who join or cannot."""
    place = np.flatnonzero(found.code == code)
    if len(place):
        return numbers[:, place[0]]
    return np.full(len(numbers), float(name in found.certain))
