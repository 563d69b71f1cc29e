"""Forecasts of who sends troops against rebels, each country forecast from all the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import polars as pl
from scipy.special import expit

from willing.estimation.logit import fit_logit
from willing.evidence.rebel_coalitions import candidates
from willing.manner import Result
from willing.numbers import Floats
from willing.record.store import Record
from willing.report.tables import Table

_CAPABLE = ("log_cinc", "demP")
_NEAR = ("log_place_km",)
_CLOSE = ("difLPv", "LPallies")
MODELS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "base rate": (),
        "allies only": ("LPallies",),
        "strength only": ("log_cinc",),
        "nearness only": _NEAR,
        "long-run factors": (*_CAPABLE, *_NEAR, *_CLOSE),
        "with insecurity": (*_CAPABLE, *_NEAR, *_CLOSE, "insecurity_leader"),
    }
)
FROM_CRISES = "learnt from crises"
# Columns are standardised: this keeps a fold in which an outcome is separated finite and moves
# others by less than a hundredth of a standard error.
_RIDGE = 1e-2


@dataclass(frozen=True, eq=False, repr=False)
class RebelForecasts(Result):
    """Scores of forecasts of the first year of episodes, under the strongest state.

    Attributes
    ----------
    table
        One row a (sample, model): ``sample`` (with or without missions of the United Nations),
        ``model``, ``brier``, ``log`` (mean log probability of what happened), ``precision`` (area
        under precision and recall), ``candidates``, ``joins``, ``episodes``. Every model is scored
        on the same rows; all episodes of a country are forecast together from other countries'.
        ``learnt from crises`` is the long-run model fitted to the triads, never to an episode.
    """

    table: pl.DataFrame

    def to_table(self) -> Table:
        """Give the scores as a table."""
        return Table(
            "rebels-forecasts",
            "Forecasts of who sends troops against rebels, each country from all others",
            self.table,
            "Brier: lower is better; log and precision: higher is better.",
            digits=4,
        )

    def to_frame(self) -> pl.DataFrame:
        """The table."""
        return self.table

    def to_dict(self) -> dict[str, Any]:
        """The table as plain values."""
        return {"scores": self.table.to_dicts()}

    def __str__(self) -> str:
        lines = ["Forecasts of who sends troops, leave one country out"]
        for (sample,), rows in self.table.group_by("sample", maintain_order=True):
            first = rows.row(0, named=True)
            lines.append(
                f"{sample}: {first['joins']} joins of {first['candidates']:,} candidates in "
                f"{first['episodes']} episodes"
            )
            lines.append(f"  {'':22}{'Brier':>9}{'log':>9}{'precision':>11}")
            lines += [
                f"  {row['model']:22}{row['brier']:9.4f}{row['log']:9.4f}{row['precision']:11.3f}"
                for row in rows.iter_rows(named=True)
            ]
        return "\n".join(lines)


def forecast_rebel_coalitions(record: Record) -> RebelForecasts:
    """Forecast who sent troops in the first year of every episode, and score the forecasts.

    Parameters
    ----------
    record
        The record, with one leader a side.
    """
    needed = sorted({name for names in MODELS.values() for name in names})
    led = candidates(record).filter("strongest_leads").drop_nulls(["join", *needed])
    crises = record.triads.with_columns(
        log_cinc=(pl.col("cinc_pee") + 1e-7).log(), log_place_km=pl.col("PTdist").log1p()
    ).drop_nulls(["join", *MODELS["long-run factors"]])
    rows = []
    for sample, keep in (
        ("all episodes", pl.lit(True)),
        ("without missions of the United Nations", ~pl.col("un_mission")),
    ):
        chosen = led.filter(keep)
        for model, columns in MODELS.items():
            rows.append(_score(sample, model, chosen, _leave_out(chosen, columns)))
        taught = _fit_and_predict(crises, chosen, MODELS["long-run factors"])
        rows.append(_score(sample, FROM_CRISES, chosen, taught))
    return RebelForecasts(pl.DataFrame(rows))


def _leave_out(rows: pl.DataFrame, columns: tuple[str, ...]) -> Floats:
    """Chances of joining, all episodes of a host forecast from those of other hosts."""
    chances = np.empty(rows.height)
    for host in rows["host"].unique():
        own = (rows["host"] == host).to_numpy()
        chances[own] = _fit_and_predict(rows.filter(~own), rows.filter(own), columns)
    return chances


def _fit_and_predict(train: pl.DataFrame, test: pl.DataFrame, columns: tuple[str, ...]) -> Floats:
    values = train.select(pl.col(columns).cast(pl.Float64)).to_numpy().reshape(train.height, -1)
    centre, spread = values.mean(axis=0), values.std(axis=0)

    def matrix(frame: pl.DataFrame) -> Floats:
        raw = frame.select(pl.col(columns).cast(pl.Float64)).to_numpy().reshape(frame.height, -1)
        return np.column_stack([np.ones(frame.height), (raw - centre) / spread])

    y = train["join"].cast(pl.Float64).to_numpy()
    fit = fit_logit(matrix(train), y, np.ones(len(y)), ridge=_RIDGE)
    return np.asarray(expit(matrix(test) @ fit.coefficients))


def _score(sample: str, model: str, rows: pl.DataFrame, chances: Floats) -> dict[str, Any]:
    from sklearn.metrics import average_precision_score

    y = rows["join"].to_numpy().astype(np.float64)
    return {
        "sample": sample,
        "model": model,
        "brier": float(np.mean((chances - y) ** 2)),
        "log": float(np.mean(y * np.log(chances) + (1 - y) * np.log1p(-chances))),
        "precision": float(average_precision_score(y, chances)),
        "candidates": rows.height,
        "joins": int(y.sum()),
        "episodes": rows["episode"].n_unique(),
    }
