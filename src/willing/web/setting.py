"""One setting of the game at work: from its fields to its results. The page holds two."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from htmltools import HTML, Tag, TagList
from shiny import Inputs, Outputs, Session, module, reactive, render, req, ui
from shiny.types import SilentException

from willing.errors import WillingError
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
from willing.web.fields import given, show_problems
from willing.web.latest import Latest, latest
from willing.web.world_map import map_chart

if TYPE_CHECKING:
    from willing.theory.crisis import Crisis
    from willing.theory.equilibrium import Equilibrium
    from willing.theory.game import CoalitionGame
    from willing.theory.quantal import QuantalResponse
    from willing.theory.security_path import SecurityPath
    from willing.web.workers import Workers

Solved = TypeVar("Solved", "Equilibrium", "SecurityPath", "QuantalResponse")
# The width at which a chart is drawn until the browser has said how wide it is.
_WIDTH = 520.0
_NUMBERS = ("office", "decisiveness", "aversion", "friction", "retention", "noise")


@dataclass(frozen=True)
class Setting:
    """What the rest of the page can ask of a setting and tell it."""

    found: Callable[[], Equilibrium]
    policy: Callable[[], SecurityPath]
    start: Callable[[float, Rules], None]
    typed: Callable[[], dict[str, str]]


@module.server
def setting_server(
    input: Inputs,
    output: Outputs,
    session: Session,
    workers: Workers,
    crisis: Callable[[], Crisis],
    joined: Callable[[], frozenset[str] | None],
    active: Callable[[], bool],
) -> Setting:
    """Answer a setting's fields with its results.

    Parameters
    ----------
    workers
        The processes that compute.
    crisis
        The crisis of the page.
    joined
        Who joined it in fact, where that is known.
    active
        Whether the setting is shown.
    """
    # The coalition before the last change, and the one after it, on the same crisis.
    last: reactive.Value[tuple[tuple[str, ...], tuple[str, ...]] | None] = reactive.value(
        None, name="last"
    )

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

    async def compute(function: Callable[..., Any], *arguments: Any) -> Any:
        return await workers.run(session.root_scope().id, function, *arguments)

    @reactive.calc
    def now() -> tuple[CoalitionGame, Crisis]:
        return game(), crisis().with_security(security())

    @reactive.calc
    def now_noisy() -> tuple[CoalitionGame, Crisis, float]:
        return *now(), read()[1]

    solution: Latest[Equilibrium] = latest(now, partial(compute, solve), active)
    course: Latest[SecurityPath] = latest(
        lambda: (game(), crisis()), partial(compute, follow), active
    )
    reply: Latest[QuantalResponse] = latest(now_noisy, partial(compute, join_probabilities), active)

    # The last answer stands until the next is found, unless it is about other partners.
    def same(answer: Solved) -> Solved:
        return given(answer if answer.crisis.names == crisis().names else None)

    @reactive.calc
    def found() -> Equilibrium:
        return same(solution.value())

    @reactive.calc
    def policy() -> SecurityPath:
        return same(course.value())

    @reactive.calc
    def response() -> QuantalResponse:
        return same(reply.value())

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
    def summary() -> Tag | TagList:
        trouble = solution.problem()
        return words.no_answer(trouble) if trouble else words.summary(found())

    @render.ui
    def members() -> Tag:
        known = last() or (found().coalition, found().coalition)
        moved = changes(*known) if known[1] == found().coalition else Changes((), ())
        return words.members(found(), moved)

    @render.ui
    def outlook() -> Tag | TagList:
        trouble = course.problem()
        if trouble:
            return words.no_answer(trouble)
        steps = words.outlook(*next_steps(policy(), security()))
        return TagList(steps, words.country(policy(), security()), words.unfinished(policy()))

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
    def map() -> HTML:
        one = response().crisis
        return HTML(map_chart(response().join, one.leader.name, one.target.name, width("map")))

    @render.ui
    def join_words() -> Tag:
        trouble = reply.problem()
        return words.no_answer(trouble) if trouble else words.join_words(response())

    @render.ui
    def table() -> Tag:
        return words.partner_table(found())

    def ready() -> bool:
        try:
            now()
        except SilentException:
            return False
        return True

    @reactive.effect
    async def _downloads() -> None:
        await session.send_custom_message(
            "downloads",
            {
                "links": [str(session.ns(name)) for name in ("scenario", "csv", "json")],
                "waiting": str(session.ns("waiting")),
                "word": "" if ready() else export.WAITING,
                "name": file_name("") if ready() else "",
            },
        )

    def file_name(ending: str) -> str:
        return export.file_name(crisis().title, security(), rules().office, ending)

    def named(ending: str) -> Callable[[], str]:
        return lambda: file_name(ending) if ready() else "waiting.txt"

    @render.download_link(filename=named(".toml"), media_type="application/toml")
    def scenario() -> Iterator[str]:
        yield scenario_toml(now()[1], game()) if ready() else export.WAITING

    @render.download_link(filename=named(".csv"), media_type="text/csv")
    async def csv() -> AsyncIterator[str]:
        yield await taken_away(export.numbers_csv, solve, join_probabilities)

    @render.download_link(filename=named(".json"), media_type="application/json")
    async def json() -> AsyncIterator[str]:
        yield await taken_away(export.numbers_json, solve, follow, join_probabilities)

    async def taken_away(write: Callable[..., str], *functions: Callable[..., Any]) -> str:
        if not ready():
            return export.WAITING
        asked = {solve: now(), follow: now(), join_probabilities: now_noisy()}
        try:
            return write(*[await compute(function, *asked[function]) for function in functions])
        except WillingError as error:
            return f"{error}\n"

    def start(level: float, rules: Rules) -> None:
        session.send_input_message("security", {"value": round(level, 2)})
        for name, value in asdict(rules).items():
            if name in _NUMBERS:
                ui.update_text(name, value=value, session=session)
            else:
                ui.update_select(name, selected=value, session=session)

    def typed() -> dict[str, str]:
        return {**asdict(rules()), "security": f"{round(security(), 2):g}"}

    return Setting(found=found, policy=policy, start=start, typed=typed)
