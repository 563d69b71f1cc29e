"""Answers that come from another process: the last one stands until the next is found."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from shiny import reactive
from shiny.types import SilentException

from willing.errors import WillingError
from willing.web.fields import given

T = TypeVar("T")


@dataclass(frozen=True)
class Latest(Generic[T]):
    """The state of a question that the page keeps asking.

    Attributes
    ----------
    value
        Gives the last answer. Outputs that need one wait while there is none or the question
        itself is wrong.
    problem
        Says why there is no answer; empty if nothing is wrong.
    """

    value: Callable[[], T]
    problem: Callable[[], str]


def latest(
    question: Callable[[], tuple[Any, ...]],
    compute: Callable[..., Awaitable[T]],
    wanted: Callable[[], bool] = lambda: True,
) -> Latest[T]:
    """Keep a question answered as it changes.

    One is asked at a time. What changes meanwhile is answered next, and only the last of it.

    Parameters
    ----------
    question
        Gives the arguments of `compute`; a reactive calculation.
    compute
        Finds the answer elsewhere.
    wanted
        Whether anybody looks at it.
    """
    # Named, since to find out a name Shiny reads source files, milliseconds for each reader.
    asked: reactive.Value[object] = reactive.value(None, name="asked")
    kept: reactive.Value[T | WillingError | None] = reactive.value(None, name="kept")
    # Apart from the question, so that outputs are drawn once a change, when the answer is there.
    sound: reactive.Value[bool] = reactive.value(False, name="sound")

    @reactive.extended_task
    async def work(*arguments: Any) -> T | WillingError:
        try:
            return await compute(*arguments)
        except WillingError as error:
            return error

    @reactive.effect
    def _ask() -> None:
        try:
            arguments = question()
        except SilentException:
            sound.set(False)
            return
        sound.set(True)
        if wanted() and work.status() != "running" and asked() != arguments:
            asked.set(arguments)
            work(*arguments)

    @reactive.effect
    def _take() -> None:
        if work.status() == "success":
            kept.set(work.result())

    @reactive.calc
    def value() -> T:
        found = kept()
        return given(None if isinstance(found, WillingError) or not sound() else found)

    @reactive.calc
    def problem() -> str:
        found = kept()
        return str(found) if isinstance(found, WillingError) and sound() else ""

    return Latest(value, problem)
