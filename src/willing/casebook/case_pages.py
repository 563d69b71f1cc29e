"""The casebook as a page: one section a case, in Markdown."""

from __future__ import annotations

import textwrap

import polars as pl

from willing.casebook.accounts import Account, percent
from willing.casebook.cases import CaseFile
from willing.casebook.wider_games import TITLES
from willing.payments.crisis_payments import SHORT

_WIDTH = 100

NOT_ASKED = (
    "It cannot be asked: the target or the leader lacks what it needs, such as UN ideal points."
)

INTRODUCTION = """\
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


def case_section(
    file: CaseFile,
    account: Account | None,
    seen: pl.DataFrame | None,
    payments: pl.DataFrame,
) -> str:
    """Write a case as a section of the page.

    Parameters
    ----------
    file
        The case as it is written down.
    account
        What the model says, if it can be asked.
    seen
        What the files of aid, arms and troops show, if they are asked.
    payments
        The payments beside the model's prices, as `Case.payments` gives them.
    """
    parts = [
        f"## {file.title}",
        _paragraph("**What happened.** " + file.happened),
        *_model_parts(account),
        *(_payment_parts(file, payments, seen) if account is not None else []),
        *_file_parts(file, seen),
        *_wider_parts(file),
        _paragraph("**What to make of it.** " + file.reading),
        "Sources: " + "; ".join(f"[{key}] {text}" for key, text in file.sources.items()) + ".",
    ]
    return "\n\n".join(parts) + "\n"


def _model_parts(account: Account | None) -> list[str]:
    if account is None:
        return [_paragraph("**What the model says.** " + NOT_ASKED)]
    return [
        _paragraph("**What the model says.** " + " ".join(account.lines)),
        _paragraph("**Where it is wrong.** " + " ".join(account.wrong)),
    ]


def _payment_parts(file: CaseFile, payments: pl.DataFrame, seen: pl.DataFrame | None) -> list[str]:
    if not file.payments:
        # What the files show stands in their place.
        if seen is not None:
            return []
        return ["**Side payments.** None that we could find a figure for."]
    cost = file.war_cost
    unit = "" if cost is None else f" ({cost.unit})"
    lines = [
        f"| partner | what{unit} | amount | share of the war's cost | model's price | worth at "
        "most | joins |",
        "| --- | --- | ---: | ---: | ---: | ---: | ---: |",
    ]
    for row in payments.iter_rows(named=True):
        about = "about " if row["approximate"] else ""
        amount = "" if row["amount"] is None else f"{about}{row['amount']:g}"
        cells = [row["partner"], f"{row['what']} [{row['source']}]", amount, percent(row["share"])]
        cells += [percent(row["price"]), percent(row["worth"]), _joining(file, row["join"])]
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


def _joining(file: CaseFile, join: float | None) -> str:
    if join is None:
        return "no candidate"
    if file.kind == "game":
        return "yes" if join else "no"
    return f"{join:.2f}"


def _file_parts(file: CaseFile, seen: pl.DataFrame | None) -> list[str]:
    if seen is None:
        return []
    heads = " | ".join(f"{head} before | after" for head in SHORT.values())
    lines = [
        f"| state | joined | {heads} |",
        "| --- | --- |" + " ---: |" * 2 * len(SHORT),
    ]
    for row in seen.iter_rows(named=True):
        pairs = (row[f"{one}_{when}"] for one in SHORT for when in ("before", "after"))
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
    if file.unseen:
        hidden = "; ".join(f"{one.to}: {one.what} [{one.source}]" for one in file.unseen)
        parts.append(_paragraph(f"**What they do not see.** {hidden}."))
    return parts


def _wider_parts(file: CaseFile) -> list[str]:
    wider = file.wider
    if wider is None:
        return []
    page = f"[{TITLES[wider.game].lower()}](wider-{wider.game}.md)"
    said = f"**Another game: {page}.** {wider.reading}"
    return [_paragraph(said), f"```text\n{wider.solve()}\n```"]


def _paragraph(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), _WIDTH, break_long_words=False)
