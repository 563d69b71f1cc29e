"""The page as a whole: choosing and editing a crisis, and two settings of the game on it."""

from __future__ import annotations

from functools import partial

from htmltools import HTMLDependency, Tag, TagList, head_content, tags
from shiny import Inputs, Outputs, Session, reactive, render, ui

from willing import __version__
from willing.errors import WillingError
from willing.theory.crisis import Crisis
from willing.web import lesson, words
from willing.web.answer import changes
from willing.web.crises import choices, matching
from willing.web.draft import Draft, Reading, read_crisis, read_upload, rows_from
from willing.web.fields import (
    choice_field,
    file_field,
    fill_crisis,
    given,
    partner_fields,
    show_problems,
    text_field,
)
from willing.web.forecast_tab import forecast_server, forecast_ui
from willing.web.lesson import lesson_ui
from willing.web.link import TABS, Link, moved_from, read_link, write_link
from willing.web.setting import setting_server
from willing.web.setting_fields import setting_ui
from willing.web.workers import Workers

_SIDES = ("title", "leader", "leader_strength", "target", "target_strength")
_CRISIS_FIELDS = ("leader", "leader_strength", "target", "target_strength", "partners")
_NAMES_LEFT_OUT = 12


def page_ui() -> TagList:
    """Make the page."""
    own = HTMLDependency(
        "willing-page",
        __version__,
        source={"package": "willing.web", "subdir": "static"},
        script={"src": "page.js", "defer": ""},
        stylesheet={"href": "page.css"},
    )
    return TagList(
        head_content(
            tags.meta(name="viewport", content="width=device-width, initial-scale=1"),
            tags.link(rel="icon", href="data:,"),
            tags.title("willing: who joins a coalition, and at what price"),
        ),
        own,
        tags.header(
            tags.h1("Who joins, and at what price?"),
            tags.p(
                "A leader in a crisis may buy partners' help with side payments. Partners "
                "raise the chance of victory; those whose aims diverge from hers cost more. "
                "Move her political security, the probability that she keeps office after a "
                "defeat, and see whom she takes."
            ),
        ),
        tags.main(
            tags.div(id="link", class_="link-input", hidden=""),
            _crisis_card(),
            _tabs(),
            tags.div(
                tags.p(
                    "What the theory implies under rules that you choose. Its probabilities are "
                    "no estimates.",
                    class_="caption what",
                ),
                lesson_ui(),
                ui.output_ui("comparison", class_="comparison"),
                tags.div(setting_ui("a", "A"), setting_ui("b", "B"), class_="settings"),
                class_="game",
            ),
            forecast_ui("f"),
            data_tab=TABS[0],
        ),
    )


def _tabs() -> Tag:
    words = {"game": "The game: illustrative", "forecast": "The forecast: estimated"}
    return tags.div(
        [
            tags.button(
                words[tab],
                type="button",
                role="tab",
                data_tab=tab,
                aria_selected="true" if tab == TABS[0] else "false",
            )
            for tab in TABS
        ],
        id="tab",
        class_="tabs-input",
        role="tablist",
    )


def _crisis_card() -> Tag:
    return tags.section(
        tags.div(
            text_field("search", "Find a crisis", hint="year, name or state", number=False),
            choice_field("crisis", "Crisis", matching("")),
            file_field("upload", "Or open a scenario file"),
            tags.div(
                tags.label(
                    tags.input(id="compare", type="checkbox", class_="shiny-input-checkbox"),
                    " Compare two settings",
                ),
                class_="field check",
            ),
            class_="choose",
        ),
        ui.output_ui("about"),
        tags.details(
            tags.summary("Edit the crisis: strengths, divergences, costs"),
            tags.div(
                text_field("leader", "Leader's country", number=False),
                text_field("leader_strength", "Leader's strength"),
                text_field("target", "Target", number=False),
                text_field("target_strength", "Target's strength"),
                class_="rules sides",
            ),
            partner_fields("partners"),
            tags.p(
                tags.button("Add a partner", type="button", data_add=""),
                tags.label(" Cost of every partner ", for_="cost_all"),
                tags.input(id="cost_all", type="text", inputmode="decimal", value="0.001", size=6),
                " ",
                tags.button("Set", type="button", data_cost=""),
                class_="save",
            ),
        ),
        class_="card",
        aria_label="Crisis",
    )


