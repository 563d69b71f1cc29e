"""The casebook: coalitions that were built, beside what the model says of them when asked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from willing.casebook.accounts import Account, account_of_forecast, account_of_game
from willing.casebook.case_pages import INTRODUCTION, NOT_ASKED, case_section
from willing.casebook.cases import CaseFile, find_case, read_cases
from willing.errors import ScenarioError
from willing.forecast.forecast import forecast
from willing.forecast.forecast_scenario import read_forecast_scenario
from willing.forecast.subject import subject_of_record
from willing.manner import Result
from willing.payments.around import payments_around
from willing.record.store import Record, load_record
from willing.structural.estimates import Estimates
from willing.structural.stored import bootstrapped_of, estimates_of, sample_of

if TYPE_CHECKING:
    from plotnine import ggplot


@dataclass(frozen=True, eq=False, repr=False)
class Case(Result):
    """A case with what the model says of it.

    Attributes
    ----------
    file
        The case as it is written down.
    account
        What the model says; none of a case of which it cannot be asked.
    seen
        What the files of aid, arms and troops show of the states named in the case.
    """

    file: CaseFile
    account: Account | None
    seen: pl.DataFrame | None = None

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
        known = _NO_PARTNERS if self.account is None else self.account.partners
        return pl.DataFrame(rows, schema=schema).join(
            known.select("partner", "price", "worth", "join"),
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
            "says": [] if self.account is None else list(self.account.lines),
            "wrong": [] if self.account is None else list(self.account.wrong),
            "partners": [] if self.account is None else self.account.partners.to_dicts(),
            "files": [] if self.seen is None else self.seen.to_dicts(),
            "unseen": [asdict(one) for one in self.file.unseen],
            "payments": self.payments().to_dicts(),
            "wider": None
            if self.file.wider is None
            else {"game": self.file.wider.game, "says": self.file.wider.solve()},
            "reading": self.file.reading,
            "sources": dict(self.file.sources),
        }

    def plot(self) -> ggplot:
        """Draw what the model says of the partners, those who joined in colour.

        Raises
        ------
        ScenarioError
            If the model cannot be asked about the case.
        """
        from willing.casebook.case_picture import draw_case

        if self.account is None:
            raise ScenarioError(f"{self.file.name}: nothing to draw. {NOT_ASKED}")
        forecast = self.file.kind != "game"
        return draw_case(self.account.partners, title=self.file.title, forecast=forecast)

    def to_markdown(self) -> str:
        """Write the case as a section of a page."""
        return case_section(self.file, self.account, self.seen, self.payments())

    def __str__(self) -> str:
        return self.to_markdown()


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
    def load(cls, folder: Path | None = None) -> Casebook:
        """Take a record, by default the one in the package, and estimates of it."""
        record = load_record(folder, years="all")
        return cls(record, estimates_of(sample_of(record)))

    def render(self, name: str) -> Case:
        """Give a case with what the model says of it now.

        Raises
        ------
        ScenarioError
            If there is no such case.
        """
        file = find_case(name)
        return Case(file, self._account(file), self._seen(file))

    def _seen(self, file: CaseFile) -> pl.DataFrame | None:
        """What the files show of the states of a case."""
        if file.files is None:
            return None
        around = payments_around(self.record, file.files.crisis).table
        rows = around.filter(pl.col("name").is_in(file.files.states))
        if absent := set(file.files.states) - set(rows["name"]):
            raise ScenarioError(
                f"{file.name}: {', '.join(sorted(absent))} could not join in crisis "
                f"{file.files.crisis}; name states as the state system does"
            )
        return rows

    def _account(self, file: CaseFile) -> Account | None:
        """What the model says of a case."""
        if file.kind == "files":
            return None
        if file.kind == "game":
            return account_of_game(file)
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
        return account_of_forecast(found, worth)

    def to_markdown(self) -> str:
        """Write all cases as a page."""
        return "\n".join(
            [INTRODUCTION, *(self.render(name).to_markdown() for name in read_cases())]
        )


_NO_PARTNERS = pl.DataFrame(
    schema={"partner": pl.String} | dict.fromkeys(("price", "worth", "join"), pl.Float64)
)


def casebook(name: str | None = None, *, record: Path | None = None) -> Case | dict[str, str]:
    """Give a case with what the model says of it, or without a name the titles of all cases.

    Parameters
    ----------
    name
        The case, as `find_case` takes it.
    record
        Folder of a record; the one in the package by default.

    Raises
    ------
    ScenarioError
        If there is no such case.
    """
    return case_names() if name is None else Casebook.load(record).render(name)


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
