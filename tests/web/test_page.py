"""The page as a reader meets it, in a browser that may talk to the page only."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from willing.theory.scenario import crisis_and_game, read_scenario

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

GULF = Path(__file__).parents[2] / "examples" / "gulf.toml"
GULF_WAR = "393-645"

expect.set_options(timeout=20_000)


@pytest.fixture
def open_page(browser: Browser, page_url: str) -> Iterator[Callable[..., Page]]:
    """Open the page in a session of its own; fail on script errors and requests elsewhere."""
    contexts, complaints = [], []

    def opened(**options: Any) -> Page:
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: said.type == "error" and complaints.append(said.text))
        page.on(
            "request",
            lambda request: (
                request.url.startswith((page_url, "data:", "blob:"))
                or complaints.append(request.url)
            ),
        )
        page.goto(page_url)
        expect(page.locator("#a-path svg")).to_be_visible()
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []


def slide(page: Page, level: float, setting: str = "a") -> None:
    """Move a slider, as its script sees it."""
    page.locator(f"#{setting}-security").evaluate(
        "(el, level) => { el.value = level; el.dispatchEvent(new Event('input')); }", str(level)
    )


def test_page_shows_what_the_theory_says(open_page: Callable[..., Page]):
    """The example's coalition, prices and victory are those of `CoalitionGame.solve`."""
    page = open_page()
    crisis, game = read_scenario(GULF)
    found = game.solve(crisis)
    expect(page.locator(".setting-a .headline")).to_contain_text(
        f"takes {len(found.coalition)} of {len(crisis.names)} partners"
    )
    expect(page.locator(".setting-a .figures")).to_contain_text(f"{found.victory:.1%}")
    for name, paid in found.side_payments.items():
        expect(page.locator(".setting-a .chips")).to_contain_text(
            f"{name} {paid:.4f}" if paid else f"{name} free"
        )


def test_sliding_says_who_enters_and_leaves(open_page: Callable[..., Page]):
    """Less security brings partners in, more sends them away, and the page marks them."""
    page = open_page()
    crisis, game = read_scenario(GULF)
    path = game.path(crisis)
    before = set(path.at(crisis.leader.security))
    entering, leaving = set(path.at(0.05)) - before, before - set(path.at(0.95))
    assert entering
    assert leaving
    slide(page, 0.05)
    for name in entering:
        expect(page.locator(".setting-a .chips .entered", has_text=name)).to_be_visible()
    slide(page, crisis.leader.security)
    expect(page.locator(".setting-a .chips .left")).to_have_count(len(entering))
    slide(page, 0.95)
    for name in leaving:
        expect(page.locator(".setting-a .chips .left", has_text=name)).to_be_visible()


def test_page_says_what_insecurity_costs_the_country(open_page: Callable[..., Page]):
    """Victory less cost, and the loss against a leader who is sure of office, as on the path."""
    page = open_page()
    crisis, game = read_scenario(GULF)
    path = game.path(crisis)
    j = path.coalitions.index(path.at(0.05))
    slide(page, 0.05)
    told = page.locator("#a-outlook")
    expect(told).to_contain_text(f"victory less cost is {path.welfare[j]:.4f}")
    expect(told).to_contain_text(f"her insecurity costs it {path.welfare_loss[j]:.4f}")
    slide(page, 1.0)
    expect(told).to_contain_text("costs it nothing")


def test_slider_obeys_the_keyboard(open_page: Callable[..., Page]):
    """An arrow key moves the leader's security by a hundredth."""
    page = open_page()
    page.locator("#a-security").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("output[for='a-security']")).to_have_text("0.59")
    expect(page.locator("#a-path svg")).to_have_attribute("aria-label", "Who is in the coalition "
        "at which security of the leader; now at 0.59")  # fmt: skip


def test_a_crisis_of_the_record_can_be_found_and_chosen(open_page: Callable[..., Page]):
    """A search narrows the list; the crisis names its conventions and whom it leaves out."""
    page = open_page()
    page.fill("#search", "gulf war iraq")
    expect(page.locator("#crisis option")).to_have_count(3)
    page.select_option("#crisis", GULF_WAR)
    expect(page.locator("#about")).to_contain_text("From what became of leaders")
    expect(page.locator("#about")).to_contain_text("Left out of the game because strength or")
    expect(page.locator(".setting-a .headline")).to_contain_text("United States of America takes")
    expect(page.locator("#a-join svg")).to_contain_text("joined in fact")
    page.fill("#search", "no such crisis")
    expect(page.locator("#search-problem")).to_contain_text("no crisis has these words")


