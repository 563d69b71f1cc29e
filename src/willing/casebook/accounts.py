"""What the model says of a case, and where it is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from willing.casebook.cases import CaseFile
from willing.estimation.delta import Band
from willing.forecast.result import Forecast
from willing.theory.scenario import read_scenario

# Candidates named as misses and false alarms.
_NAMED = 6


@dataclass(frozen=True, eq=False)
class Account:
    """What the model says of a case.

    Attributes
    ----------
    lines
        In sentences.
    wrong
        Where it is wrong, in sentences.
    partners
        One row a partner: ``partner``, ``joined``, ``join`` (probability, or whether the solution
        has it), ``price`` and ``worth``: what it costs, and what it adds to the leader's payoff
        alone with her or with the rest of the coalition, as shares of her value of victory.
    """

    lines: tuple[str, ...]
    wrong: tuple[str, ...]
    partners: pl.DataFrame


def account_of_forecast(found: Forecast, worth: pl.DataFrame) -> Account:
    partners = found.to_frame().join(worth, on="code", how="left", maintain_order="left")
    value = found.victory_value.value
    share = pl.col("price") / value if value > 0.0 else pl.lit(None, pl.Float64)
    partners = partners.select(
        "partner", "joined", "join", "low", "high", price=share, worth="worth"
    )
    came = partners.filter("joined")
    stayed = partners.filter(~pl.col("joined"))
    top = partners.head(came.height)
    lines = (
        f"{found.leader} (keeping office after defeat "
        f"{_ranged(found.security, found.security_range)}, after victory "
        f"{_ranged(found.retention, found.retention_range)}) against "
        f"{found.target}, {partners.height} candidates"
        + (", the crisis itself left out of the estimates." if found.held_out else "."),
        f"A coalition forms with probability {_band(found.build)}; expected partners "
        f"{_band(found.expected_size)}, where {came.height} of the candidates joined.",
        f"Likeliest partners: {_listed(partners.head(_NAMED))}.",
        f"Of the {came.height} likeliest, {top['joined'].sum()} joined.",
    )
    surprised = came.sort("join").head(_NAMED)
    wrong = (
        f"Joined against the odds: {_listed(surprised)}." if came.height else "Nobody joined.",
        f"Held likeliest of those who stayed away: {_listed(stayed.head(_NAMED))}.",
    )
    return Account(lines, wrong, partners)


def account_of_game(file: CaseFile) -> Account:
    crisis, game = read_scenario(file.scenario)
    found = game.solve(crisis)
    rows = found.to_frame().select(
        "partner",
        pl.col("partner").is_in(list(file.joined)).alias("joined"),
        join=pl.col("member").cast(pl.Float64),
        price="price",
        worth="reservation_price",
    )
    alone = game.contest(crisis.leader.strength, crisis.target.strength)
    best = (
        f"the best coalition is {', '.join(found.coalition)}. It raises the probability of victory "
        f"from {alone:.2f} to {found.victory:.2f} for a bill of {percent(found.bill)} of the value "
        "of victory."
        if found.coalition
        else f"nobody is worth his price. Alone she wins with probability {alone:.2f}."
    )
    lines = (
        f"{crisis.leader.name} (security {crisis.leader.security:g}) against {crisis.target.name}: "
        f"{best}",
    )
    missed = sorted(set(file.joined) - set(found.coalition))
    extra = sorted(set(found.coalition) - set(file.joined))
    wrong = (
        f"Joined, but not in the solution: {', '.join(missed) or 'nobody'}.",
        f"In the solution, but did not join: {', '.join(extra) or 'nobody'}.",
    )
    return Account(lines, wrong, rows)


def _listed(partners: pl.DataFrame) -> str:
    return ", ".join(f"{r['partner']} {r['join']:.2f}" for r in partners.iter_rows(named=True))


def _ranged(value: float, ends: tuple[float, float] | None) -> str:
    return f"{value:.2f}" + ("" if ends is None else f" [{ends[0]:.2f}, {ends[1]:.2f}]")


def _band(band: Band) -> str:
    return f"{band.value:.2f} [{band.low:.2f}, {band.high:.2f}]"


def percent(share: float | None) -> str:
    if share is None:
        return ""
    return f"{100 * share:.0f} %" if abs(share) >= 0.1 else f"{100 * share:.2g} %"