def page_server(
    input: Inputs, output: Outputs, session: Session, workers: Workers, forecasters: Workers
) -> None:
    """Answer one reader's page."""
    for pool in (workers, forecasters):
        session.on_ended(partial(pool.forget, session.id))
    linked: reactive.Value[Link | None] = reactive.value(None, name="linked")
    chosen: reactive.Value[Draft | None] = reactive.value(None, name="chosen")
    # As it is in the list or the file, before the reader's changes.
    begun: reactive.Value[Draft | None] = reactive.value(None, name="begun")

    @reactive.calc
    def typed() -> Draft:
        draft = given(chosen())
        return Draft(
            title=draft.title,
            leader=str(input.leader()),
            leader_strength=str(input.leader_strength()),
            target=str(input.target()),
            target_strength=str(input.target_strength()),
            rows=rows_from(input.partners()),
            security=draft.security,
        )

    @reactive.calc
    def reading() -> Reading:
        return read_crisis(typed())

    @reactive.calc
    def crisis() -> Crisis:
        return given(reading().crisis)

    def joined() -> frozenset[str] | None:
        return given(chosen()).joined

    first = setting_server("a", workers, crisis, joined, lambda: True)
    second = setting_server("b", workers, crisis, joined, lambda: bool(input.compare()))

    def side() -> str:
        return str(input.crisis())

    estimated = forecast_server("f", forecasters, side, lambda: input.tab() == "forecast")

    def load(draft: Draft, link: Link | None = None) -> None:
        begun.set(draft)
        at = link or Link("")
        chosen.set(at.draft(draft))
        fill_crisis(session, at.draft(draft))
        first.start(*at.start("a", draft.security, draft.rules))
        second.start(*at.start("b", _contrast(draft.security), draft.rules))
        estimated.start(at.security, at.without, at.join)

    listed: reactive.Value[str] = reactive.value("", name="listed")

    @reactive.effect
    async def _search() -> None:
        # The page comes with the whole list, which is long to write.
        with reactive.isolate():
            known = listed()
        if str(input.search()) == known:
            return
        listed.set(str(input.search()))
        found = matching(str(input.search()))
        problem = {} if found else {"search": "no crisis has these words; try a state or a year"}
        await show_problems(session, ("search",), problem)
        if found:
            with reactive.isolate():
                kept = input.crisis()
            keys = [key for group in found.values() for key in group]
            selected = kept if kept in keys else keys[0]
            ui.update_select("crisis", choices=found, selected=selected)

    @reactive.effect
    def _choose() -> None:
        choice = choices().get(str(input.crisis()))
        if choice is not None:
            with reactive.isolate():
                link = arrived()
            if link.crisis in choices() and link.crisis != choice.key:
                ui.update_select("crisis", selected=link.crisis)
                return
            linked.set(Link(""))
            load(choice.draft(), link if link.crisis == choice.key else None)

    def arrived() -> Link:
        """Give what the address said when the page was opened, once."""
        known = linked()
        if known is None:
            known = read_link(input.link()) or Link("")
            linked.set(known)
        return known

    @reactive.effect
    async def _restore() -> None:
        link = read_link(input.link()) or Link("")
        await session.send_custom_message("restore", {"tab": link.tab, "compare": link.compare})

    @reactive.effect
    async def _link() -> None:
        start, now = given(begun()), typed()
        settings = {
            "a": moved_from((start.security, start.rules), first.typed()),
            "b": moved_from((_contrast(start.security), start.rules), second.typed()),
        }
        same = all(getattr(now, name) == getattr(start, name) for name in (*_SIDES, "rows"))
        link = Link(
            crisis=str(input.crisis()),
            tab=str(input.tab()),
            compare=bool(input.compare()),
            settings=settings if input.compare() else {"a": settings["a"]},
            edited=None if same else now,
            security=estimated.security(),
            without=estimated.without(),
            join=estimated.join(),
        )
        await session.send_custom_message("link", {"text": write_link(link)})

    @render.ui
    def lesson_building() -> TagList:
        return lesson.told_building(first.policy())

    @render.ui
    def lesson_choosing() -> TagList:
        return lesson.told_choosing(first.policy())

    @render.ui
    def lesson_price() -> TagList:
        return lesson.told_price(first.found())

    @reactive.effect
    @reactive.event(input.upload)
    async def _upload() -> None:
        sent = input.upload()
        problem = {}
        if isinstance(sent, dict):
            try:
                load(await workers.run(session.id, read_upload, str(sent.get("text", ""))))
            except WillingError as error:
                problem = {"upload": str(error)}
        await show_problems(session, ("upload",), problem)

    @reactive.effect
    async def _messages() -> None:
        await show_problems(session, _CRISIS_FIELDS, reading().problems)

    @reactive.effect
    async def _compare() -> None:
        await session.send_custom_message("compare", {"on": bool(input.compare())})

    @render.ui
    def about() -> Tag:
        draft = given(chosen())
        return tags.div(
            tags.p(tags.strong(draft.title), ". " if draft.title else "", draft.about),
            _left_out(reading().left_out),
            _stuck(reading()),
            class_="about",
        )

    @render.ui
    def comparison() -> Tag | None:
        if not input.compare():
            return None
        one, other = first.found(), second.found()
        return words.comparison(one, other, changes(one.coalition, other.coalition))


def _contrast(security: float) -> float:
    """Give a security to set against the first: of an insecure leader, or of a secure one."""
    return 0.1 if security >= 0.5 else 0.9


def _left_out(names: tuple[str, ...]) -> Tag | None:
    if not names:
        return None
    shown = ", ".join(names[:_NAMES_LEFT_OUT])
    more = len(names) - _NAMES_LEFT_OUT
    return tags.p(
        f"Left out of the game because strength or divergence is unknown: {shown}"
        + (f" and {more} more" if more > 0 else "")
        + ". Type the number below to let them in."
    )


def _stuck(reading: Reading) -> Tag | None:
    if not reading.problems:
        return None
    count = len(reading.problems)
    first = next(iter(reading.problems.values()))
    return tags.p(
        f"The results wait: {first}." + (f" And {count - 1} more." if count > 1 else ""),
        class_="problem",
    )