def test_two_settings_are_compared(open_page: Callable[..., Page]):
    """A second setting of its own security stands beside the first, and the difference is said."""
    page = open_page()
    expect(page.locator(".setting-b")).to_be_hidden()
    page.check("#compare")
    slide(page, 0.95, "b")
    expect(page.locator("#b-path svg")).to_be_visible()
    expect(page.locator("#comparison")).to_contain_text("− Egypt")
    expect(page.locator("output[for='a-security']")).to_have_text("0.60")


def test_scenario_numbers_and_figures_can_be_taken_away(open_page: Callable[..., Page]):
    """The scenario file gives the same game again; numbers and pictures are whole."""
    page = open_page()
    slide(page, 0.3)
    expect(page.locator("#a-path svg")).to_have_attribute("aria-label", "Who is in the coalition "
        "at which security of the leader; now at 0.30")  # fmt: skip

    def fetched(action: Callable[[], None]) -> bytes:
        with page.expect_download() as download:
            action()
        return Path(download.value.path()).read_bytes()

    crisis, game = read_scenario(GULF)
    toml = fetched(lambda: page.click("#a-scenario"))
    assert crisis_and_game(tomllib.loads(toml.decode())) == (crisis.with_security(0.3), game)
    numbers = json.loads(fetched(lambda: page.click("#a-json")))
    assert numbers["equilibrium"]["coalition"] == list(game.path(crisis).at(0.3))
    csv = fetched(lambda: page.click("#a-csv")).decode().splitlines()
    assert len(csv) == 1 + len(crisis.names)
    first = page.locator(".setting-a figure").first
    assert fetched(lambda: first.get_by_text("SVG").click()).startswith(b"<svg xmlns")
    assert fetched(lambda: first.get_by_text("PNG").click()).startswith(b"\x89PNG")


def test_bad_input_gets_a_message_beside_the_field(open_page: Callable[..., Page]):
    """Wrong numbers and names are pointed out where they stand; mended, the results return."""
    page = open_page(viewport={"width": 1600, "height": 1000})
    page.fill("#a-office", "-1")
    expect(page.locator("#a-office-problem")).to_contain_text("at least 0")
    expect(page.locator("#a-office")).to_have_attribute("aria-invalid", "true")
    page.fill("#a-office", "many")
    expect(page.locator("#a-office-problem")).to_contain_text("'many'; write a number")
    page.fill("#a-office", "3")
    expect(page.locator("#a-office-problem")).to_be_empty()
    page.get_by_text("Edit the crisis").click()
    cost = page.get_by_label("cost of Turkey")
    cost.fill("0,1")
    expect(page.locator("td", has=cost).locator(".problem")).to_contain_text("'0,1'")
    expect(page.locator("#about")).to_contain_text("The results wait")
    cost.fill("0.1")
    expect(page.locator("td", has=cost).locator(".problem")).to_be_hidden()
    page.get_by_label("name of Syria").fill("Turkey")
    expect(page.locator("#partners .problem:visible")).to_contain_text("occurs twice")


def test_downloads_wait_with_a_word_while_a_field_is_wrong(open_page: Callable[..., Page]):
    """The links say why they do nothing; asked past them, the page sends a sentence."""
    page = open_page(viewport={"width": 1600, "height": 1000})
    csv = page.locator("#a-csv")
    expect(csv).to_have_attribute("aria-disabled", "false")
    page.fill("#a-office", "many")
    expect(csv).to_have_attribute("aria-disabled", "true")
    expect(page.locator("#a-waiting")).to_contain_text("until the fields marked")
    answer = page.request.get(str(csv.evaluate("link => link.href")))
    assert "until the fields marked" in answer.text()
    page.fill("#a-office", "3")
    expect(csv).to_have_attribute("aria-disabled", "false")
    with page.expect_download() as download:
        csv.click()
    assert download.value.suggested_filename == (
        "gulf-crisis-1990-stylised-security-0.60-office-3.csv"
    )


