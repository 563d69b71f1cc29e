"""The casebook: coalitions that were built, beside what the model says of them when asked."""

from __future__ import annotations

import textwrap
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from willing.casebook.accounts import Account, account_of_forecast, account_of_game, percent
from willing.casebook.cases import CaseFile, find_case, read_cases
from willing.casebook.wider_games import TITLES
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

_WIDTH = 100


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
            raise ScenarioError(f"{self.file.name}: nothing to draw. {_NOT_ASKED}")
        forecast = self.file.kind != "game"
        return draw_case(self.account.partners, title=self.file.title, forecast=forecast)

    def to_markdown(self) -> str:
        """Write the case as a section of a page."""
        parts = [
            f"## {self.file.title}",
            _paragraph("**What happened.** " + self.file.happened),
            *self._model_parts(),
            *self._file_parts(),
            *self._wider_parts(),
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

    def _model_parts(self) -> list[str]:
        if self.account is None:
            return [_paragraph("**What the model says.** " + _NOT_ASKED)]
        return [
            _paragraph("**What the model says.** " + " ".join(self.account.lines)),
            _paragraph("**Where it is wrong.** " + " ".join(self.account.wrong)),
            *self._payment_parts(),
        ]

    def _file_parts(self) -> list[str]:
        if self.seen is None:
            return []
        heads = ("aid", "arms", "troops")
        lines = [
            "| state | joined | " + " | ".join(f"{head} before | after" for head in heads) + " |",
            "| --- | --- |" + " ---: |" * 2 * len(heads),
        ]
        for row in self.seen.iter_rows(named=True):
            pairs = (row[f"{one}_{when}"] for one in SERIES for when in ("before", "after"))
            cells = ("–" if value is None else f"{value:,.0f}" for value in pairs)
            lines.append(
                f"| {row['name']} | {'yes' if row['joined'] else 'no'} | {' | '.join(cells)} |"
            )
        note = (
            "Yearly means of the three years before, and of the year of the crisis and two after: "
            "US aid obligated (millions of dollars of 2019), arms (millions of trend-indicator "
            "value) and US troops stationed there."
        )
        parts = ["**What the files show.**", "\n".join(lines), _paragraph(note)]
        if self.file.unseen:
            hidden = "; ".join(f"{one.to}: {one.what} [{one.source}]" for one in self.file.unseen)
            parts.append(_paragraph(f"**What they do not see.** {hidden}."))
        return parts

    def _wider_parts(self) -> list[str]:
        wider = self.file.wider
        if wider is None:
            return []
        page = f"[{TITLES[wider.game].lower()}](wider-{wider.game}.md)"
        said = f"**Another game: {page}.** {wider.reading}"
        return [_paragraph(said), f"```text\n{wider.solve()}\n```"]

    def _payment_parts(self) -> list[str]:
        if not self.file.payments:
            # What the files show stands in their place.
            if self.seen is not None:
                return []
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
            [_INTRODUCTION, *(self.render(name).to_markdown() for name in read_cases())]
        )


_NOT_ASKED = (
    "It cannot be asked: the target or the leader lacks what it needs, such as UN ideal points."
)
_NO_PARTNERS = pl.DataFrame(
    schema={"partner": pl.String} | dict.fromkeys(("price", "worth", "join"), pl.Float64)
)
SERIES = ("aid", "tiv", "troops")

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
with the cost of the war because that is what sources give. What the files of US aid, arms and
troops show ([what is paid](payments.md)) stands beside it, and what they cannot see.
Where a case is an example of one of the games around the main one, that game is solved too, on a
stylised scenario.
"""


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


def _paragraph(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _WIDTH, break_long_words=False)
