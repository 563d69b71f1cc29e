"""Form fields with a place for a message beside each, and the browser's side of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from htmltools import Tag, tags
from shiny import ui
from shiny.module import resolve_id
from shiny.types import SilentException

from willing.web.draft import QUANTITIES, Draft, Problems

if TYPE_CHECKING:
    from shiny import Session

T = TypeVar("T")


def given(value: T | None) -> T:
    """Give a value that is there; without one, outputs that need it wait."""
    if value is None:
        raise SilentException()
    return value


def text_field(id: str, label: str, value: str = "", *, hint: str = "", number: bool = True) -> Tag:
    """Make a field for a number or a name. Numbers are typed as text, so that none goes missing."""
    id = resolve_id(id)
    return _field(
        id,
        label,
        tags.input(
            id=id,
            type="text",
            value=value,
            class_="shiny-input-text",
            inputmode="decimal" if number else None,
            autocomplete="off",
            spellcheck="false",
            aria_describedby=f"{id}-problem",
        ),
        hint,
    )


def choice_field(
    id: str, label: str, choices: Mapping[str, str | Mapping[str, str]], *, hint: str = ""
) -> Tag:
    """Make a field to choose from a list, which may have groups."""
    id = resolve_id(id)

    def option(value: str, words: str | Mapping[str, str]) -> Tag:
        if isinstance(words, str):
            return tags.option(words, value=value)
        return tags.optgroup([option(*each) for each in words.items()], label=value)

    options = [option(value, words) for value, words in choices.items()]
    return _field(id, label, tags.select(options, id=id, class_="shiny-input-select"), hint)


def security_field(id: str) -> Tag:
    """Make the slider of the leader's security."""
    id = resolve_id(id)
    return tags.div(
        tags.label("Leader's security ", tags.output("0.50", for_=id), for_=id),
        tags.input(
            id=id, type="range", min="0", max="1", step="0.01", value="0.5", class_="range-input"
        ),
        tags.div(
            tags.span("0: defeat costs her office"),
            tags.span("1: she stays"),
            class_="ends",
            aria_hidden="true",
        ),
        class_="field security",
    )


def partner_fields(id: str) -> Tag:
    """Make the table of partners; the page's script fills it and reads it."""
    id = resolve_id(id)
    heads = ["Partner", *(quantity.capitalize() for quantity in QUANTITIES), ""]
    return tags.div(
        tags.div(
            tags.table(
                tags.thead(tags.tr([tags.th(head, scope="col") for head in heads])),
                tags.tbody(),
            ),
            id=id,
            class_="partner-input scroll",
            role="region",
            tabindex="0",
            aria_label="Potential partners",
        ),
        tags.p(id=f"{id}-problem", class_="problem", role="alert"),
        class_="field",
    )


def file_field(id: str, label: str) -> Tag:
    """Make a field for a scenario file, which the browser reads and sends as text."""
    id = resolve_id(id)
    return _field(
        id, label, tags.input(id=id, type="file", accept=".toml", class_="text-file-input"), ""
    )


def chart_field(output: Tag, title: str, explanation: str, *more: Tag) -> Tag:
    """Frame a chart with its title, what it shows, and links that save it."""
    return tags.figure(
        tags.figcaption(tags.h3(title), tags.p(explanation, class_="caption")),
        *more,
        output,
        tags.p(
            "Save as ",
            tags.button("SVG", type="button", data_save="svg", aria_label=f"Save {title} as SVG"),
            " ",
            tags.button("PNG", type="button", data_save="png", aria_label=f"Save {title} as PNG"),
            class_="save",
        ),
        class_="chart",
    )


def chart_output(id: str) -> Tag:
    """Make the place of a chart, whose width the browser reports."""
    return ui.output_ui(id, class_="shiny-report-size")


async def show_problems(session: Session, scope: Sequence[str], problems: Problems) -> None:
    """Put messages beside fields and take them away from the others of the scope.

    Parameters
    ----------
    session
        Whose page.
    scope
        Identifiers of the fields concerned; that of the table stands for its cells too.
    problems
        Messages by field, or by cell of the table.
    """
    message: dict[str, Any] = {
        "scope": [str(session.ns(name)) for name in scope],
        "problems": {
            str(session.ns(name)) if ":" not in name else name: words
            for name, words in problems.items()
        },
    }
    await session.send_custom_message("problems", message)


def fill_crisis(session: Session, draft: Draft) -> None:
    """Put a draft's sides and partners into the fields of the page."""
    for id in ("leader", "leader_strength", "target", "target_strength"):
        ui.update_text(id, value=getattr(draft, id), session=session)
    rows = [[row.name, *(getattr(row, quantity) for quantity in QUANTITIES)] for row in draft.rows]
    session.send_input_message("partners", {"value": rows})


def _field(id: str, label: str, control: Tag, hint: str) -> Tag:
    return tags.div(
        tags.label(label, tags.small(f" {hint}") if hint else None, for_=id),
        control,
        tags.p(id=f"{id}-problem", class_="problem", role="alert"),
        class_="field",
    )