def test_a_partner_can_be_added_and_removed(open_page: Callable[..., Page]):
    """The table grows and shrinks; a partner of unknown divergence is left out, and said to be."""
    page = open_page()
    page.get_by_text("Edit the crisis").click()
    page.get_by_label("Remove Syria").click()
    expect(page.locator(".setting-a .headline")).to_contain_text("of 6 partners")
    page.get_by_text("Add a partner").click()
    page.keyboard.type("Morocco")
    expect(page.locator("#about")).to_contain_text("unknown: Morocco")
    fields = page.locator("#partners tr", has=page.locator("input")).last.locator("input")
    fields.nth(1).fill("0.05")
    fields.nth(2).fill("0.4")
    expect(page.locator(".setting-a .headline")).to_contain_text("of 7 partners")


def test_a_bad_file_is_refused_with_a_reason(open_page: Callable[..., Page]):
    """A file is read as data: what is no scenario changes nothing and is explained."""
    page = open_page()
    for text, complaint in [
        ("leader = 1", "leader is 1"),
        ("a = " + "[" * 5000, "nests tables or lists more than 20 levels deep"),
        ("x" * 300_000, "the page takes 200,000"),
    ]:
        file = {"name": "bad.toml", "mimeType": "text/plain", "buffer": text.encode()}
        page.set_input_files("#upload", file)
        expect(page.locator("#upload-problem")).to_contain_text(complaint)
        expect(page.locator("#about")).to_contain_text("Gulf crisis")


def test_names_are_text_and_nothing_else(open_page: Callable[..., Page]):
    """Markup in an opened file is shown as it is written, not obeyed."""
    page = open_page()
    name = "<img src=x onerror=alert(1)>"
    text = GULF.read_text(encoding="utf-8").replace('"United Kingdom"', f'"{name}"')
    file = {"name": "odd.toml", "mimeType": "text/plain", "buffer": text.encode()}
    page.set_input_files("#upload", file)
    expect(page.locator(".setting-a .chips")).to_contain_text(name)
    expect(page.locator("#a-path svg title").filter(has_text=name)).to_have_count(1)
    assert page.locator("img").count() == 0


def test_two_readers_do_not_meet(open_page: Callable[..., Page]):
    """What one reader moves does not move on the other's page."""
    one, other = open_page(), open_page()
    slide(one, 0.05)
    expect(one.locator(".setting-a .chips")).to_contain_text("Pakistan")
    other.select_option("#crisis", GULF_WAR)
    expect(other.locator(".setting-a .headline")).to_contain_text("United States of America")
    expect(one.locator(".setting-a .headline")).to_contain_text("USA takes")
    expect(other.locator(".setting-a .chips")).not_to_contain_text("Pakistan")


def test_the_forecast_is_beside_the_game_and_says_what_it_is(open_page: Callable[..., Page]):
    """A crisis of the record is forecast; the worked example says why it is not."""
    page = open_page()
    page.get_by_role("tab", name="The forecast").click()
    expect(page.locator(".forecast .what")).to_contain_text("Estimated from who joined")
    expect(page.locator("#f-summary")).to_contain_text("a forecast needs a crisis of the record")
    expect(page.locator(".game")).to_be_hidden()
    page.fill("#search", "1990 iraq united states")
    page.select_option("#crisis", GULF_WAR)
    expect(page.locator("#f-summary")).to_contain_text("her own, as estimated")
    expect(page.locator("#f-chances svg")).to_contain_text("France")
    expect(page.locator("#f-map svg title", has_text="France")).to_have_count(1)
    slide(page, 0.3, "f")
    expect(page.locator("#f-summary")).to_contain_text("security 0.30 (as set)")


def test_a_partner_is_left_out_and_the_link_says_so(
    open_page: Callable[..., Page], browser: Browser
):
    """Actual beside hypothetical, by partner, with intervals; another reader sees the same."""
    page = open_page()
    page.get_by_role("tab", name="The forecast").click()
    page.fill("#search", "1990 iraq united states")
    page.select_option("#crisis", GULF_WAR)
    expect(page.locator("#f-chances svg")).to_contain_text("Turkey")
    page.fill("#f-without", "Turkey")
    expect(page.locator("#f-summary .changes")).to_contain_text("Turkey")
    expect(page.locator("#f-chances svg")).not_to_contain_text("Turkey")
    page.wait_for_url("**/*without=Turkey*")
    with browser.new_context() as context:
        other = context.new_page()
        other.goto(page.url)
        expect(other.locator("#f-without")).to_have_value("Turkey")
        expect(other.locator("#f-summary .changes")).to_contain_text("Turkey")
        other.fill("#f-without", "Turky")
        expect(other.locator("#f-summary")).to_contain_text("did you mean Turkey")


