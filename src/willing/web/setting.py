"""One setting of the game at work: from its fields to its results. The page holds two."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

from htmltools import HTML, Tag, TagList
from shiny import Inputs, Outputs, Session, module, reactive, render, req, ui

from willing.theory.scenario import scenario_toml
from willing.web import charts, words
from willing.web import downloads as export
from willing.web.answer import (
    Changes,
    acceptance_of,
    changes,
    follow,
    join_probabilities,
    next_steps,
    solve,
    swing_partner,
)
from willing.web.draft import Rules, read_rules
from willing.web.fields import (
    given,
    show_problems,
)

if TYPE_CHECKING:
    from willing.theory.crisis import Crisis
    from willing.theory.equilibrium import Equilibrium
    from willing.theory.game import CoalitionGame
    from willing.theory.quantal import QuantalResponse
    from willing.theory.security_path import SecurityPath

# The width at which a chart is drawn until the browser has said how wide it is.
_WIDTH = 520.0
_NUMBERS = ("office", "decisiveness", "aversion", "friction", "retention", "noise")


@dataclass(frozen=True)
class Setting:
    """What the rest of the page can ask of a setting and tell it."""

    found: Callable[[], Equilibrium]
    start: Callable[[float, Rules], None]


@module.server
def setting_server(
    input: Inputs,
    output: Outputs,
    session: Session,
    crisis: Callable[[], Crisis],
    joined: Callable[[], frozenset[str] | None],
    active: Callable[[], bool],
) -> Setting:
    """Answer a setting's fields with its results.

    Parameters
    ----------
    crisis
        The crisis of the page.
    joined
        Who joined it in fact, where that is known.
    active
        Whether the setting is shown.
    """
    asked: reactive.Value[object] = reactive.value(None)
    answered: reactive.Value[QuantalResponse | None] = reactive.value(None)
    # The coalition before the last change, and the one after it, on the same crisis.
    last: reactive.Value[tuple[tuple[str, ...], tuple[str, ...]] | None] = reactive.value(None)

    @reactive.calc
    def rules() -> Rules:
        names = (*_NUMBERS, "contest", "pricing")
        return Rules(**{name: str(input[name]()) for name in names})

    @reactive.calc
    def read() -> tuple[CoalitionGame | None, float, dict[str, str]]:
        return read_rules(rules())

    @reactive.calc
    def game() -> CoalitionGame:
        return given(read()[0])

    @reactive.calc
    def security() -> float:
        level = input.security()
        number = isinstance(level, int | float) and math.isfinite(level)
        return min(max(float(level), 0.0), 1.0) if number else 0.5

    @reactive.calc
    def found() -> Equilibrium:
        return solve(game(), crisis().with_security(security()))

    @reactive.calc
    def policy() -> SecurityPath:
        return follow(game(), crisis())

    @reactive.calc
    def question() -> tuple[CoalitionGame, Crisis, float]:
        return game(), crisis().with_security(security()), read()[1]

    # Off the main thread, so that the slider does not wait for the sum over all coalitions.
    @reactive.extended_task
    async def respond(game: CoalitionGame, crisis: Crisis, noise: float) -> QuantalResponse:
        return await asyncio.to_thread(join_probabilities, game, crisis, noise)

    @reactive.effect
    def _ask() -> None:
        # One at a time: what was asked meanwhile is answered next, and only the last of it.
        if active() and respond.status() != "running" and asked() != question():
            asked.set(question())
            respond(*question())

    @reactive.effect
    def _take() -> None:
        if respond.status() == "success":
            answered.set(respond.result())

    @reactive.calc
    def response() -> QuantalResponse:
        # The last answer stands until the next is found, unless it is about other partners.
        last_found = answered()
        same = last_found is not None and last_found.crisis.names == crisis().names
        return given(last_found if same else None)

    @reactive.effect
    async def _messages() -> None:
        await show_problems(session, (*_NUMBERS, "contest"), read()[2])

    @reactive.effect
    def _list_partners() -> None:
        names = crisis().names
        with reactive.isolate():
            kept = input.partner() if "partner" in input else None
            selected = kept if kept in names else swing_partner(policy())
        ui.update_select("partner", choices=list(names), selected=selected)

    @reactive.effect
    def _forget() -> None:
        crisis()
        last.set(None)

    @reactive.effect
    def _remember() -> None:
        coalition = found().coalition
        with reactive.isolate():
            known = last()
            if known is None:
                last.set((coalition, coalition))
            elif coalition != known[1]:
                last.set((known[1], coalition))

    def width(id: str) -> float:
        return float(session.clientdata.output_width(id) or _WIDTH)

    @render.ui
    def summary() -> TagList:
        return words.summary(found())

    @render.ui
    def members() -> Tag:
        known = last() or (found().coalition, found().coalition)
        moved = changes(*known) if known[1] == found().coalition else Changes((), ())
        return words.members(found(), moved)

    @render.ui
    def outlook() -> Tag:
        return words.outlook(*next_steps(policy(), security()))

    @render.ui
    def path() -> HTML:
        return HTML(charts.path_chart(policy(), security(), width("path")))

    @render.ui
    def tolerance() -> HTML:
        shown = charts.rows_shown(policy())
        return HTML(charts.tolerance_chart(found(), shown, width("tolerance")))

    @render.ui
    def region() -> HTML:
        name, names = input.partner(), found().crisis.names
        req(name in names)
        divergence = float(found().crisis.divergences[names.index(name)])
        region = acceptance_of(found(), name)
        return HTML(charts.region_chart(region, security(), divergence, name, width("region")))

    @render.ui
    def join() -> HTML:
        return HTML(charts.join_chart(response().join, joined(), width("join")))

    @render.ui
    def join_words() -> Tag:
        return words.join_words(response())

    @render.ui
    def table() -> Tag:
        return words.partner_table(found())

    @render.download_link(filename="scenario.toml", media_type="application/toml")
    def scenario() -> Iterator[str]:
        yield scenario_toml(found().crisis, game())

    @render.download_link(filename="partners.csv", media_type="text/csv")
    def csv() -> Iterator[str]:
        yield export.numbers_csv(found(), join_probabilities(*question()))

    @render.download_link(filename="numbers.json", media_type="application/json")
    def json() -> Iterator[str]:
        yield export.numbers_json(found(), policy(), join_probabilities(*question()))

    def start(level: float, rules: Rules) -> None:
        session.send_input_message("security", {"value": round(level, 2)})
        for name, value in asdict(rules).items():
            if name in _NUMBERS:
                ui.update_text(name, value=value, session=session)
            else:
                ui.update_select(name, selected=value, session=session)

    return Setting(found=found, start=start)
