"""Ask for a forecast by the name of a crisis, a file or a filled scenario."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from willing.errors import ScenarioError
from willing.forecast.asked_side import ForecastModel
from willing.forecast.evaluate import varying_terms
from willing.forecast.filled_scenario import FilledScenario
from willing.forecast.forecast import DRAWS
from willing.forecast.forecast import forecast as forecast_subject_of
from willing.forecast.forecast_scenario import forecast_subject, read_forecast_scenario
from willing.forecast.result import Forecast
from willing.forecast.subject import Subject, subject_of_record
from willing.record.choices import Pool
from willing.record.pool import in_pool
from willing.record.store import Record, load_record
from willing.structural.coalition_model import CoalitionModel
from willing.structural.estimates import Estimates
from willing.structural.stored import bootstrapped_of, estimates_of, sample_of
from willing.structural.stored_sides import stored_sides

Asked = str | int | os.PathLike[str] | FilledScenario
"""A crisis of the record (ICB's number, part of a name, ``crisno-target``), a file, a scenario."""


@dataclass(frozen=True, eq=False)
class Question:
    """A leader side and the estimates to forecast it by.

    Attributes
    ----------
    estimates
        The estimates.
    subject
        The leader side.
    """

    estimates: Estimates
    subject: Subject

    @property
    def options(self) -> dict[str, Any]:
        """The draws that carry the first stage, if the estimates come with them."""
        return {"bootstrapped": bootstrapped_of(self.estimates)}


def question(
    crisis: Asked,
    *,
    record: Record | None = None,
    train: tuple[int, int] | None = None,
    severity_unknown: bool = False,
    pool: Pool | None = None,
    progress: Callable[[str], None] = lambda _: None,
    tell: Callable[[str], None] = lambda _: None,
) -> Question:
    """Find the leader side that is asked about, and the estimates to answer from.

    Parameters
    ----------
    crisis, record, train, severity_unknown, pool
        As in `forecast`.
    progress, tell
        Called with what is done, and with what the reader should know.
    """
    own, record = record, load_record(years="all", pool=pool) if record is None else record
    if own is not None and pool is not None:
        record = replace(record, triads=in_pool(record.triads, pool))
    progress("record loaded")
    sample, model = sample_of(record, train), CoalitionModel()
    if severity_unknown:
        model = replace(model, terms=tuple(term for term in model.terms if term != "severity"))
    if train is not None:
        model = replace(model, terms=varying_terms(sample, model))
    everybody = record.manifest.choices.pool == "all"
    usual = own is None and everybody and train is None and model == CoalitionModel()
    sides = stored_sides(record.manifest) if usual else None
    estimates = estimates_of(sample, model, sides=sides, tell=tell)
    progress("estimates ready")
    if isinstance(crisis, FilledScenario):
        subject = forecast_subject(crisis.to_dict(), estimates)
    elif isinstance(crisis, os.PathLike) or str(crisis).endswith(".toml"):
        subject = read_forecast_scenario(os.fspath(crisis), estimates)  # type: ignore[arg-type]
    else:
        subject = subject_of_record(record, estimates.model, str(crisis))
    return Question(estimates, replace(subject, pool=pool or record.manifest.choices.pool))


def forecast(
    crisis: Asked,
    *,
    security: float | None = None,
    retention: float | None = None,
    without: Sequence[str] = (),
    join: Sequence[str] = (),
    model: ForecastModel = "structural",
    train: tuple[int, int] | None = None,
    severity_unknown: bool = False,
    pool: Pool | None = None,
    hold_out: bool = True,
    draws: int = DRAWS,
    seed: int = 1,
    record: Record | None = None,
) -> Forecast:
    """Forecast who joins a leader, with what probability and at what price.

    Parameters
    ----------
    crisis
        ICB's number, a part of a crisis's name, a leader side as ``crisno-target``, a scenario
        file, or a scenario that `willing.scenario` filled in.
    security, retention
        The leader's probabilities of keeping office after defeat and after victory; her own by
        default.
    without, join
        States that cannot join, and that join for certain.
    model
        ``"structural"``, or ``"best"`` as `willing.forecast.forecast.forecast` says.
    train
        First and last year of the crises to estimate from; by default all.
    severity_unknown
        Forecast without the severity of the crisis, which is told later.
    pool
        Who is a candidate, here and in the crises estimated from: ``"all"`` states, those of the
        target's ``"region"``, or those politically ``"relevant"`` to her, as in
        `willing.record.choices.Choices`; by default whoever the record was built with. The
        candidates of a scenario are those that it names.
    hold_out
        Take the crisis out of the estimates first, if it is in their sample.
    draws, seed
        Of the parameters, where no bootstrap of both stages is stored.
    record
        The record; the embedded one by default.

    Returns
    -------
    Forecast
        With `Forecast.what_if` to change something and see the difference.

    Raises
    ------
    ScenarioError, DataError
        If a state or a crisis is not known, or a file is not as it should be.

    Examples
    --------
    >>> import willing as w
    >>> gulf = w.forecast("gulf war", security=0.9)
    >>> changed = gulf.what_if(without=["Turkey"])
    >>> changed.to_frame()["difference"].min() < -0.01
    True
    """
    if draws < 2:
        raise ScenarioError(f"draws={draws}; an interval needs at least 2")
    asked = question(
        crisis, record=record, train=train, severity_unknown=severity_unknown, pool=pool
    )
    return forecast_subject_of(
        asked.estimates,
        asked.subject,
        security=security,
        retention=retention,
        without=without,
        with_=join,
        draws=draws,
        seed=seed,
        hold_out=hold_out,
        model=model,
        **asked.options,
    )