def test_a_link_shows_the_same_to_another_and_a_reload_loses_nothing(
    open_page: Callable[..., Page], browser: Browser
):
    """Crisis, rules, securities, edits and the comparison are in the address."""
    page = open_page(viewport={"width": 1600, "height": 1000})
    page.check("#compare")
    slide(page, 0.25)
    expect(page.locator("#a-path svg")).to_have_attribute("aria-label", "Who is in the coalition "
        "at which security of the leader; now at 0.25")  # fmt: skip
    page.get_by_text("Edit the crisis").click()
    figures = page.locator(".setting-a .figures")
    before = figures.inner_text()
    page.fill("#a-office", "2")
    page.get_by_label("cost of Turkey").fill("0.02")
    expect(figures).not_to_have_text(before, use_inner_text=True)
    page.wait_for_url("**/*edit=*")
    headline = figures.inner_text()
    link = page.url
    page.reload()
    with browser.new_context() as context:
        other = context.new_page()
        other.goto(link)
        for again in (page, other):
            expect(again.locator("#a-office")).to_have_value("2")
            expect(again.locator("output[for='a-security']")).to_have_text("0.25")
            expect(again.locator("#compare")).to_be_checked()
            expect(again.locator("[aria-label='cost of Turkey']")).to_have_value("0.02")
            expect(again.locator(".setting-a .figures")).to_have_text(headline, use_inner_text=True)


def test_after_a_lost_connection_the_page_comes_back_as_it_was(open_page: Callable[..., Page]):
    """A dropped websocket reloads the page with the reader's settings."""
    page = open_page()
    slide(page, 0.15)
    page.wait_for_url("**/*a.security=0.15*")
    page.mouse.move(10, 10)
    with page.expect_navigation():
        page.evaluate("Shiny.shinyapp.$socket.close()")
    expect(page.locator("output[for='a-security']")).to_have_text("0.15")
    expect(page.locator("#a-path svg")).to_have_attribute("aria-label", "Who is in the coalition "
        "at which security of the leader; now at 0.15")  # fmt: skip


def test_the_lesson_tells_what_the_theory_gives(open_page: Callable[..., Page]):
    """Its three steps move the page and say what is seen, with the solver's numbers."""
    page = open_page()
    page.get_by_text("A lesson in three steps").click()
    page.get_by_role("button", name="Insecure: 0.05").click()
    expect(page.locator("output[for='a-security']")).to_have_text("0.05")
    crisis, game = read_scenario(GULF)
    path = game.path(crisis)
    told = page.locator(".lesson .told")
    told.nth(0).locator("summary").click()
    expect(told.nth(0)).to_contain_text(
        f"takes {len(path.at(0.95))} at 0.95 and {len(path.at(0.05))} at 0.05"
    )
    told.nth(1).locator("summary").click()
    expect(told.nth(1)).to_contain_text("hypothesis 2")
    told.nth(2).locator("summary").click()
    prices = game.solve(crisis.with_security(0.05)).side_payments
    expect(told.nth(2)).to_contain_text(max(prices, key=lambda name: prices[name]))


def test_slider_and_result_fit_a_telephone(open_page: Callable[..., Page]):
    """At 400 pixels the slider, the answer and its figures are on one screen."""
    page = open_page(viewport={"width": 400, "height": 800})
    page.locator(".steer").first.evaluate("el => el.scrollIntoView({ block: 'start' })")
    for seen in ("#a-security", ".setting-a .headline", ".setting-a .figures", ".setting-a .chips"):
        expect(page.locator(seen)).to_be_in_viewport(ratio=1)


@pytest.mark.parametrize("width", [400, 1600])
def test_nothing_sticks_out(open_page: Callable[..., Page], width: int):
    """The page fits narrow and wide screens without scrolling sideways, charts included."""
    page = open_page(viewport={"width": width, "height": 900})
    page.check("#compare")
    expect(page.locator("#b-join svg")).to_be_visible()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        outside = page.evaluate(
            """() => [...document.querySelectorAll('figure svg')].flatMap(svg => {
                 const all = svg.getBoundingClientRect();
                 return [...svg.querySelectorAll('text, rect, circle')].filter(mark => {
                   const own = mark.getBoundingClientRect();
                   return own.left < all.left - 1 || own.right > all.right + 1
                     || own.bottom > all.bottom + 1; }); }).length"""
        )
        assert outside == 0
