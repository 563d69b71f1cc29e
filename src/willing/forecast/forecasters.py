"""The models whose forecasts are compared: the structural one and simpler ones, on the same rows.

Each can forecast every crisis from all others, and later crises from earlier ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from willing.contest.outcome_model import OutcomeModel
from willing.errors import EstimationError
from willing.estimation.logit import fit_logit
from willing.forecast.forecast_scores import Predictions, independent
from willing.forecast.held_out import without_crisis
from willing.later import special
from willing.numbers import Floats, Masks
from willing.structural.coalition_model import CoalitionModel
from willing.structural.counterfactual import size_probabilities
from willing.structural.estimates import Estimates
from willing.structural.leader_sides import Sides
from willing.structural.likeliest import likeliest_coalitions

_POWER = ("power", "leader_power", "target_power")
_FOLDS = 10
# The share of those who did not join that trees are grown on.
_KEPT = 0.2


class Forecaster(Protocol):
    """A model that can be judged on crises it was not estimated from."""

    @property
    def name(self) -> str:
        """What to call it in a table."""

    def leave_out(self, sides: Sides) -> Predictions:
        """Forecast every crisis from all the others."""

    def forward(self, train: Sides, test: Sides) -> Predictions:
        """Forecast the sides of `test` from those of `train`."""


@dataclass(frozen=True, eq=False)
class Structural:
    """The structural model.

    A crisis is left out by one Newton step (`willing.forecast.held_out`), the contest remaining
    that of `estimates`; later crises are forecast from a new fit, its contest from the outcomes of
    the crises fitted to.
    """

    estimates: Estimates
    name: str = "structural"

    def leave_out(self, sides: Sides) -> Predictions:
        """Forecast every crisis of the sample of the estimates from all the others."""
        parts = {int(c): without_crisis(self.estimates, int(c)) for c in np.unique(sides.crisis)}
        return _join_up([_foresee(parts[int(c)], sides.take([s])) for s, c in _numbered(sides)])

    def forward(self, train: Sides, test: Sides) -> Predictions:
        """Fit to `train`, forecast `test`, both with the terms that vary in `train`."""
        kept = _varying(train)
        fitted = self._model(train).fit_sides(_with_terms(train, kept))
        test = _with_terms(test, kept)
        return _join_up([_foresee(fitted, test.take([s])) for s, _ in _numbered(test)])

    def _model(self, train: Sides) -> CoalitionModel:
        """The model with the contest that the outcomes of some crises tell."""
        model, outcomes = CoalitionModel.of(self.estimates.model), self.estimates.outcomes
        if outcomes is None:
            return model
        rows = outcomes.contests
        known = rows.filter(rows["contest"].is_in(np.unique(train.crisis).tolist()))
        return model.with_contest(OutcomeModel(**vars(outcomes.model)).fit_contests(known))


@dataclass(frozen=True)
class Logit:
    """Candidates join independently, with log odds linear in some columns and a constant.

    Without columns it is the base rate. A crisis is left out by one Newton step.

    Attributes
    ----------
    name
        What to call it.
    columns
        Terms of the structural model; ``insecurity`` is the leader's.
    """

    name: str
    columns: tuple[str, ...] = ()

    def leave_out(self, sides: Sides) -> Predictions:
        """Forecast every crisis from all the others."""
        X, y = _matrix(sides, self.columns, constant=True), sides.joined
        b = _fit(X, y)
        p = special.expit(X @ b)
        crisis = sides.crisis[sides.owner]
        information = (X * (p * (1.0 - p))[:, np.newaxis]).T @ X
        index = np.empty_like(p)
        for c in np.unique(sides.crisis):
            own = crisis == c
            Z, q = X[own], p[own]
            rest = information - (Z * (q * (1.0 - q))[:, np.newaxis]).T @ Z
            index[own] = Z @ (b - np.linalg.solve(rest, Z.T @ (y[own] - q)))
        return independent(special.expit(index), sides)

    def forward(self, train: Sides, test: Sides) -> Predictions:
        """Fit to `train`, forecast `test`, both with the columns that vary in `train`."""
        columns = [name for name in self.columns if name in (*_varying(train), "insecurity")]
        b = _fit(_matrix(train, columns, constant=True), train.joined)
        return independent(special.expit(_matrix(test, columns, constant=True) @ b), test)


@dataclass(frozen=True)
class Boosting:
    """Gradient-boosted trees on columns of the structural model; candidates join independently.

    Trees are grown on all who joined and a fifth of those who did not, who count five times: one
    in two hundred joins, and trees of all rows are slower and no better (before 2000). Several
    such samples are averaged. In place of each crisis, a tenth of the crises is left out at a time.
    """

    name: str
    columns: tuple[str, ...]
    seed: int = 0
    samples: int = 3

    def leave_out(self, sides: Sides) -> Predictions:
        """Forecast tenths of the crises from the other crises."""
        rng = np.random.default_rng(self.seed)
        many = int(sides.cluster.max()) + 1
        fold = rng.permutation(many)[sides.cluster] % min(_FOLDS, many)
        fold = fold[sides.owner]
        X, join = _matrix(sides, self.columns), np.empty(len(sides.joined))
        for k in np.unique(fold):
            rest = fold != k
            join[~rest] = self._chances(X[rest], sides.joined[rest], X[~rest])
        return independent(join, sides)

    def forward(self, train: Sides, test: Sides) -> Predictions:
        """Fit to `train`, forecast `test`."""
        X, Z = _matrix(train, self.columns), _matrix(test, self.columns)
        return independent(self._chances(X, train.joined, Z), test)

    def _chances(self, X: Floats, y: Masks, Z: Floats) -> Floats:
        """Fit to rows `X` with outcomes `y`, and give the probabilities for rows `Z`."""
        from sklearn.ensemble import HistGradientBoostingClassifier
        from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

        chances = np.zeros(len(Z))
        for seed in range(self.seed, self.seed + self.samples):
            kept = y | (np.random.default_rng(seed).random(len(y)) < _KEPT)
            # Chosen on forecasts of 1980-1999 from before: more leaves or rounds overfit.
            trees = HistGradientBoostingClassifier(
                learning_rate=0.05,
                max_iter=120,
                max_leaf_nodes=8,
                min_samples_leaf=40,
                l2_regularization=5.0,
                early_stopping=False,
                random_state=seed,
            )
            weight = np.where(y[kept], 1.0, 1.0 / _KEPT)
            # Threads that wait for each other's share of few rows cost more than they save.
            with threadpool_limits(1):
                trees.fit(X[kept], y[kept], sample_weight=weight)
                chances += trees.predict_proba(Z)[:, 1]
        return chances / self.samples


def forecasters(estimates: Estimates) -> tuple[Forecaster, ...]:
    """Give the structural model of `estimates` and what it is compared with."""
    terms = tuple(term for term in estimates.sides.terms if term != "constant")
    baselines: list[Forecaster] = [
        Logit("base rate"),
        Logit("allies only", _known(("alliance",), terms)),
        Logit("strength only", _known(_POWER, terms)),
        Logit("long-run factors", _known(("alliance", *_POWER, "democracy"), terms)),
        *same_columns(estimates),
    ]
    return (Structural(estimates), *baselines)


def members_of(estimates: Estimates) -> tuple[Forecaster, ...]:
    """Give what the best model is stacked from: the structural model, a logit and boosting."""
    return (Structural(estimates), *same_columns(estimates))


def same_columns(estimates: Estimates) -> tuple[Logit, Boosting]:
    """Give a logit and boosting on the columns of the structural model."""
    terms = tuple(term for term in estimates.sides.terms if term != "constant")
    everything = (*terms, "insecurity")
    return (
        Logit("logit, same columns", everything),
        Boosting("boosting, same columns", everything),
    )


def _known(wanted: Sequence[str], terms: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in wanted if name in terms)


def _matrix(sides: Sides, columns: Sequence[str], *, constant: bool = False) -> Floats:
    own = {"insecurity": sides.insecurity[sides.owner]}
    chosen = [
        own[name] if name in own else sides.design[:, sides.terms.index(name)] for name in columns
    ]
    if constant:
        chosen.append(np.ones(len(sides.joined)))
    return np.column_stack(chosen)


def _fit(X: Floats, y: Masks) -> Floats:
    spread = np.abs(X).max(axis=0)
    try:
        fitted = fit_logit(X / spread, y.astype(float), np.ones(len(y)), ridge=0.0)
    except EstimationError as error:
        raise type(error)(
            f"{int(y.sum())} joins are too few for a logit on the columns of the structural model, "
            "which forecasts are stacked from and held against; take more years to estimate from"
        ) from error
    return np.asarray(fitted.coefficients / spread)


def _varying(sides: Sides) -> tuple[str, ...]:
    """Name the terms that are not the same for all candidates, and the constant.

    Before 1990 no candidate is after the Cold War.
    """
    spread = np.ptp(sides.design, axis=0)
    pairs = zip(sides.terms, spread, strict=True)
    return tuple(term for term, width in pairs if width > 0.0 or term == "constant")


def _with_terms(sides: Sides, terms: Sequence[str]) -> Sides:
    places = [sides.terms.index(term) for term in terms]
    return replace(sides, terms=tuple(terms), design=sides.design[:, places])


def _numbered(sides: Sides) -> list[tuple[int, int]]:
    return list(enumerate(sides.crisis.tolist()))


def _foresee(estimates: Estimates, side: Sides) -> Predictions:
    """Forecast one side."""
    likelihood = estimates.model.likelihood(side, threads=1)
    theta = estimates.params
    expected = likelihood.expectations(theta)
    members, _ = likeliest_coalitions(
        likelihood.contest,
        float(side.leader_strength[0]),
        float(side.target_strength[0]),
        side.strength,
        -likelihood.appeal(theta),
        float(likelihood.weights[0] @ theta[:2]),
        count=1,
    )
    return Predictions(
        join=expected.join,
        set_log=likelihood.side_values(theta, expected),
        size=(size_probabilities(estimates, side),),
        likeliest=np.array([bool((members[0] == side.joined).all())]),
    )


def _join_up(parts: Sequence[Predictions]) -> Predictions:
    return Predictions(
        join=np.concatenate([part.join for part in parts]),
        set_log=np.concatenate([part.set_log for part in parts]),
        size=tuple(part.size[0] for part in parts),
        likeliest=np.concatenate([part.likeliest for part in parts]),
    )
