"""The casebook: coalitions that were built, beside what the model says of them when asked."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass
from typing import Any

import polars as pl

from willing.casebook.accounts import Account, account_of_forecast, account_of_game, percent
from willing.casebook.cases import CaseFile, find_case, read_cases
from willing.errors import ScenarioError
from willing.forecast.forecast import forecast
from willing.forecast.scenario import read_forecast_scenario
from willing.forecast.subject import subject_of_record
from willing.record.store import Record, load_record
from willing.structural.results import Estimates
from willing.structural.stored import bootstrapped_of, estimates_of, sample_of

_WIDTH = 100


@dataclass(frozen=True, eq=False)
class Case:
    """A case with what the model says of it.

    Attributes
    ----------
    file
        The case as it is written down.
    account
        What the model says.
    """

    file: CaseFile
    account: Account

    def payments(self) -> pl.DataFrame:
        """Give one row a payment, beside the model's price.

        Columns ``partner``, ``what``, ``source``, ``amount`` (in the unit of the case),
        ``approximate``, ``share`` (of the cost of the war), ``price``, ``worth`` and ``join`` as
        in `Account`.
        """
        cost = self.file.war_cost
        rows = [
            {
                "partner": paid.to,
                "what": paid.what,
                "source": paid.source,
                "amount": paid.amount,
                "approximate": paid.approximate,
                "share": None if cost is None or paid.amount is None else paid.amount / cost.amount,
            }
            for paid in self.file.payments
        ]
        schema: dict[str, type[pl.DataType]] = {
            **dict.fromkeys(("partner", "what", "source"), pl.String),
            "amount": pl.Float64,
            "approximate": pl.Boolean,
            "share": pl.Float64,
        }
        return pl.DataFrame(rows, schema=schema).join(
            self.account.partners.select("partner", "price", "worth", "join"),
            on="partner",
            how="left",
            maintain_order="left",
        )

    def to_dict(self) -> dict[str, Any]:
        """Give everything as plain values."""
        return {
            "name": self.file.name,
            "title": self.file.title,
            "happened": self.file.happened,
            "says": list(self.account.lines),
            "wrong": list(self.account.wrong),
            "partners": self.account.partners.to_dicts(),
            "payments": self.payments().to_dicts(),
            "reading": self.file.reading,
            "sources": dict(self.file.sources),
        }

    def to_markdown(self) -> str:
        """Write the case as a section of a page."""
        parts = [
            f"## {self.file.title}",
            _paragraph("**What happened.** " + self.file.happened),
            _paragraph("**What the model says.** " + " ".join(self.account.lines)),
            _paragraph("**Where it is wrong.** " + " ".join(self.account.wrong)),
            *self._payment_parts(),
            _paragraph("**What to make of it.** " + self.file.reading),
            "Sources: "
            + "; ".join(f"[{key}] {text}" for key, text in self.file.sources.items())
            + ".",
        ]
        return "\n\n".join(parts) + "\n"

    def __str__(self) -> str:
        return self.to_markdown()

    def _joining(self, join: float | None) -> str:
        if join is None:
            return "no candidate"
        if self.file.kind == "game":
            return "yes" if join else "no"
        return f"{join:.2f}"

    def _payment_parts(self) -> list[str]:
        if not self.file.payments:
            return ["**Side payments.** None that we could find a figure for."]
        cost = self.file.war_cost
        unit = "" if cost is None else f" ({cost.unit})"
        lines = [
            f"| partner | what{unit} | amount | share of the war's cost | model's price | worth at "
            "most | joins |",
            "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
        ]
        for paid, row in zip(
            self.file.payments, self.payments().iter_rows(named=True), strict=True
        ):
            about = "about " if paid.approximate else ""
            amount = "" if paid.amount is None else f"{about}{paid.amount:g}"
            cells = [paid.to, f"{paid.what} [{paid.source}]", amount, percent(row["share"])]
            cells += [percent(row["price"]), percent(row["worth"]), self._joining(row["join"])]
            lines.append("| " + " | ".join(cells) + " |")
        note = (
            "The model's price, and what the partner is worth to the leader at most, are shares of "
            "her value of victory."
        )
        if cost is not None:
            note += (
                f" Payments are shares of {cost.what}, {cost.amount:g} {cost.unit} "
                f"[{cost.source}]: if victory was worth its cost, a payment was at most that share "
                "of its value."
            )
        return ["**Side payments.**", "\n".join(lines), _paragraph(note)]


@dataclass(frozen=True, eq=False)
class Casebook:
    """What is needed to ask the model about cases.

    Attributes
    ----------
    record
        The record.
    estimates
        The structural estimates.
    """

    record: Record
    estimates: Estimates

    @classmethod
    def load(cls) -> Casebook:
        """Take the record and the estimates that the package carries."""
        record = load_record()
        return cls(record, estimates_of(sample_of(record)))

    def render(self, name: str) -> Case:
        """Give a case with what the model says of it now.

        Raises
        ------
        ScenarioError
            If there is no such case.
        """
        file = find_case(name)
        if file.kind == "game":
            return Case(file, account_of_game(file))
        if file.side is not None:
            subject = subject_of_record(self.record, self.estimates.model, file.side)
        else:
            subject = read_forecast_scenario(file.scenario, self.estimates)
        sides = subject.sides
        contest = self.estimates.model.likelihood(sides, threads=1).contest
        m_L, m_T = float(sides.leader_strength[0]), float(sides.target_strength[0])
        gain = contest(m_L + sides.strength, m_T) - contest(m_L, m_T)
        drawn = bootstrapped_of(self.estimates)
        found = forecast(self.estimates, subject, bootstrapped=drawn)
        worth = pl.DataFrame({"code": sides.partner, "worth": gain})
        return Case(file, account_of_forecast(found, worth))

    def to_markdown(self) -> str:
        """Write all cases as a page."""
        return "\n".join(
            [_INTRODUCTION, *(self.render(name).to_markdown() for name in read_cases())]
        )


_INTRODUCTION = """\
# Casebook

Coalitions that were built, beside what the model says of them. This page is written by
`willing casebook`; nothing on it that the model says is written by hand. Cases of the record are
forecast by the structural estimates without the crisis itself; cases outside the record by the same
estimates from a scenario file, where the model's terms can be measured, or else solved as a game
of the theory, whose costs and preferences are then ours. `willing casebook NAME --scenario`
prints the file, to change and to ask again with `willing forecast` or `willing solve`.

Estimated prices are relative to the noise of the choice, and negative where noise alone would
bring the partner in; divided by the value of victory they are shares of it. A payment is compared
with the cost of the war because that is what sources give.
"""


def case_names() -> dict[str, str]:
    """Give the titles of the cases by name."""
    return {name: case.title for name, case in read_cases().items()}


def scenario_text(name: str) -> str:
    """Give the scenario file of a case.

    Raises
    ------
    ScenarioError
        If there is no such case, or it is one of the record.
    """
    file = find_case(name)
    if file.kind == "record":
        raise ScenarioError(f"{name} is a case of the record: ask `willing forecast {file.side}`")
    return file.scenario.read_text(encoding="utf-8")


def _paragraph(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _WIDTH, break_long_words=False)
